"""A plugin made for these tests: a stall where notes are left, with everything that a kind may bring."""

import datetime as dt
from typing import ClassVar

from markupsafe import Markup

from baukasten.errors import Conflict
from baukasten.plugin import (
    ActivityItem,
    Area,
    Blocker,
    Door,
    Feature,
    Field,
    FieldKind,
    Manifest,
    ModuleKind,
    ModuleRoutes,
    Permission,
    Role,
    Stat,
    Widget,
    hookimpl,
)
from baukasten.web.here import here
from baukasten.web.marks import public, requires

manifest = Manifest(name="stall", title="Stall", version="1", core=">=0")
routes = ModuleRoutes()
EVERYBODY = frozenset({Role.GUEST, Role.CITIZEN})


class Notes:
    """What the kind was told, and what it shall answer."""

    told: ClassVar[list[tuple[str, int]]]
    blockers: ClassVar[list[str]]
    used: ClassVar[bool]
    door_fails: ClassVar[bool]
    door_until: ClassVar[dt.datetime | None]
    door_asked: ClassVar[int]
    blocked: ClassVar[bool]
    activity: ClassVar[list[ActivityItem]]
    stats: ClassVar[list[Stat]]
    outlets: ClassVar[bool]

    @classmethod
    def forget(cls) -> None:
        """Begin anew."""
        cls.told, cls.blockers, cls.used, cls.door_fails, cls.blocked = [], [], False, False, False
        cls.activity, cls.stats, cls.outlets = [], [], False
        cls.door_until, cls.door_asked = None, 0


@routes.get("/")
@public(cached=True)
def entry(module):
    return f"stall {module.slug} of {module.project.slug if module.project else 'the site'}"


@routes.get("/notiz/<int:number>/")
@public
def note(module, number):
    return f"note {number} in {module.slug}"


@routes.form("/schreiben")
@requires("stall.note.write")
def write(module):
    return f"write in {module.slug} as {here().member}"


def place(_session, module):
    Notes.told.append(("placed", module.id))


def remove(_session, module):
    Notes.told.append(("removed", module.id))
    if Notes.used:
        raise Conflict("There are notes at this stall.")


def blockers(_session, _module):
    return Notes.blockers


def door(_session, module):
    if Notes.door_fails:
        raise ValueError("the door is stuck")
    Notes.door_asked += 1
    return Door(f"Leave a note at {module.title}", "Read 3 notes", until=Notes.door_until)


STALL = ModuleKind(
    key="stall",
    title="Stall",
    description="Notes on a board.",
    icon="forum",
    routes=routes,
    settings=(
        Field("limit", "Most notes", FieldKind.NUMBER, default=5, minimum=1, maximum=50),
        Field("intro", "Introduction"),
    ),
    features=(
        Feature("write", "Write notes", frozenset({"stall.note.write"})),
        Feature("vote", "Vote", frozenset({"stall.note.vote"})),
    ),
    door=door,
    on_place=place,
    on_remove=remove,
    blockers=blockers,
)


@hookimpl
def register_module_kinds():
    return [STALL]


@hookimpl
def register_permissions():
    return [
        Permission("stall.note.write", "Write notes", EVERYBODY),
        Permission("stall.note.vote", "Vote", EVERYBODY),
        Permission("stall.note.read", "Read notes", EVERYBODY, writes=False),
    ]


def _widget(_session, tenant):
    if Notes.door_fails:
        raise ValueError("the widget is stuck")
    return Markup("<p>3 notes in {}</p>").format(tenant.name)


@hookimpl
def register_widgets():
    return [Widget("stall.notes", Area.ADMIN, "Notes at the stalls", _widget, permission="stall.note.read")]


@hookimpl
def fill_outlet(session, outlet, context):
    project = context.project.slug if context.project else "no project"
    return Markup("<p>{} of {}</p>").format(outlet, project) if Notes.outlets else None


@hookimpl
def find_publish_blockers(session, project):
    return [Blocker("The stall is not swept.", "/verwaltung/stall/")] if Notes.blocked else None


@hookimpl
def list_activity(session, project, since, limit):
    return Notes.activity or None


@hookimpl
def count_stats(session, project):
    return Notes.stats or None
