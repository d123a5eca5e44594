"""What makes a declaration wrong: one check a kind, each giving a sentence or nothing."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import click

from baukasten.plugin import declarations as d
from baukasten.plugin.companions import Companion
from baukasten.plugin.digests import DigestSource
from baukasten.plugin.events import Event
from baukasten.plugin.fields import Field, Scope, SettingsGroup
from baukasten.plugin.hooks import CORE_PREFIX
from baukasten.plugin.letters import Mailbox
from baukasten.plugin.live import OWN_ROOM, LiveNamespace, LiveRoom
from baukasten.plugin.refs import Role

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
COLUMN = re.compile(r"(?:[a-z_]+\.)?(?P<table>[a-z][a-z0-9_]*)\.[a-z][a-z0-9_]*")
SUFFIX, MEDIA_TYPE = re.compile(r"[a-z0-9]{1,8}"), re.compile(r"[a-z]+/[a-z0-9.+-]+")
PLAIN_MARKS = frozenset({"public", "signed_in"})


def is_core(owner: str) -> bool:
    """Tell whether a declaration is the core's own."""
    return owner == "core" or owner.startswith(CORE_PREFIX)


def is_usable(owner: str, active: frozenset[str]) -> bool:
    """Tell whether a declaration's owner works where these plugins do: rooms of the core always do."""
    return owner in active or is_core(owner)


def prefix_of(owner: str) -> str:
    """Give what an owner's keys begin with: a plugin's name, or a room's without ``core.``."""
    return owner.removeprefix(CORE_PREFIX)


def _key(owner: str, key: str, *, bare: bool = False) -> str:
    """Check that a key is well-formed and says whose it is; ``bare`` allows the owner's name alone."""
    prefix = prefix_of(owner)
    if not KEY.fullmatch(key):
        return f"{key!r} is no key: small letters, digits and underscores, parted by dots"
    # What is nobody's room's alone, such as a member's name, may say that it is the core's.
    if (
        key.startswith(f"{prefix}.")
        or (bare and key == prefix)
        or (is_core(owner) and key.startswith(CORE_PREFIX))
    ):
        return ""
    return f"the key {key} must begin with {prefix}." + (f" or be {prefix}" if bare else "")


def _first(problems: Iterable[str]) -> str:
    return next(filter(None, problems), "")


def _unknown(what: str, permissions: Iterable[str], known: frozenset[str]) -> str:
    missing = sorted({key for key in permissions if key} - known)
    return f"{what} needs the permission {missing[0]}, which nobody declared" if missing else ""


def _twice(what: str, names: Iterable[str]) -> str:
    often = [name for name, count in Counter(names).items() if count > 1]
    return f"{what} {often[0]} stands twice" if often else ""


def _area(value: object) -> str:
    return "" if isinstance(value, d.Area) else f"{value!r} is no area"


def _scope(value: object) -> str:
    return "" if isinstance(value, Scope) else f"{value!r} is no scope"


def _fields(owner_key: str, fields: Sequence[Field]) -> str:
    wrong = [type(field).__name__ for field in fields if type(field) is not Field]
    if wrong:
        return f"{owner_key} has a {wrong[0]} where a Field belongs"
    return _twice(f"in {owner_key} the field", (field.key for field in fields))


def permission(owner: str, value: d.Permission) -> str:
    """Check the key and the roles."""
    if not all(isinstance(role, Role) for role in value.default_roles):
        return f"{value.key} names a default role that is no Role"
    return _key(owner, value.key)


def kind(known: frozenset[str]) -> Callable[[str, d.ModuleKind], str]:
    """Check a kind's key, page, settings and features."""

    def check(owner: str, value: d.ModuleKind) -> str:
        has_page = any(route.rule == "/" for route in value.routes.routes.values())
        return _first(
            (
                _kind_key(owner, value.key),
                "" if has_page else f"{value.key} has no page at its own path (a route for /)",
                _fields(value.key, value.settings),
                _twice(f"in {value.key} the feature", (feature.key for feature in value.features)),
                *(_unknown(f"{value.key}, feature {f.key},", f.permissions, known) for f in value.features),
            )
        )

    return check


def _kind_key(owner: str, key: str) -> str:
    prefix = prefix_of(owner)
    if re.fullmatch(re.escape(prefix) + r"([._-][a-z0-9_-]+)?", key):
        return ""
    return f"the kind {key} must be {prefix} or begin with it"


def settings(owner: str, value: SettingsGroup) -> str:
    """Check the key, the scope and the fields."""
    return _first(
        (
            _key(owner, value.key, bare=True),
            _scope(value.scope),
            _fields(value.key, value.fields),
        )
    )


def widget(known: frozenset[str]) -> Callable[[str, d.Widget], str]:
    """Check a widget's key, area and permission."""

    def check(owner: str, value: d.Widget) -> str:
        return _first(
            (_key(owner, value.key), _area(value.area), _unknown(value.key, [value.permission], known))
        )

    return check


def nav_item(known: frozenset[str]) -> Callable[[str, d.NavItem], str]:
    """Check a link's area, endpoint and permission; whether the endpoint exists shows when the app is built."""

    def check(owner: str, value: d.NavItem) -> str:
        blueprint, dot, _view = value.endpoint.rpartition(".")
        endpoint = "" if dot else f"{value.endpoint!r} is no endpoint (blueprint.view)"
        if dot and not is_core(owner):
            endpoint = _blueprint_name(owner, blueprint)
        return _first((_area(value.area), endpoint, _unknown(value.endpoint, [value.permission], known)))

    return check


def _blueprint_name(owner: str, name: str) -> str:
    if name == owner or name.startswith(f"{owner}_"):
        return ""
    return f"the blueprint {name} must be named {owner} or begin with {owner}_"


def mount(owner: str, value: d.Mount) -> str:
    """Check the area and that the blueprint is named after its owner."""
    name = "" if is_core(owner) else _blueprint_name(owner, value.blueprint.name)
    return _first((_area(value.area), name))


def content_type(owner: str, value: d.ContentType) -> str:
    """Check the key."""
    return _key(owner, value.key, bare=True)


def companion(known: frozenset[str]) -> Callable[[str, Companion], str]:
    """Check the key and the permission."""

    def check(owner: str, value: Companion) -> str:
        needed = "" if value.permission else f"{value.key} needs a permission"
        return _first((_key(owner, value.key), needed, _unknown(value.key, [value.permission], known)))

    return check


def search(owner: str, value: d.SearchSource) -> str:
    """Check the key of the content."""
    return _key(owner, value.content_type, bare=True)


def notification(owner: str, value: d.NotificationType) -> str:
    """Check the key and that the templates are the owner's own."""
    folder = "" if is_core(owner) else f"{owner}/"
    wrong_place = f"the template {value.template} must lie below {folder}"
    return _first((_key(owner, value.key), "" if value.template.startswith(folder) else wrong_place))


def mailbox(_owner: str, value: Mailbox) -> str:
    """Check that the purpose can stand in an address; that it has one owner only is seen when all are collected."""
    wrong = f"{value.purpose!r} is no purpose: three to twelve small letters"
    return "" if re.fullmatch(r"[a-z]{3,12}", value.purpose) else wrong


def personal_dataset(owner: str, value: d.PersonalDataset) -> str:
    """Check the key, and that each column is one of the owner's tables."""
    return _first((_key(owner, value.key), *(_column(owner, column) for column in value.columns)))


def _column(owner: str, column: str) -> str:
    found = COLUMN.fullmatch(column)
    if found is None:
        return f"{column!r} is no column (table.column)"
    own = is_core(owner) or found["table"].startswith(f"{owner}_")
    return "" if own else f"the column {column} is not in a table of the plugin ({owner}_…)"


def export(known: frozenset[str]) -> Callable[[str, d.Export], str]:
    """Check an export's key, columns and permission."""

    def check(owner: str, value: d.Export) -> str:
        return _first(
            (
                _key(owner, value.key),
                _twice(f"in {value.key} the column", value.columns),
                _unknown(value.key, [value.permission], known),
                _table(value) if value.build is None else _file(value),
            )
        )

    return check


def _table(value: d.Export) -> str:
    named = bool(value.columns) != (value.heads is not None)
    whole = value.rows is not None and named and value.formats
    fitting = len(value.titles) in (0, len(value.columns))
    known = all(isinstance(one, d.TableFormat) for one in value.formats)
    return _first(
        (
            "" if whole else f"{value.key} has neither a table (columns or heads, rows, formats) nor a build",
            "" if fitting else f"{value.key} has not as many titles as columns",
            "" if known else f"{value.key} has a format that is no TableFormat",
            _twice(f"in {value.key} the format", value.formats),
        )
    )


def _file(value: d.Export) -> str:
    named = SUFFIX.fullmatch(value.suffix) and MEDIA_TYPE.fullmatch(value.media_type)
    return _first(
        (
            "" if named else f"{value.key} builds a file without a media type and a suffix",
            f"{value.key} has both rows and a build" if value.rows is not None else "",
        )
    )


def audience(owner: str, value: d.Audience) -> str:
    """Check the key."""
    return _key(owner, value.key)


def job(owner: str, value: d.Job) -> str:
    """Check the key, the rhythm and the attempts."""
    rhythm = f"{value.key} has no cron expression of five or six parts: {value.every!r}"
    return _first(
        (
            _key(owner, value.key),
            "" if len(value.every.split()) in (0, 5, 6) else rhythm,
            "" if value.max_attempts >= 1 else f"{value.key} is never attempted",
        )
    )


def command(owner: str, value: click.Command) -> str:
    """Check that a plugin's command is the one group named like it; the core names its commands freely."""
    if is_core(owner) or (value.name == owner and isinstance(value, click.Group)):
        return ""
    return f"the command {value.name} must be one group named {owner}"


def live(known: frozenset[str]) -> Callable[[str, LiveNamespace], str]:
    """Check a namespace's name, its events and their marks."""

    def check(owner: str, value: LiveNamespace) -> str:
        marks = {event.mark for event in value.events}
        return _first(
            (
                _key(owner, value.name, bare=True),
                _twice(f"in {value.name} the event", (event.name for event in value.events)),
                f"{value.name} has an event without a mark" if "" in marks else "",
                _unknown(value.name, marks - PLAIN_MARKS, known),
                *(live_room(owner, room) for room in value.rooms),
            )
        )

    return check


def live_room(owner: str, value: LiveRoom) -> str:
    """Check that a kind of room says whose it is; a member's own room is the core's."""
    prefix = prefix_of(owner)
    own = re.fullmatch(re.escape(prefix) + r"(_[a-z0-9]+)*", value.kind)
    return (
        ""
        if own and value.kind != OWN_ROOM
        else f"the room {value.kind} must be {prefix} or begin with {prefix}_"
    )


def event(owner: str, value: type[Event]) -> str:
    """Check the name under which the event travels."""
    return _key(owner, value.name)


def template_helper(owner: str, value: d.TemplateHelper) -> str:
    """Check that the name is one for templates and says whose it is."""
    prefix = prefix_of(owner)
    if value.name.isidentifier() and (value.name == prefix or value.name.startswith(f"{prefix}_")):
        return ""
    return f"the template helper {value.name} must be named {prefix} or begin with {prefix}_"


def health_check(owner: str, value: d.HealthCheck) -> str:
    """Check the key."""
    return _key(owner, value.key)


def digest(owner: str, value: DigestSource) -> str:
    """Check the key."""
    return _key(owner, value.key)


def tally(owner: str, value: d.Tally) -> str:
    """Check the key."""
    return _key(owner, value.key)
