"""What the page of a project shows, gathered once a generation and judged anew at each moment."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from baukasten import clock
from baukasten.content.sanitize import SafeHtml
from baukasten.errors import NotFound
from baukasten.plugin import hookspecs
from baukasten.plugin.declarations import ActivityItem, Stat
from baukasten.plugin.refs import ProjectRef
from baukasten.projects import calendar, doors, queries
from baukasten.projects.calendar import Stage
from baukasten.projects.doors import DoorView, Stone
from baukasten.projects.facts import PhaseFacts, ProjectFacts
from baukasten.projects.links import module_url, spoken
from baukasten.projects.phases import current_phase
from baukasten.web import i18n, pagecache
from baukasten.web.here import Here
from baukasten.web.platform import platform

LATELY = dt.timedelta(days=90)
NEWS = 6
ALL, ANSWERED = ".contributions", ".answered"
"""Endings of the keys of those numbers that the wall of blocks is drawn from."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything about a project's page that stands still until something is written."""

    project: ProjectFacts
    phases: tuple[PhaseFacts, ...]
    stones: tuple[Stone, ...]
    activity: tuple[ActivityItem, ...]
    stats: tuple[Stat, ...]


@dataclass(frozen=True, slots=True)
class ProjectView:
    """The project as its template shows it."""

    title: str
    question: str
    summary: str
    place: str
    picture: str
    phase: str
    days_left: int | None
    starts: str
    closed: bool
    body: SafeHtml
    decides: str
    result: str
    can: Sequence[str]
    fixed: Sequence[str]
    contact: str
    image: None = None


def gather(place: Here, slug: str) -> Gathered:
    """Give what is known about a project, kept as long as the town's generation and its doors; raises NotFound."""
    memo, key = platform().memo, ("project", slug, place.language)
    found = memo.get(place.tenant.id, key, lambda: _load(place, slug))
    if _until(found) <= clock.now():
        memo.forget(place.tenant.id, key)
        found = memo.get(place.tenant.id, key, lambda: _load(place, slug))
    pagecache.valid_until(_until(found))
    return found


def _until(found: Gathered) -> dt.datetime:
    """Give the first moment at which a door says something else."""
    return min((stone.until for stone in found.stones if stone.until is not None), default=pagecache.FOREVER)


def context(found: Gathered, at: dt.datetime) -> dict[str, Any]:
    """Give the values of the project page's template at a moment."""
    zone = i18n.current().formats.zone
    doors_ = _doors(found, at)
    first = next((door for door in doors_ if door.open), None)
    return {
        "project": _view(found, at, zone),
        "ref": found.project.ref,
        "phases": calendar.blocks(found.phases, at),
        "modules": doors_,
        "action": None if first is None else (first.go, first.url),
        "total": sum(stat.value for stat in found.stats if stat.key.endswith(ALL)),
        "answered": _answered(found.stats),
        "stats": [stat for stat in found.stats if stat.value and not stat.key.endswith((ALL, ANSWERED))],
        "activity": [(item, spoken(item.path)) for item in found.activity],
        "published": found.project.public,
    }


def _answered(stats: Iterable[Stat]) -> int | None:
    """Count what the town has answered; nothing where no module keeps account of it."""
    counts = [stat.value for stat in stats if stat.key.endswith(ANSWERED)]
    return sum(counts) if counts else None


def limit_cache(phases: Sequence[PhaseFacts], at: dt.datetime) -> None:
    """Let a kept page end where a phase changes, and with the day, since it counts days."""
    change = calendar.next_change(phases, at)
    if change is not None:
        midnight = calendar.next_midnight(at, i18n.current().formats.zone)
        pagecache.valid_until(min(change, midnight))


def _load(place: Here, slug: str) -> Gathered:
    session = place.session
    project = queries.find_project(session, slug)
    # Raised in here, so that addresses of nothing are never kept.
    if project is None:
        raise NotFound
    phases = queries.phases(session, project.id)
    placed = queries.modules(session, project.id)
    found = doors.stones(session, placed, place.plugins)
    activity, stats = _told(place, project.ref)
    return Gathered(project, phases, tuple(found), activity, stats)


def _told(place: Here, project: ProjectRef) -> tuple[tuple[ActivityItem, ...], tuple[Stat, ...]]:
    """Ask the plugins what happened and what they count."""
    session = place.session
    hooks = session.contract.manager.at(place.tenant.id, place.plugins, reading=True)
    since = clock.now() - LATELY
    told = hooks.ask(hookspecs.list_activity, session=session, project=project, since=since, limit=NEWS)
    items = sorted((item for one in told for item in one.value), key=lambda item: item.at, reverse=True)
    return tuple(items[:NEWS]), count(place, project)


def count(place: Here, project: ProjectRef) -> tuple[Stat, ...]:
    """Ask the plugins for their numbers about a project."""
    session = place.session
    hooks = session.contract.manager.at(place.tenant.id, place.plugins, reading=True)
    counted = hooks.ask(hookspecs.count_stats, session=session, project=project)
    return tuple(stat for one in counted for stat in one.value)


def _doors(found: Gathered, at: dt.datetime) -> list[DoorView]:
    archived = found.project.archived
    views = [doors.view(stone, _entry(stone), found.phases, at, archived=archived) for stone in found.stones]
    # What is open comes first; among equals the town's order stands.
    return sorted(views, key=lambda door: not door.open)


def _entry(stone: Stone) -> str:
    routes = stone.kind.routes.routes
    first = next(route.endpoint for route in routes.values() if route.rule == "/")
    return module_url(stone.module, stone.endpoint if stone.endpoint in routes else first)


def _view(found: Gathered, at: dt.datetime, zone: dt.tzinfo) -> ProjectView:
    project, stage = found.project, calendar.stage_of(found.project, at)
    phase = current_phase(found.phases, at)
    title = phase.title if phase is not None else ""
    if stage is Stage.RUNNING and phase is None:
        title = i18n.dgettext("core", "between two phases")
    starts = project.starts_at if stage is Stage.COMING else None
    return ProjectView(
        title=project.title,
        question=project.question,
        summary=project.summary,
        place=project.place,
        picture=project.picture,
        phase=title,
        days_left=None if phase is None else calendar.days_left(phase.ends_at, at, zone),
        starts="" if starts is None else i18n.current().date(starts),
        closed=stage is Stage.FINISHED,
        # It went through the one way from text to HTML when it was written.
        body=SafeHtml(project.description_html),
        decides=project.decides,
        result=project.result,
        can=project.can_influence,
        fixed=project.fixed,
        contact=project.contact,
    )
