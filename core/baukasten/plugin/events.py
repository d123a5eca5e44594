"""What happened: events that the core publishes after commit, at least once, to every listening plugin."""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events; fields are numbers and short texts, so that an event travels as JSON."""

    name: ClassVar[str] = ""
    tenant_id: int

    def values(self) -> dict[str, Any]:
        """Give the fields for the journey through the outbox."""
        return asdict(self)

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> "Event":
        """Rebuild an event; fields that an older version wrote and this one lost are left out."""
        known = {f.name for f in fields(cls)}
        return cls(**{key: value for key, value in values.items() if key in known})


@dataclass(frozen=True, slots=True)
class MemberJoined(Event):
    """An account became a member of a tenant."""

    name = "core.member_joined"
    member_id: int


@dataclass(frozen=True, slots=True)
class MemberErased(Event):
    """A person's data left a tenant."""

    name = "core.member_erased"
    member_id: int


@dataclass(frozen=True, slots=True)
class MemberRenamed(Event):
    """A member is shown under another name."""

    name = "core.member_renamed"
    member_id: int
    chosen: bool = True
    """Whether the member chose it; else moderators took a name out of view, or brought it back."""


@dataclass(frozen=True, slots=True)
class ProjectPublished(Event):
    """A consultation went public."""

    name = "core.project_published"
    project_id: int


@dataclass(frozen=True, slots=True)
class ModulePlaced(Event):
    """A town placed a module."""

    name = "core.module_placed"
    module_id: int


@dataclass(frozen=True, slots=True)
class ModuleRemoved(Event):
    """A town took a module away."""

    name = "core.module_removed"
    module_id: int


@dataclass(frozen=True, slots=True)
class ContentPublished(Event):
    """A contribution became visible."""

    name = "core.content_published"
    content_type: str
    content_id: int


@dataclass(frozen=True, slots=True)
class ContentEdited(Event):
    """A visible contribution changed."""

    name = "core.content_edited"
    content_type: str
    content_id: int


@dataclass(frozen=True, slots=True)
class ContentHidden(Event):
    """A contribution became invisible."""

    name = "core.content_hidden"
    content_type: str
    content_id: int


@dataclass(frozen=True, slots=True)
class ContentRestored(Event):
    """A hidden contribution came back."""

    name = "core.content_restored"
    content_type: str
    content_id: int


@dataclass(frozen=True, slots=True)
class ReportFiled(Event):
    """Somebody reported a contribution."""

    name = "core.report_filed"
    report_id: int


CORE_EVENTS: tuple[type[Event], ...] = (
    MemberJoined,
    MemberErased,
    MemberRenamed,
    ProjectPublished,
    ModulePlaced,
    ModuleRemoved,
    ContentPublished,
    ContentEdited,
    ContentHidden,
    ContentRestored,
    ReportFiled,
)
