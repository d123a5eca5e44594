"""Averages that tell nobody's own number."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from baukasten_survey.cells.shown import Table

FEWEST = 10
"""Times k people are needed: below, a safe average says no more than the classes do."""

Ends = Mapping[str, tuple[float, float]]
"""The least and the largest answer that the questionnaire allows in each class of numbers."""


@dataclass(frozen=True, slots=True)
class Average:
    """A mean, and how finely it is told."""

    value: float
    step: float
    """How wide the band is in whose middle the value lies."""
    people: int

    def __add__(self, other: Self) -> Self:
        """Put the averages of different people together: computed from what everybody may read."""
        people = self.people + other.people
        value = (self.value * self.people + other.value * other.people) / people
        step = (self.step * self.people + other.step * other.people) / people
        return type(self)(value, step, people)

    def dump(self) -> list[Any]:
        """Give the average as JSON, to be frozen."""
        return [self.value, self.step, self.people]

    @classmethod
    def load(cls, data: list[Any]) -> Self:
        """Read what ``dump`` gave."""
        return cls(*data)


def average(table: Table, ends: Ends, total: float) -> Average | None:
    """Tell in which of few bands the mean lies, so wide that any k - 1 people may have answered anything in theirs.

    ``table`` are the protected classes of the numbers: of a whole one everybody knows between what the sum of all
    answers lies. That span is cut into equal bands of at least k times the span of one answer (ADR 22). ``total`` is
    the sum of all answers, each cut to the ends of its class. Nothing comes where a class is held back, nor of fewer
    than ten times k people. Raises ValueError for a sum that cannot be one of these answers.
    """
    people = table.base
    if not table.whole or people < FEWEST * table.k:
        return None
    least, most = (
        sum(table.cells[key].known * limits[side] for key, limits in ends.items()) for side in (0, 1)
    )
    slack = 1e-9 * max(1.0, abs(least), abs(most))
    if not least - slack <= total <= most + slack:
        raise ValueError("a sum lies between the ends of the classes")
    span = max(high for _, high in ends.values()) - min(low for low, _ in ends.values())
    bands = max(1, int((most - least) / (table.k * span))) if span > 0 else 1
    wide = (most - least) / bands
    band = min(bands - 1, max(0, int((total - least) / wide))) if wide > 0 else 0
    return Average((least + (band + 0.5) * wide) / people, wide / people, people)
