"""What the demo's towns are made of, read from the data files beside this module."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from baukasten.plugin.refs import Role
from baukasten.projects.service import ProjectDraft

TOWNS = Path(__file__).parent / "towns"
TOWN_FILE = "town.toml"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who lives or works in a town; with ``shown`` the visitor gets the password."""

    key: str
    name: str
    roles: frozenset[Role] = frozenset({Role.CITIZEN})
    shown: bool = False


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """A phase in days from today, both at midnight: ``ends`` is the first day that no longer belongs to it."""

    title: str
    starts: int
    ends: int
    note: str = ""
    features: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A module to place, and what its own kind fills it with."""

    kind: str
    title: str
    slug: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProjectPlan:
    """A project with its phases and modules; an unpublished one stays a draft of the staff."""

    draft: ProjectDraft
    phases: Sequence[PhasePlan]
    modules: Sequence[ModulePlan]
    published: bool = True


@dataclass(frozen=True, slots=True)
class Incident:
    """Something for the moderators: a contribution by its key, and what happens to it.

    ``held`` and ``reported`` wait, a measure's name is what somebody decides, ``appeal`` objects to that.
    """

    kind: str
    of: str
    by: str = ""
    reason: str = ""
    """Code of a held contribution, else the key of a rule."""
    text: str = ""
    hours: int = 0
    """How long ago."""


@dataclass(frozen=True, slots=True)
class ReplyPlan:
    """Words that the town's moderators keep for later."""

    title: str
    text: str
    measure: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TownPlan:
    """A town as the demo opens it."""

    slug: str
    name: str
    tagline: str
    theme: str
    crest: str
    picture: str
    text: str
    settings: Mapping[str, Mapping[str, Any]]
    people: Sequence[Person]
    projects: Sequence[ProjectPlan]
    modules: Sequence[ModulePlan]
    """What stands on the site itself, in no project."""
    incidents: Sequence[Incident]
    replies: Sequence[ReplyPlan]
    told: Sequence[str]
    """Keys of the contributions that those whom they concern hear of."""

    @property
    def host(self) -> str:
        """The town's host; browsers lead every name below ``localhost`` to the own machine."""
        return f"{self.slug}.localhost"

    def email(self, person: Person) -> str:
        """Give a person's address; ``.example`` belongs to nobody (RFC 2606)."""
        return f"{person.key}@{self.slug}.example"


def read(folder: Path = TOWNS) -> list[TownPlan]:
    """Read all towns by name."""
    return sorted((_town(path.parent) for path in folder.glob(f"*/{TOWN_FILE}")), key=lambda town: town.name)


def _town(folder: Path) -> TownPlan:
    facts = _load(folder / TOWN_FILE)
    people = [_person(key, entry) for key, entry in facts.pop("people").items()]
    projects = [_project(_load(folder / f"{name}.toml")) for name in facts.pop("projects")]
    modules = [ModulePlan(**entry) for entry in facts.pop("modules", [])]
    incidents = [Incident(**entry) for entry in facts.pop("incidents", [])]
    replies = [ReplyPlan(**entry) for entry in facts.pop("replies", [])]
    told = facts.pop("told", [])
    return TownPlan(
        **facts,
        people=people,
        projects=projects,
        modules=modules,
        incidents=incidents,
        replies=replies,
        told=told,
    )


def _person(key: str, entry: Mapping[str, Any]) -> Person:
    roles = frozenset(Role(role) for role in entry.get("roles", ())) | {Role.CITIZEN}
    return Person(key, entry["name"], roles, entry.get("shown", False))


def _project(facts: dict[str, Any]) -> ProjectPlan:
    phases = [PhasePlan(**entry) for entry in facts.pop("phases")]
    modules = [ModulePlan(**entry) for entry in facts.pop("modules")]
    published = facts.pop("published", True)
    return ProjectPlan(ProjectDraft(**facts), phases, modules, published)


def _load(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
