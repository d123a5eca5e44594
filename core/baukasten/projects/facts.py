"""What is known about projects: frozen values read from the tables, as lists, pages and the gate need them."""

import datetime as dt
from dataclasses import dataclass

from baukasten.plugin.refs import ModuleRef, ProjectRef
from baukasten.projects.models import ARCHIVED, DRAFT


@dataclass(frozen=True, slots=True)
class PhaseFacts:
    """A dated stretch of a project, from ``starts_at`` up to but not including ``ends_at``."""

    id: int
    project_id: int
    title: str
    note: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    features: frozenset[str]

    def runs_at(self, moment: dt.datetime) -> bool:
        """Tell whether a moment belongs to the phase."""
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project as lists show it."""

    id: int
    slug: str
    title: str
    question: str
    summary: str
    place: str
    result: str
    picture: str
    state: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    changed_at: dt.datetime

    @property
    def ref(self) -> ProjectRef:
        """The project as hooks know it."""
        return ProjectRef(self.id, self.slug, self.title, self.public)

    @property
    def public(self) -> bool:
        """Whether everybody may see it; what is archived stays readable, since its addresses are known."""
        return self.state != DRAFT

    @property
    def archived(self) -> bool:
        """Whether the town has put it away: readable, but closed whatever its phases say."""
        return self.state == ARCHIVED


@dataclass(frozen=True, slots=True)
class ProjectFacts(ProjectLine):
    """Everything about one project."""

    description: str
    description_html: str
    can_influence: tuple[str, ...]
    fixed: tuple[str, ...]
    contact: str
    decides: str


@dataclass(frozen=True, slots=True)
class Placement:
    """A placed module and what the gate must know about the place."""

    module: ModuleRef
    public: bool
    archived: bool = False
    phases: tuple[PhaseFacts, ...] = ()
