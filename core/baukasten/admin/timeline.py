"""The timeline of the assembling page: months on top, phases and what they open below, in 28 columns."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from babel.dates import format_date

from baukasten.projects.doors import TONES
from baukasten.projects.facts import PhaseFacts
from baukasten.projects.phases import MOMENT

COLUMNS, LABELS = 28, 7
PER_LABEL = COLUMNS // LABELS


@dataclass(frozen=True, slots=True)
class Lane:
    """A bar: from column ``first`` over ``span`` columns."""

    title: str
    first: int
    span: int
    phase: bool
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """What a lane of its own shows: a module by title and icon, with the features its kind has."""

    title: str
    icon: str
    features: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ruler:
    """The stretch of whole months that the timeline shows, in equal steps."""

    first: dt.date
    months: int
    """Months that one label stands for."""

    def column(self, day: dt.date) -> int:
        """Give the column, from 1 to 28, in which a day lies."""
        passed = (day.year - self.first.year) * 12 + day.month - self.first.month
        within = passed + (day.day - 1) / 31
        return min(COLUMNS, max(1, int(within / self.months * PER_LABEL) + 1))

    def labels(self, locale: str) -> list[str]:
        """Give the names of the months at which each label begins."""
        starts = (self.first.month - 1 + number * self.months for number in range(LABELS))
        days = (dt.date(self.first.year + start // 12, start % 12 + 1, 1) for start in starts)
        return [format_date(day, "LLL", locale) for day in days]


def ruler(phases: Sequence[PhaseFacts], zone: dt.tzinfo) -> Ruler | None:
    """Choose the months that hold all phases; nothing without a phase."""
    if not phases:
        return None
    first = min(phase.starts_at for phase in phases).astimezone(zone).date().replace(day=1)
    last = (max(phase.ends_at for phase in phases) - MOMENT).astimezone(zone).date()
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return Ruler(first, -(-count // LABELS))


def lanes(
    phases: Sequence[PhaseFacts], placed: Sequence[Placed], scale: Ruler, zone: dt.tzinfo
) -> list[list[Lane]]:
    """Give the rows: phases beside each other, then each module from its first to its last open day."""
    found = _beside([_lane(phase.title, [phase], scale, zone, phase=True) for phase in phases])
    for module in placed:
        opening = [phase for phase in phases if not phase.features.isdisjoint(module.features)]
        if opening:
            tone = TONES.get(module.icon, "")
            found.append([_lane(module.title, opening, scale, zone, phase=False, tone=tone)])
    return found


def _beside(bars: Sequence[Lane]) -> list[list[Lane]]:
    """Put bars into as few rows as possible; phases too short for a column of their own need a second row."""
    rows: list[list[Lane]] = []
    for bar in bars:
        row = next((one for one in rows if one[-1].first + one[-1].span <= bar.first), None)
        if row is None:
            rows.append([bar])
        else:
            row.append(bar)
    return rows


def _lane(
    title: str, phases: Sequence[PhaseFacts], scale: Ruler, zone: dt.tzinfo, *, phase: bool, tone: str = ""
) -> Lane:
    first = scale.column(min(one.starts_at for one in phases).astimezone(zone).date())
    last = scale.column((max(one.ends_at for one in phases) - MOMENT).astimezone(zone).date())
    return Lane(title, first, last - first + 1, phase, tone)
