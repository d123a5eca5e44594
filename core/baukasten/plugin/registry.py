"""The registry: everything that plugins and rooms declared, collected once at start and only read afterwards."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import TypeVar

import click

from baukasten.plugin import declarations as d
from baukasten.plugin import hookspecs, validity
from baukasten.plugin.companions import Companion
from baukasten.plugin.digests import DigestSource
from baukasten.plugin.events import CORE_EVENTS, Event
from baukasten.plugin.faults import PluginError
from baukasten.plugin.fields import Scope, SettingsGroup
from baukasten.plugin.hooks import Answer
from baukasten.plugin.letters import Mailbox
from baukasten.plugin.live import LiveNamespace, LiveRoom
from baukasten.plugin.manager import PluginManager

T = TypeVar("T")
Check = Callable[[str, T], str]
"""Takes the owner and an entry, says what is wrong with it; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Registry:
    """All declarations by key, each with its owner (``.plugin``) and itself (``.value``)."""

    permissions: Mapping[str, Answer[d.Permission]]
    kinds: Mapping[str, Answer[d.ModuleKind]]
    settings: Mapping[str, Answer[SettingsGroup]]
    widgets: Mapping[str, Answer[d.Widget]]
    content_types: Mapping[str, Answer[d.ContentType]]
    companions: Mapping[str, Answer[Companion]]
    search: Mapping[str, Answer[d.SearchSource]]
    """By content type."""
    notifications: Mapping[str, Answer[d.NotificationType]]
    mailboxes: Mapping[str, Answer[Mailbox]]
    """By purpose."""
    personal_data: Mapping[str, Answer[d.PersonalDataset]]
    exports: Mapping[str, Answer[d.Export]]
    audiences: Mapping[str, Answer[d.Audience]]
    jobs: Mapping[str, Answer[d.Job]]
    commands: Mapping[str, Answer[click.Command]]
    live: Mapping[str, Answer[LiveNamespace]]
    live_rooms: Mapping[str, Answer[LiveRoom]]
    """By kind."""
    events: Mapping[str, Answer[type[Event]]]
    template_helpers: Mapping[str, Answer[d.TemplateHelper]]
    health_checks: Mapping[str, Answer[d.HealthCheck]]
    digests: Mapping[str, Answer[DigestSource]]
    tallies: Mapping[str, Answer[d.Tally]]
    navigation: tuple[Answer[d.NavItem], ...]
    """In the order of display."""
    mounts: Mapping[str, tuple[d.Mount, ...]]
    """By owner."""

    def links(self, area: d.Area, active: frozenset[str]) -> list[Answer[d.NavItem]]:
        """Give the navigation of an area as a tenant with these plugins sees it."""
        return [item for item in self.navigation if item.value.area is area and _is_active(item, active)]

    def widgets_of(self, area: d.Area, active: frozenset[str]) -> list[Answer[d.Widget]]:
        """Give the widgets of an area's dashboard in the order of display."""
        found = [one for one in self.widgets.values() if one.value.area is area and _is_active(one, active)]
        return sorted(found, key=lambda one: (one.value.weight, one.value.key))

    def settings_of(self, scope: Scope, active: frozenset[str]) -> list[Answer[SettingsGroup]]:
        """Give the groups of settings of a scope, sorted by key."""
        return [one for one in self.settings.values() if one.value.scope is scope and _is_active(one, active)]


def build(manager: PluginManager) -> Registry:
    """Ask all for what they declare; raises PluginError naming the culprits of a collision or a wrong entry."""
    permissions = _collect(manager, hookspecs.register_permissions, lambda p: p.key, validity.permission)
    known = frozenset(permissions)
    live = _collect(manager, hookspecs.register_live, lambda n: n.name, validity.live(known))
    return Registry(
        permissions=permissions,
        kinds=_collect(manager, hookspecs.register_module_kinds, lambda k: k.key, validity.kind(known)),
        settings=_collect(manager, hookspecs.register_settings, lambda s: s.key, validity.settings),
        widgets=_collect(manager, hookspecs.register_widgets, lambda w: w.key, validity.widget(known)),
        content_types=_collect(
            manager, hookspecs.register_content_types, lambda c: c.key, validity.content_type
        ),
        companions=_collect(
            manager, hookspecs.register_companions, lambda c: c.key, validity.companion(known)
        ),
        search=_collect(manager, hookspecs.register_search, lambda s: s.content_type, validity.search),
        notifications=_collect(
            manager, hookspecs.register_notifications, lambda n: n.key, validity.notification
        ),
        mailboxes=_collect(manager, hookspecs.register_mailboxes, lambda m: m.purpose, validity.mailbox),
        personal_data=_collect(
            manager, hookspecs.register_personal_data, lambda p: p.key, validity.personal_dataset
        ),
        exports=_collect(manager, hookspecs.register_exports, lambda e: e.key, validity.export(known)),
        audiences=_collect(manager, hookspecs.register_audiences, lambda a: a.key, validity.audience),
        jobs=_collect(manager, hookspecs.register_jobs, lambda j: j.key, validity.job),
        commands=_collect(manager, hookspecs.register_commands, lambda c: c.name or "", validity.command),
        live=live,
        live_rooms=_live_rooms(live.values()),
        events=_events(manager),
        template_helpers=_collect(
            manager, hookspecs.register_template_helpers, lambda h: h.name, validity.template_helper
        ),
        health_checks=_collect(
            manager, hookspecs.register_health_checks, lambda h: h.key, validity.health_check
        ),
        digests=_collect(manager, hookspecs.register_digests, lambda s: s.key, validity.digest),
        tallies=_collect(manager, hookspecs.register_tallies, lambda t: t.key, validity.tally),
        navigation=_navigation(manager, known),
        mounts=_mounts(manager),
    )


def _is_active(answer: Answer[T], active: frozenset[str]) -> bool:
    return validity.is_usable(answer.plugin, active)


def _collect(
    manager: PluginManager, spec: Callable[[], list[T]], key: Callable[[T], str], check: Check[T]
) -> Mapping[str, Answer[T]]:
    """Collect one kind of declaration by key; the registry's dicts are sorted by it."""
    return _by_key(spec.__name__, _checked(manager, spec, check), key)


def _checked(manager: PluginManager, spec: Callable[[], list[T]], check: Check[T]) -> list[Answer[T]]:
    answers = manager.declare(spec)
    for answer in answers:
        try:
            wrong = check(answer.plugin, answer.value)
        except (TypeError, AttributeError) as error:
            # A frozen value may still hold anything; a number for a key must not hide whose it is.
            raise PluginError(answer.plugin, f"{spec.__name__}: {answer.value!r}: {error}") from error
        if wrong:
            raise PluginError(answer.plugin, f"{spec.__name__}: {wrong}")
    return answers


def _by_key(
    hook: str, answers: Iterable[Answer[T]], key: Callable[[T], str]
) -> MappingProxyType[str, Answer[T]]:
    entries: dict[str, Answer[T]] = {}
    for answer in answers:
        name = key(answer.value)
        if name in entries:
            other = entries[name].plugin
            whom = "itself" if other == answer.plugin else f"plugin {other}"
            raise PluginError(answer.plugin, f"{hook}: {name} collides with {whom}")
        entries[name] = answer
    return MappingProxyType(dict(sorted(entries.items())))


def _live_rooms(spaces: Iterable[Answer[LiveNamespace]]) -> Mapping[str, Answer[LiveRoom]]:
    """Give the rooms of all namespaces; two never share a kind."""
    found = (Answer(space.plugin, room) for space in spaces for room in space.value.rooms)
    return _by_key(hookspecs.register_live.__name__, found, lambda room: room.kind)


def _events(manager: PluginManager) -> Mapping[str, Answer[type[Event]]]:
    ours = [Answer("core", event) for event in CORE_EVENTS]
    theirs = _checked(manager, hookspecs.register_events, validity.event)
    return _by_key("register_events", [*ours, *theirs], lambda event: event.name)


def _navigation(manager: PluginManager, known: frozenset[str]) -> tuple[Answer[d.NavItem], ...]:
    answers = _checked(manager, hookspecs.register_navigation, validity.nav_item(known))
    return tuple(sorted(answers, key=lambda a: (a.value.weight, a.plugin, a.value.endpoint)))


def _mounts(manager: PluginManager) -> Mapping[str, tuple[d.Mount, ...]]:
    answers = _checked(manager, hookspecs.register_blueprints, validity.mount)
    # Flask finds views by the blueprint's name alone, in all areas together.
    _by_key("register_blueprints", answers, lambda mount: mount.blueprint.name)
    owned = groupby(answers, key=lambda answer: answer.plugin)
    return MappingProxyType({owner: tuple(answer.value for answer in group) for owner, group in owned})
