"""What a plugin declares: frozen values that the registry collects once at start."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Protocol, runtime_checkable

from flask import Blueprint
from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin.fields import Field
from baukasten.plugin.refs import (
    Content,
    ContentRef,
    Detail,
    Handover,
    MemberRef,
    ModuleRef,
    Original,
    Role,
    TenantRef,
)
from baukasten.plugin.routes import ModuleRoutes
from baukasten.plugin.text import lazy

_ = lazy("core")
PUBLIC_TASK = _("Task in the public interest (GDPR Art. 6 (1) e)")
"""The legal basis of what a town stores so that people can take part."""


class Area(StrEnum):
    """Parts of the site where pages, navigation and widgets live."""

    SITE = "site"
    ADMIN = "admin"
    OPERATOR = "operator"
    API = "api"


@dataclass(frozen=True, slots=True)
class Mount:
    """A blueprint and the area it serves; the core chooses the path: ``/verwaltung/<plugin>/`` and so on."""

    area: Area
    blueprint: Blueprint


@dataclass(frozen=True, slots=True)
class Feature:
    """What a phase can open in a module, and the permissions that wait for it."""

    key: str
    title: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Door:
    """How a module presents itself on the page of its project."""

    line: str
    """One sentence: what one can do there."""
    action: str
    """The words of the link, such as "186 Beiträge lesen"."""
    invite: str = ""
    """The words while a phase lets people take part, such as "Idee einbringen"; empty for the same."""
    until: dt.datetime | None = None
    """When to ask again, for what changes with the time, such as who is there; nothing for what changes by hand."""
    shut: bool = False
    """Nobody can take part now, whatever a phase says: it is over, or it has not begun."""
    begins: dt.datetime | None = None
    """Of what is shut: when it begins, where that is known."""
    ends: dt.datetime | None = None
    """Until when people can take part, where the module itself knows; a phase may end it before."""
    endpoint: str = ""
    """Of the module's own page to which the link leads, such as its results; empty for its first one."""


@dataclass(frozen=True, slots=True)
class ModuleKind:
    """What a town can place: the forum, the survey."""

    key: str
    title: str
    description: str
    icon: str
    routes: ModuleRoutes
    settings: Sequence[Field] = ()
    features: Sequence[Feature] = ()
    door: Callable[[Session, ModuleRef], Door] | None = None
    on_place: Callable[[Session, ModuleRef], None] | None = None
    on_remove: Callable[[Session, ModuleRef], None] | None = None
    blockers: Callable[[Session, ModuleRef], Sequence[str]] | None = None
    ends: Callable[[Session, Collection[int]], Mapping[int, dt.datetime]] | None = None
    """Gives until when people can take part, of those modules that know it themselves; a phase may end it before.

    A moment that is over says that nobody can any more. One statement, however many modules.
    """
    receive: Callable[[Session, MemberRef, ModuleRef, Handover], str] | None = None
    """Open a discussion with what another module hands over, in the name of staff; gives its path without language."""
    load: Callable[[Session, ModuleRef, Mapping[str, Any]], Mapping[str, ContentRef]] | None = None
    """Fill a freshly placed module from a portable description, such as the demo's discussions.

    Besides the kind's own words it holds ``now``, ``members`` (ids by the names that it uses for people) and
    ``staff`` (an administrator, in whose name staff's things happen); what has a ``key`` there is given back under it.
    """


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing somebody may do; the key is ``plugin.noun.verb``."""

    key: str
    title: str
    default_roles: frozenset[Role]
    risky: bool = False
    writes: bool = True
    """Whether muted and suspended members lose it; False for reading, reporting and appealing."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """A link in a navigation; shown to those who hold the permission."""

    area: Area
    label: str
    endpoint: str
    permission: str = ""
    weight: int = 100
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Widget:
    """A part of a dashboard."""

    key: str
    area: Area
    title: str
    render: Callable[[Session, TenantRef], Markup]
    permission: str = ""
    weight: int = 100


@dataclass(frozen=True, slots=True)
class ContentType:
    """A kind of contribution that moderation can show, publish, hide and restore.

    Callables after ``reject`` are steps that a kind may leave out; the ladder then leaves them out too.
    """

    key: str
    label: str
    find: Callable[[Session, Sequence[int]], Sequence[Content]]
    """Gives what exists of these ids, whatever its visibility; one query."""
    publish: Callable[[Session, int], None]
    hide: Callable[[Session, int], None]
    restore: Callable[[Session, int], None]
    """Brings back into view, where it was, what was folded, hidden or removed."""
    reject: Callable[[Session, int], None]
    fold: Callable[[Session, int], None] | None = None
    """Leaves it readable behind one click."""
    remove: Callable[[Session, int], None] | None = None
    """Takes it out of view for good, with a placeholder where it was; an appeal can still restore it."""
    hold: Callable[[Session, int], None] | None = None
    """Takes what was published by mistake a moment ago out of view again, as if it still waited."""
    detail: Callable[[Session, int], Detail | None] | None = None
    authors: Callable[[Session, Sequence[int]], Iterable[tuple[int, int]]] | None = None
    """Gives, for those of these members whose contributions are in view, pairs of member and module.

    Who wrote nothing that everybody sees has no public profile.
    """
    originals: Callable[[Session, Sequence[int]], Mapping[int, Original]] | None = None
    """Gives what the authors typed, of many at once; without it ``detail`` is asked for each."""
    accompany: Callable[[Session, MemberRef, int], bool] | None = None
    """Whether a member may put a companion beside it now, such as its author for a while, and staff."""
    talk: bool = False
    """Whether it is said in a conversation, several a minute: then its plugin says how often, and the town's limits per
    ten minutes and day neither bind nor count it."""


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the search knows about a published contribution."""

    content_type: str
    id: int
    title: str
    body: str
    path: str
    language: str = "de"
    module_id: int | None = None
    published_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Where documents of a content type come from."""

    content_type: str
    document: Callable[[Session, int], SearchDocument | None]
    """Gives nothing for what the public may not see, which takes it out of the index."""
    stream: Callable[[Session], Iterator[SearchDocument]]
    dependents: Callable[[Session, int], Sequence[int]] | None = None
    """Gives contributions of the same type that come and go with this one, such as the replies of a topic."""


class Channel(StrEnum):
    """How a notice reaches a person."""

    PAGE = "page"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class NotificationType:
    """A kind of notice; notices of one type and group within a burst become one mail."""

    key: str
    title: str
    template: str
    """Base name of the mail templates, such as ``forum/mail/reply`` (``.txt`` and ``.html``)."""
    subject: str
    channels: frozenset[Channel] = frozenset({Channel.PAGE, Channel.MAIL})
    silence: Callable[[Session, int, str], None] | None = None
    """Ends what the notices of one group tell about, from a letter's link; takes the membership's id and the group."""
    silence_title: str = ""
    """The words of that link, such as "Hear nothing more of this topic"."""


@dataclass(frozen=True, slots=True)
class PersonalDataset:
    """One store of personal data: why, how long, and the code that hands it out and removes it."""

    key: str
    title: str
    purpose: str
    legal_basis: str
    columns: Sequence[str]
    """``table.column`` of every column that points to a person or tells about one."""
    retention: str
    export: Callable[[Session, int], list[dict[str, Any]]]
    """Takes the membership's id."""
    erase: Callable[[Session, int], int]
    """Takes the membership's id, gives the number of rows changed; safe to run again."""


class TableFormat(StrEnum):
    """Files that the core makes of a table's rows; the value is the file's suffix."""

    CSV = "csv"
    XLSX = "xlsx"
    ODT = "odt"
    JSONL = "jsonl"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Export:
    """A table, or a file of another shape, that staff may take away from a placed module; made in a job."""

    key: str
    title: str
    columns: Sequence[str]
    """Keys, as programs read them in JSON lines; none where ``build`` makes the file, or ``heads`` names them."""
    permission: str
    rows: Callable[[Session, ModuleRef], Iterable[Sequence[Any]]] | None
    """Cells are texts without markup, numbers, days, aware moments, yes and no, lists of these, or nothing."""
    titles: Sequence[str] = ()
    """Headings as people read them; the keys where none are given."""
    heads: Callable[[Session, ModuleRef], Sequence[tuple[str, str]]] | None = None
    """In place of ``columns`` and ``titles``, where each module has its own: pairs of key and heading."""
    formats: Sequence[TableFormat] = tuple(TableFormat)
    build: Callable[[Session, ModuleRef, BinaryIO], None] | None = None
    """Writes a file of its own shape in place of ``rows``; a BaukastenError's message becomes the reason shown."""
    media_type: str = ""
    """With ``suffix``: what ``build`` writes, such as ``application/zip`` and ``zip``."""
    suffix: str = ""
    hindrance: Callable[[Session, ModuleRef], str] | None = None
    """Gives why it cannot be made now, or an empty text; asked again in the job."""


@dataclass(frozen=True, slots=True)
class Audience:
    """People who can be written to, such as all who took part in a module."""

    key: str
    title: str
    members: Callable[[Session], Iterable[int]]


@dataclass(frozen=True, slots=True)
class Job:
    """Work outside a request; it may run more than once and must not mind."""

    key: str
    run: Callable[..., None]
    """Called as ``run(session, **values)``; the session has the tenant's scope when one was given."""
    every: str = ""
    """Cron expression for periodic work; empty for work on demand."""
    per_tenant: bool = True
    max_attempts: int = 8
    even_suspended: bool = False
    """Whether it runs in a suspended town too, as erasing does; other jobs are skipped there."""


@dataclass(frozen=True, slots=True)
class TemplateHelper:
    """A function for templates; its name begins with the plugin's."""

    name: str
    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Health:
    """The answer of a health check."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Something an operator wants to know is alive."""

    key: str
    title: str
    run: Callable[[], Health]


@dataclass(frozen=True, slots=True)
class Tally:
    """How often things of one kind were seen; counted in the processes, handed over every half minute."""

    key: str
    add: Callable[[Session, Mapping[int, int]], None]
    """Takes views by id, in the order of the ids, and adds them to what is stored; ids may be gone meanwhile.

    Runs in the town's scope and does not make its kept pages stale.
    """


@dataclass(frozen=True, slots=True)
class ActivityItem:
    """Something that happened in a project lately."""

    title: str
    path: str
    at: dt.datetime
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Stat:
    """A number about a project, with its word."""

    key: str
    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Blocker:
    """Why a project cannot be published yet, and where to mend it."""

    message: str
    path: str = ""


@runtime_checkable
class Storage(Protocol):
    """A place for a tenant's files; names are chosen by the core."""

    def write(self, name: str, data: bytes | BinaryIO) -> None:
        """Store a file whole or not at all; an open one is read from where it stands to its end."""

    def read(self, name: str) -> bytes:
        """Give a file; raises NotFound."""

    def delete(self, name: str) -> None:
        """Remove a file; a missing one is no error."""
