"""Counts answers into the classes that the layer protects, a few or all at a time."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten_survey.cells.shown import MISSING, UNASKED
from baukasten_survey.keys import NO_ANSWER, Kind, Style

ANSWERED = "_answered"
"""The one class of answers that are words, files or places."""
LISTS = frozenset({Kind.MULTIPLE, Kind.IMAGE, Kind.MATRIX_MULTIPLE})
CHOICES = frozenset({Kind.SINGLE, Kind.DROPDOWN, Kind.YES_NO, Kind.CONSENT, Kind.CALCULATED})

Key = tuple[str, str, str]
"""Question, part of it (a row of a matrix, an option of a ranking, else empty), class."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What has to be known of a question to count its answers."""

    kind: Kind
    style: Style | None = None
    parts: Sequence[str] = ()
    """Rows of a matrix or differential, options of a ranking."""
    edges: Sequence[float] = ()
    """Where classes of numbers begin, fixed before the first freeze; see ``number_class``."""


@dataclass(slots=True)
class Tally:
    """How many people are in which class; tallies of different people add up."""

    people: int = 0
    counts: Counter[Key] = field(default_factory=Counter)

    def add(
        self, answers: Mapping[str, Any], asked: Mapping[str, Asked], unasked: Iterable[str] = ()
    ) -> None:
        """Count one response; ``unasked`` are questions that were not shown, whatever stands in them."""
        self.people += 1
        hidden = set(unasked)
        for code, question in asked.items():
            found = (
                ((part, UNASKED) for part in question.parts or ("",))
                if code in hidden
                else classes(question, answers.get(code))
            )
            for part, name in found:
                self.counts[code, part, name] += 1

    def __sub__(self, before: "Tally") -> "Tally":
        """Give the people since an earlier tally of the same responses: those of one freeze."""
        return Tally(self.people - before.people, self.counts - before.counts)

    def of(self, code: str, names: Sequence[str], part: str = "") -> dict[str, int]:
        """Give the counts of one question for the layer: its classes in their order, then who gave no answer."""
        wanted = dict.fromkeys([*names, UNASKED, MISSING])
        found = {name: self.counts[code, part, name] for name in wanted}
        return {name: number for name, number in found.items() if name != UNASKED or number}


def classes(question: Asked, value: Any) -> Iterator[tuple[str, str]]:
    """Give the parts and classes that one answer counts in; a list may be in several of one part.

    Raises KeyError for a kind that asks nothing.
    """
    kind, parts = question.kind, question.parts or ("",)
    if value is None or value in ([], {}, ""):
        yield from ((part, MISSING) for part in parts)
    elif value == NO_ANSWER:
        yield from ((part, NO_ANSWER) for part in parts)
    elif kind is Kind.RANKING:
        places = {option: str(place + 1) for place, option in enumerate(value)}
        yield from ((part, places.get(part, MISSING)) for part in parts)
    elif isinstance(value, dict) and parts != ("",):
        for part in parts:
            yield from ((part, name) for name in _names(question, value.get(part)))
    else:
        yield from (("", name) for name in _names(question, value))


def _names(question: Asked, value: Any) -> list[str]:
    """Give the classes of a value that is whole in itself."""
    if value is None or value == []:
        return [MISSING]
    if isinstance(value, list) and question.kind in LISTS:
        return list(dict.fromkeys(str(one) for one in value))
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int | float):
        return [number_class(value, question.edges) if question.edges else f"{value:g}"]
    if question.kind in CHOICES | LISTS | {Kind.SCALE, Kind.MATRIX_SINGLE}:
        return [str(value)]
    return [ANSWERED]


def number_class(value: float, edges: Sequence[float]) -> str:
    """Name the class of a number: "n0" lies below the first edge, "n1" from there to below the second, and so on."""
    return f"n{bisect_right(edges, value)}"
