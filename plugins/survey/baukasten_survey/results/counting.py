"""Counts responses, one after the other, into everything that a freeze protects."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten_survey.cells.shown import MISSING, UNASKED
from baukasten_survey.cells.spots import Square
from baukasten_survey.definition import kinds
from baukasten_survey.keys import Kind
from baukasten_survey.results.scheme import GRID, Counted, Form, Scheme, ends_of
from baukasten_survey.results.tallies import Tally, classes, number_class

RANKED, PARTLY = "ranked", "partly"


@dataclass(slots=True)
class Ranks:
    """How options of a ranking were placed by those who placed them all."""

    size: int
    places: dict[str, list[int]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, value: Any, *, unasked: bool) -> None:
        """Count one answer."""
        if unasked:
            self.counts[UNASKED] += 1
        elif not isinstance(value, list) or not value:
            self.counts[MISSING] += 1
        elif len(value) < self.size:
            self.counts[PARTLY] += 1
        else:
            self.counts[RANKED] += 1
            for place, option in enumerate(value):
                self.places.setdefault(option, [0] * self.size)[place] += 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is counted beside single questions, chosen before the first freeze, in the codes of one version."""

    pairs: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    """Of the file of single responses."""


@dataclass(slots=True)
class Count:
    """What one freeze counts."""

    tally: Tally = field(default_factory=Tally)
    crossed: dict[tuple[str, str], Counter[tuple[str, str]]] = field(default_factory=dict)
    together: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Combinations of answers to the columns of the file."""
    rankings: dict[str, Ranks] = field(default_factory=dict)
    sums: dict[str, float] = field(default_factory=dict)
    """Of numbers, each cut to the ends of its class."""
    pointed: dict[str, Counter[Square]] = field(default_factory=dict)
    """People by squares of a map, each once in a square."""
    last: int = 0


def count(rows: Iterable[tuple[int, dt.date, dict[str, Any]]], scheme: Scheme, chosen: Chosen) -> Count:
    """Count responses; memory does not grow with their number."""
    found, asked = _begun(scheme, chosen), {code: one.asked for code, one in scheme.counted.items()}
    singles = dict.fromkeys([*chosen.columns, *(code for pair in chosen.pairs for code in pair)])
    ends = {code: ends_of(scheme.counted[code].question) for code in found.sums}
    for number, day, answers in rows:
        found.last = number
        unasked = scheme.unasked(answers, day)
        found.tally.add(answers, asked, unasked)
        for code, ranks in found.rankings.items():
            ranks.add(answers.get(code), unasked=code in unasked)
        for code, limits in ends.items():
            if code not in unasked:
                found.sums[code] += _cut(answers.get(code), asked[code].edges, limits)
        for code, squares in found.pointed.items():
            if code not in unasked:
                squares.update(pointed(answers.get(code)))
        held = {code: _class(scheme.counted[code], answers) for code in singles}
        for (row, column), pairs in found.crossed.items():
            pairs[held[row], held[column]] += 1
        if chosen.columns:
            found.together[tuple(held[code] for code in chosen.columns)] += 1
    return found


def _begun(scheme: Scheme, chosen: Chosen) -> Count:
    """Give a count of nobody, with a place for everything that is counted."""
    found = Count(crossed={pair: Counter() for pair in chosen.pairs})
    for code, one in scheme.counted.items():
        if one.form is Form.RANKING:
            found.rankings[code] = Ranks(len(one.asked.parts))
        elif one.question.kind is Kind.MAP:
            found.pointed[code] = Counter()
        elif one.form is Form.SINGLE and one.question.kind in kinds.NUMBERS:
            found.sums[code] = 0.0
    return found


def _class(one: Counted, answers: Mapping[str, Any]) -> str:
    """Give the one class of an answer to a question that may be crossed."""
    name = next(classes(one.asked, answers.get(one.question.code)))[1]
    return name if name in one.names else MISSING


def _cut(value: Any, edges: Sequence[float], ends: Mapping[str, tuple[float, float]]) -> float:
    """Give a number within the ends of its class; 0 for what is no number, which is in no class of them either."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return 0.0
    least, most = ends[number_class(value, edges)]
    return min(max(value, least), most)


def pointed(value: Any) -> set[Square]:
    """Give the squares that somebody pointed at, or set a corner of a line or an area in."""
    shapes = value.get("shapes") if isinstance(value, Mapping) else None
    places = (place for shape in shapes or () for place in _corners(shape))
    return {square for across, down in places if (square := GRID.square(across, down)) is not None}


def _corners(shape: Mapping[str, Any]) -> Iterator[Sequence[float]]:
    found = shape["coordinates"]
    if shape["type"] == "Point":
        yield found
    else:
        yield from found[0] if shape["type"] == "Polygon" else found
