"""Days and phases as people in the town count them, nights of changed clocks included."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from babel.dates import format_skeleton

from baukasten.projects.facts import PhaseFacts, ProjectLine
from baukasten.projects.phases import MOMENT, current_phase
from baukasten.web import i18n


class Stage(StrEnum):
    """Where a public project stands."""

    COMING = "coming"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class PhaseBlock:
    """A phase as a block of the timeline; ``state`` is past, now or next."""

    title: str
    when: str
    text: str
    state: str


def stage_of(project: ProjectLine, at: dt.datetime) -> Stage:
    """Tell where a project stands; one without phases is not over, for nothing has begun."""
    if project.archived or (project.ends_at is not None and project.ends_at <= at):
        return Stage.FINISHED
    if project.starts_at is not None and project.starts_at <= at:
        return Stage.RUNNING
    return Stage.COMING


def days_left(until: dt.datetime, at: dt.datetime, zone: dt.tzinfo) -> int:
    """Count the days that remain after today, so that 0 is the last day; midnight ends the day before."""
    last = (until - MOMENT).astimezone(zone).date()
    return (last - at.astimezone(zone).date()).days


def next_midnight(at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Give the moment at which the town's date changes; the day may have 23 or 25 hours."""
    tomorrow = at.astimezone(zone).date() + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(), zone).astimezone(dt.UTC)


def next_change(phases: Sequence[PhaseFacts], at: dt.datetime) -> dt.datetime | None:
    """Give the next moment at which a phase begins or ends."""
    bounds = (moment for phase in phases for moment in (phase.starts_at, phase.ends_at))
    return min((moment for moment in bounds if moment > at), default=None)


def percent_passed(since: dt.datetime, until: dt.datetime, at: dt.datetime) -> int:
    """Tell how much of a stretch is over, from 0 to 100."""
    passed = (at - since) / (until - since)
    return round(100 * min(1.0, max(0.0, passed)))


def blocks(phases: Sequence[PhaseFacts], at: dt.datetime) -> list[PhaseBlock]:
    """Give the timeline of a project."""
    now = current_phase(phases, at)
    states = ["now" if phase is now else "past" if phase.ends_at <= at else "next" for phase in phases]
    return [
        PhaseBlock(phase.title, stretch_text(phase), phase.note, state)
        for phase, state in zip(phases, states, strict=True)
    ]


def stretch_text(phase: PhaseFacts) -> str:
    """Write from which day to which day a phase lasts; one day stands once, and so does one year."""
    speaker = i18n.current()
    first, last = (
        speaker.formats.local(phase.starts_at).date(),
        speaker.formats.local(phase.ends_at - MOMENT).date(),
    )
    if first == last:
        return speaker.date(last)
    begin = speaker.date(first)
    if first.year == last.year:
        begin = format_skeleton("MMMMd", first, locale=speaker.spoken.locale)
    return i18n.dgettext("core", "%(begin)s to %(end)s", begin=begin, end=speaker.date(last))
