"""What hooks say about things: frozen values, never rows of the database, never the request."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who somebody is in one tenant, from the street to the data centre."""

    GUEST = "guest"
    CITIZEN = "citizen"
    RESIDENT = "resident"
    MODERATOR = "moderator"
    ADMIN = "admin"
    OPERATOR = "operator"


class Standing(StrEnum):
    """Whether a member may write in a tenant."""

    ACTIVE = "active"
    MUTED = "muted"
    SUSPENDED = "suspended"


class Visibility(StrEnum):
    """Who sees a contribution; everything but published and folded is invisible to the public."""

    DRAFT = "draft"
    HELD = "held"
    PUBLISHED = "published"
    FOLDED = "folded"
    HIDDEN = "hidden"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What became of a contribution."""

    OPEN = "open"
    EXAMINATION = "examination"
    ADOPTED = "adopted"
    PARTLY = "partly"
    REJECTED = "rejected"
    MERGED = "merged"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class TenantRef:
    """A municipality."""

    id: int
    slug: str
    name: str
    host: str
    """Primary host with port where one is needed; links in mails are built from it."""
    language: str = "de"
    theme: str = "klar"
    time_zone: str = "Europe/Berlin"
    tagline: str = ""
    crest: str = ""
    languages: tuple[str, ...] = ("de", "en")
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class MemberRef:
    """An account in one tenant; the only person a tenant's rows know."""

    id: int
    display_name: str
    roles: frozenset[Role] = frozenset({Role.CITIZEN})
    standing: Standing = Standing.ACTIVE
    limits: tuple[tuple[int, Standing], ...] = ()
    """Modules in which alone a measure limits the member at this moment."""

    def standing_in(self, module: "ModuleRef | None") -> Standing:
        """Give the standing that counts in a module: that of the town, else that of the module."""
        if module is None or self.standing is not Standing.ACTIVE:
            return self.standing
        return dict(self.limits).get(module.id, Standing.ACTIVE)

    def has(self, *roles: Role) -> bool:
        """Tell whether the member holds one of the roles."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class ProjectRef:
    """A consultation."""

    id: int
    slug: str
    title: str
    published: bool = True


@dataclass(frozen=True, slots=True)
class ModuleRef:
    """A plugin's kind placed on the site (no project) or in a project."""

    id: int
    kind: str
    slug: str
    title: str
    project: ProjectRef | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    visible: bool = True

    @property
    def public(self) -> bool:
        """Whether everybody can open it."""
        return self.visible and (self.project is None or self.project.published)

    @property
    def path(self) -> str:
        """Path below the tenant's host, with slashes at both ends."""
        if self.project is None:
            return f"/{self.slug}/"
        return f"/beteiligung/{self.project.slug}/{self.slug}/"


@dataclass(frozen=True, slots=True)
class ContentRef:
    """One contribution of any plugin."""

    type: str
    id: int


@dataclass(frozen=True, slots=True)
class Content:
    """What the core needs to show, judge and link a contribution it knows nothing else about."""

    ref: ContentRef
    title: str
    excerpt: str
    path: str
    author_id: int | None
    author_name: str
    created_at: dt.datetime
    visibility: Visibility
    module_id: int | None = None
    is_reachable: bool = True
    """Whether what it hangs on is in view, such as the topic of a reply."""
    label: str = ""
    """Where it stands, such as "#33"; empty while it has no place."""
    is_nameless: bool = False
    """Whether the public does not see who wrote it; those who moderate do."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A contribution that stands beside another one, for those who judge that one in its context."""

    label: str
    """Where it stands, such as "#32"."""
    author_name: str
    excerpt: str
    path: str
    created_at: dt.datetime
    visibility: Visibility = Visibility.PUBLISHED


@dataclass(frozen=True, slots=True)
class Detail:
    """A whole contribution as those who moderate read it, and as evidence keeps it."""

    text: str
    """What the author typed."""
    html: str
    """The same as the public reads it, already safe."""
    language: str = "de"
    label: str = ""
    """Where it stands, such as "#33"; empty while it has no place."""
    before: Sequence[Neighbour] = ()
    after: Sequence[Neighbour] = ()
    edit_path: str = ""
    """Where staff changes it, marked as staff's change; empty where nobody may."""
    history_path: str = ""
    """Where its earlier wordings stand; empty while there are none."""
    changed_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """What an author typed, as evidence keeps it."""

    text: str
    label: str = ""
    """Where it stands, as ``Detail.label`` says it."""


@dataclass(frozen=True, slots=True)
class MediaRef:
    """A picture or a paper that somebody added to a contribution."""

    id: int
    kind: str
    """``picture`` or ``paper``."""
    name: str
    media_type: str
    bytes: int
    """Of the whole file; of a picture the large one."""
    width: int | None
    height: int | None
    alt: str | None
    """What a picture shows; "" for mere decoration, None until its uploader has said."""
    url: str
    """Path of the whole file, the same in every language."""
    url_small: str
    """Path of a picture's thumbnail; of a paper the same as ``url``."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A text that one module gives to another, where people go on with it; without any person's name."""

    title: str
    text: str
    """Markdown."""
    source: str
    """What stands in place of an author, such as "Fragestunde, 24. November"."""
    is_question: bool = False
    """Whether the town owes an answer to it."""
    due_on: dt.date | None = None
    """When the town answers; questions only."""
    department: str = ""
    """Who answers then."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A contribution on its way into view."""

    content_type: str
    body: str
    title: str = ""
    """Of its own; empty for what stands below something with a title, such as a reply."""
    author: MemberRef | None = None
    module: ModuleRef | None = None
    language: str = "de"
    is_edit: bool = False
    content_id: int | None = None
    """Of a contribution that exists already, when it is edited."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the form that brought a draft tells about who filled it in; all unknown outside a request."""

    trapped: bool = False
    """Whether a field was filled in that people do not see."""
    seconds: float | None = None
    """Between showing and sending the form; None where nobody can tell."""
    proven: bool = False
    """Whether the browser solved the puzzle that costs a machine time."""


class Ruling(StrEnum):
    """What a screening says about a draft, from lenient to strict."""

    ALLOW = "allow"
    LATER = "later"
    """Held like the next one, but the plugin lets it in after a while unless somebody stops it."""
    HOLD = "hold"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One screener's answer; the strictest of all counts."""

    ruling: Ruling
    code: str = ""
    note: str = ""
    """Shown to the author: what happened and what helps."""


class Outlet(StrEnum):
    """Places on the core's pages that plugins may fill."""

    FRONT_TOP = "FRONT_TOP"
    FRONT_BOTTOM = "FRONT_BOTTOM"
    PROJECT_HEADER = "PROJECT_HEADER"
    PROJECT_ASIDE = "PROJECT_ASIDE"
    PROJECT_BOTTOM = "PROJECT_BOTTOM"
    SITE_FOOTER = "SITE_FOOTER"
    ADMIN_DASHBOARD = "ADMIN_DASHBOARD"
    ACCOUNT_ASIDE = "ACCOUNT_ASIDE"


@dataclass(frozen=True, slots=True)
class OutletContext:
    """What a filler of an outlet knows about the page."""

    tenant: TenantRef
    member: MemberRef | None = None
    project: ProjectRef | None = None
    language: str = "de"


@dataclass(frozen=True, slots=True)
class Message:
    """A mail ready to be sent."""

    to: str
    subject: str
    text: str
    html: str = ""
    sender_name: str = ""
    sender_address: str = ""
    language: str = "de"
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a transport says after it took a message."""

    transport: str
    reference: str
