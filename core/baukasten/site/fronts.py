"""What the front page and the overview show: the town's projects, sorted by where they stand."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from baukasten.projects import calendar, pages, queries
from baukasten.projects.calendar import Stage
from baukasten.projects.facts import PhaseFacts, ProjectLine
from baukasten.projects.links import spoken
from baukasten.projects.phases import current_phase, end_text
from baukasten.web import i18n
from baukasten.web.here import Here
from baukasten.web.platform import platform

NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)
SHOWN = 6
"""Cards of a kind on the front page; the rest stands in the overview."""


@dataclass(frozen=True, slots=True)
class Card:
    """A project in a list."""

    title: str
    question: str
    summary: str
    url: str
    picture: str
    place: str
    phase: str
    open: bool
    """Whether people can do something now."""
    action: str
    starts: dt.datetime | None
    until: str
    days_left: int | None
    passed: int
    result: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The public projects with their phases, as they are until somebody changes one."""

    projects: Sequence[ProjectLine]
    phases: dict[int, tuple[PhaseFacts, ...]]


@dataclass(frozen=True, slots=True)
class Lead:
    """The project whose time runs out first, as the front page asks it."""

    title: str
    question: str
    summary: str
    url: str
    action: str
    picture: str
    days_left: int | None
    contributions: int


def known(place: Here) -> Known:
    """Give the town's public projects, kept as long as its generation; two statements at most."""

    def load() -> Known:
        projects = queries.list_projects(place.session, archived=True)
        return Known(projects, queries.phases_of(place.session, [project.id for project in projects]))

    return platform().memo.get(place.tenant.id, ("projects",), load)


def sorted_cards(found: Known, at: dt.datetime) -> dict[Stage, list[Card]]:
    """Give the cards of each stage: what ends soonest, begins soonest, ended last comes first."""
    cards: dict[Stage, list[Card]] = {stage: [] for stage in Stage}
    for project in sorted(found.projects, key=lambda one: (one.ends_at or NEVER, one.id)):
        stage = calendar.stage_of(project, at)
        cards[stage].append(_card(project, found.phases[project.id], at))
    cards[Stage.COMING].sort(key=lambda card: card.starts or NEVER)
    cards[Stage.FINISHED].reverse()
    return cards


def lead_of(place: Here, found: Known, at: dt.datetime) -> tuple[ProjectLine, Lead] | None:
    """Give the project whose current phase ends first, with the one next step in it.

    A project that merely waits comes after those in which people can do something now.
    """
    urgent: list[tuple[bool, dt.datetime, ProjectLine]] = []
    for project in found.projects:
        phase = current_phase(found.phases[project.id], at)
        if phase is not None and not project.archived:
            urgent.append((not phase.features, phase.ends_at, project))
    if not urgent:
        return None
    _idle, until, project = min(urgent, key=lambda entry: (*entry[:2], entry[2].id))
    gathered = pages.gather(place, project.slug)
    shown = pages.context(gathered, at)
    url = spoken(f"/beteiligung/{project.slug}/")
    action = shown["action"] or ("", url)
    zone = i18n.current().formats.zone
    lead = Lead(
        title=project.title,
        question=project.question,
        summary=project.summary,
        url=action[1],
        action=action[0],
        picture=project.picture,
        days_left=calendar.days_left(until, at, zone),
        contributions=shown["total"],
    )
    return project, lead


def limit_cache(found: Known, at: dt.datetime) -> None:
    """Let a kept page end with the next phase of any project, and with the day while days are counted."""
    pages.limit_cache([phase for phases in found.phases.values() for phase in phases], at)


def _card(project: ProjectLine, phases: Sequence[PhaseFacts], at: dt.datetime) -> Card:
    phase = current_phase(phases, at)
    zone = i18n.current().formats.zone
    until = phase.ends_at if phase is not None else None
    return Card(
        title=project.title,
        question=project.question,
        summary=project.summary or project.question,
        url=spoken(f"/beteiligung/{project.slug}/"),
        picture=project.picture,
        place=project.place,
        phase=phase.title if phase is not None else "",
        open=phase is not None and bool(phase.features),
        action=phase.note if phase is not None else "",
        starts=project.starts_at,
        until="" if phase is None else end_text(phase.ends_at),
        days_left=None if until is None else calendar.days_left(until, at, zone),
        passed=0 if phase is None else calendar.percent_passed(phase.starts_at, phase.ends_at, at),
        result=project.result,
        archived=project.archived,
    )
