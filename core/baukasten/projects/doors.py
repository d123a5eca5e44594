"""The doors on a project's page: each module presents itself, and a failing one closes no other."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from baukasten.db.session import Scope
from baukasten.plugin.declarations import Door, ModuleKind
from baukasten.plugin.guard import kept_whole
from baukasten.plugin.refs import ModuleRef
from baukasten.plugin.validity import is_usable
from baukasten.projects.facts import PhaseFacts
from baukasten.projects.phases import ALWAYS, MOMENT, Opening, feature_key, judge
from baukasten.web import i18n

log = logging.getLogger(__name__)
TONES = {"live": "live", "survey": "plum", "mail": "ok", "document": "warn"}
"""Colour of a stone by its icon; what is not named has the town's own."""


@dataclass(frozen=True, slots=True)
class Stone:
    """A placed module with what its kind says about it, still without a word about the time."""

    module: ModuleRef
    kind: ModuleKind
    line: str
    action: str
    invite: str = ""
    until: dt.datetime | None = None
    shut: bool = False
    begins: dt.datetime | None = None
    ends: dt.datetime | None = None
    endpoint: str = ""

    @property
    def tone(self) -> str:
        """The colour of the stone."""
        return TONES.get(self.kind.icon, "")


@dataclass(frozen=True, slots=True)
class DoorView:
    """A door as the page shows it at a moment."""

    title: str
    text: str
    url: str
    icon: str
    tone: str
    badge: str
    open: bool
    go: str


def stones(session: Scope, placed: Sequence[ModuleRef], active: frozenset[str]) -> list[Stone]:
    """Let each visible module of an active plugin say its line; one call a module, so keep the answer."""
    kinds = session.contract.registry.kinds
    found: list[Stone] = []
    for module in placed:
        answer = kinds.get(module.kind)
        if answer is None or not module.visible or not is_usable(answer.plugin, active):
            continue
        door = _ask(session, answer.value, module)
        words = (str(door.line), str(door.action), str(door.invite))
        found.append(
            Stone(module, answer.value, *words, door.until, door.shut, door.begins, door.ends, door.endpoint)
        )
    return found


def view(
    stone: Stone, url: str, phases: Sequence[PhaseFacts], at: dt.datetime, *, archived: bool
) -> DoorView:
    """Say whether a door is open, until when, or from when on."""
    state = _narrowed(stone, state_of(stone.kind, phases, at, archived=archived))
    words = stone.invite if state.open else ""
    go = words or stone.action or i18n.dgettext("core", "Look inside")
    return DoorView(
        stone.module.title, stone.line, url, stone.kind.icon, stone.tone, _badge(state, at), state.open, go
    )


def state_of(kind: ModuleKind, phases: Sequence[PhaseFacts], at: dt.datetime, *, archived: bool) -> Opening:
    """Tell whether any feature of a kind is open; a kind without features is never shut by a phase."""
    if archived:
        return Opening(open=False)
    if not kind.features:
        return ALWAYS
    return judge(frozenset(feature_key(kind, feature) for feature in kind.features), phases, at)


def _narrowed(stone: Stone, state: Opening) -> Opening:
    """Let a module that says when it is open narrow what a phase opens."""
    if not state.open:
        return state
    if stone.shut:
        return Opening(open=False, since=stone.begins)
    ends = [moment for moment in (state.until, stone.ends) if moment is not None]
    return replace(state, until=min(ends, default=None))


def _badge(state: Opening, at: dt.datetime) -> str:
    """Name the day alone; the hour stands inside, where somebody is about to write."""
    if state.open and state.until is None:
        return ""
    if state.open and state.until is not None:
        return i18n.dgettext("core", "open until %(day)s", day=i18n.current().date(state.until - MOMENT))
    if state.since is not None and state.since > at:
        return i18n.dgettext("core", "from %(day)s", day=i18n.current().date(state.since))
    return i18n.dgettext("core", "read only")


def _ask(session: Scope, kind: ModuleKind, module: ModuleRef) -> Door:
    if kind.door is None:
        return Door("", "")
    try:
        with kept_whole(session, reading=True):
            door: object = kind.door(session, module)
    except Exception:
        # A plugin's accident costs its own line, never the page of the project.
        log.exception("the door of kind %s failed in tenant %s", kind.key, session.tenant_id)
        return Door("", "")
    return door if isinstance(door, Door) else Door("", "")
