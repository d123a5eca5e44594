"""The days of the demo's projects: counted from today, and moved on when a phase has run out meanwhile."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.demo.plans import PhasePlan, TownPlan
from baukasten.plugin.refs import TenantRef
from baukasten.projects import queries
from baukasten.projects.facts import PhaseFacts
from baukasten.projects.schedule import PhaseDraft, set_phases


def today(zone: str) -> dt.date:
    """Give the day that it is in a town."""
    return clock.now().astimezone(ZoneInfo(zone)).date()


def midnight(day: dt.date, offset: int, zone: str) -> dt.datetime:
    """Give the begin of the day that lies ``offset`` days after another."""
    return dt.datetime.combine(day + dt.timedelta(days=offset), dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def dated(plans: Sequence[PhasePlan], day: dt.date, zone: str) -> list[PhaseDraft]:
    """Give phases their days, counted from ``day``."""
    return [
        PhaseDraft(
            plan.title,
            midnight(day, plan.starts, zone),
            midnight(day, plan.ends, zone),
            plan.note,
            tuple(plan.features),
        )
        for plan in plans
    ]


def move_on(session: Scope, town: TenantRef, plan: TownPlan) -> int:
    """Bring the phases of the town's projects back to where the plan has them; gives how many moved.

    What somebody changed by hand is left alone, and so is what still stands as planned.
    """
    moved, at, day = 0, clock.now(), today(town.time_zone)
    for project in plan.projects:
        found = queries.find_project(session, project.draft.slug)
        if found is None or not project.phases:
            continue
        stored = queries.phases(session, found.id)
        if _touched(stored, project.phases, town.time_zone):
            continue
        wanted = dated(project.phases, day, town.time_zone)
        if _places(stored, at) != _places(wanted, at):
            set_phases(session, None, found.id, wanted)
            moved += 1
    return moved


def _touched(stored: Sequence[PhaseFacts], plans: Sequence[PhasePlan], zone: str) -> bool:
    """Tell whether phases differ from the plan by more than the day it was counted from."""
    if not stored:
        return True
    begin = stored[0].starts_at.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=plans[0].starts)
    planned = [(one.title, one.starts_at, one.ends_at) for one in dated(plans, begin, zone)]
    return planned != [(one.title, one.starts_at, one.ends_at) for one in stored]


def _places(phases: Sequence[PhaseFacts | PhaseDraft], at: dt.datetime) -> list[tuple[bool, bool]]:
    """Tell of each phase whether it has begun and whether it is over."""
    return [(phase.starts_at <= at, phase.ends_at <= at) for phase in phases]
