"""Numbers, dates and times as classes that a picture can show, with the least, the middle and the largest."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from baukasten.plugin import lazy
from baukasten.sdk import dgettext, translator
from baukasten_survey.analysis.plan import Form
from baukasten_survey.charts.words import number
from baukasten_survey.definition.model import Question
from baukasten_survey.results.scheme import edges_of
from baukasten_survey.results.tallies import number_class
from baukasten_survey.statistics.measures import quantile

_ = lazy("survey")
MOST_VALUES, CLASSES = 12, 8
LARGEST = 1e15
"""Numbers beyond are slips of the hand, and no mean of them says anything."""
MOST_MONTHS, MOST_YEARS = 24, 30
YEAR, HOUR = 12, 60
Pairs = Sequence[tuple[Any, float]]


@dataclass(frozen=True, slots=True)
class Spread:
    """How values are spread."""

    counts: dict[str, float]
    labels: dict[str, str]
    facts: list[tuple[str, str]]


def spread(form: Form, question: Question, values: Pairs) -> Spread:
    """Sort values into classes; values that are none of their form are left out."""
    if form is Form.DATE:
        return _dates(_read(values, dt.date.fromisoformat))
    if form is Form.TIME:
        return _times(_read(values, dt.time.fromisoformat))
    known = [(value, people) for value, people in values if isinstance(value, int | float)]
    return _numbers(question, [(float(value), people) for value, people in known if abs(value) <= LARGEST])


def _read(values: Pairs, read: Any) -> list[tuple[Any, float]]:
    found = []
    for value, people in values:
        try:
            found.append((read(value), people))
        except (TypeError, ValueError):
            continue
    return found


def _numbers(question: Question, values: Sequence[tuple[float, float]]) -> Spread:
    ends = sorted(value for value, _people in values) or [0.0]
    facts = [(str(_("Smallest")), number(ends[0])), (str(_("Largest")), number(ends[-1]))]
    edges = edges_of(question)
    if len(ends) <= MOST_VALUES:
        counts = {f"{value:g}": 0.0 for value in ends}
        for value, people in values:
            counts[f"{value:g}"] += people
        return Spread(counts, {f"{value:g}": number(value) for value in ends}, facts)
    edges = edges or _edges(ends[0], ends[-1])
    counts = {f"n{at}": 0.0 for at in range(len(edges) + 1)}
    for value, people in values:
        counts[number_class(value, edges)] += people
    return Spread(counts, _span_labels(edges), facts)


def _edges(low: float, high: float) -> tuple[float, ...]:
    """Cut what was answered into about eight classes with round ends."""
    rough = (high - low) / CLASSES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first = math.floor(low / step) + 1
    return tuple(float(f"{at * step:.12g}") for at in range(first, math.floor(high / step) + 1))


def _span_labels(edges: Sequence[float]) -> dict[str, str]:
    found = {"n0": dgettext("survey", "below %(high)s", high=number(edges[0]))}
    for at, (low, high) in enumerate(pairwise(edges), 1):
        found[f"n{at}"] = dgettext("survey", "%(low)s to below %(high)s", low=number(low), high=number(high))
    found[f"n{len(edges)}"] = dgettext("survey", "from %(low)s", low=number(edges[-1]))
    return found


def _dates(values: Sequence[tuple[dt.date, float]]) -> Spread:
    """Sort days by month, by year, or by ten years, whatever leaves few enough bars."""
    if not values:
        return Spread({}, {}, [])
    days = [day for day, _people in values]
    first, last = min(days), max(days)
    months = (last.year - first.year) * YEAR + last.month - first.month + 1
    years = last.year - first.year + 1
    if months <= MOST_MONTHS:
        places = [divmod(first.year * YEAR + first.month - 1 + at, YEAR) for at in range(months)]
        labels = {f"{year}-{month + 1:02}": f"{month + 1:02}/{year}" for year, month in places}
        names = [f"{day.year}-{day.month:02}" for day in days]
    elif years <= MOST_YEARS:
        labels = {str(year): str(year) for year in range(first.year, last.year + 1)}
        names = [str(day.year) for day in days]
    else:
        decades = range(first.year // 10, last.year // 10 + 1)
        labels = {str(one): f"{one * 10}–{one * 10 + 9}" for one in decades}
        names = [str(day.year // 10) for day in days]
    counts = dict.fromkeys(labels, 0.0)
    for name, (_day, people) in zip(names, values, strict=True):
        counts[name] += people
    say = translator().date
    middle = _middle([(day.toordinal(), people) for day, people in values])
    facts = [("first", first), ("middle", dt.date.fromordinal(middle)), ("last", last)]
    return Spread(counts, labels, [(_end(name), say(day)) for name, day in facts])


def _times(values: Sequence[tuple[dt.time, float]]) -> Spread:
    """Sort times by the hour."""
    if not values:
        return Spread({}, {}, [])
    minutes = [(one.hour * HOUR + one.minute, people) for one, people in values]
    hours = [at // HOUR for at, _people in minutes]
    labels = {str(one): f"{one:02}:00–{one:02}:59" for one in range(min(hours), max(hours) + 1)}
    counts = dict.fromkeys(labels, 0.0)
    for hour, (_at, people) in zip(hours, minutes, strict=True):
        counts[str(hour)] += people
    ends = [at for at, _people in minutes]
    facts = [("first", min(ends)), ("middle", _middle(minutes)), ("last", max(ends))]
    return Spread(counts, labels, [(_end(name), f"{at // HOUR:02}:{at % HOUR:02}") for name, at in facts])


def _middle(values: Sequence[tuple[int, float]]) -> int:
    found = quantile([float(value) for value, _people in values], 0.5, [people for _value, people in values])
    return math.floor(found or 0)


def _end(name: str) -> str:
    return {"first": str(_("Earliest")), "middle": str(_("In the middle")), "last": str(_("Latest"))}[name]
