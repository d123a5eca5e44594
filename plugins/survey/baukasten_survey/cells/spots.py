"""Places on a picture of the town, as counts of people on a plain grid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from baukasten_survey.cells.shown import UNASKED, UNSAID, Table

Square = tuple[int, int]
"""Column and row, counted from the top left."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A picture cut into squares, in the units of its coordinates; it depends on no answer."""

    columns: int
    rows: int
    side: float

    def square(self, across: float, down: float) -> Square | None:
        """Give the square that a point lies in, edges of the picture included; nothing outside."""
        wide, tall = self.columns * self.side, self.rows * self.side
        if not (0 <= across <= wide and 0 <= down <= tall):
            return None
        return min(int(across / self.side), self.columns - 1), min(int(down / self.side), self.rows - 1)


@dataclass(frozen=True, slots=True)
class Spots:
    """Squares that enough people pointed at; nothing is told of the others, nor how many there are."""

    people: Mapping[Square, int]

    def __add__(self, other: Self) -> Self:
        """Put the squares of different people together; what either does not tell is missing in the sum."""
        squares = dict.fromkeys([*self.people, *other.people])
        return type(self)({one: self.people.get(one, 0) + other.people.get(one, 0) for one in squares})

    def dump(self) -> list[list[int]]:
        """Give the squares as JSON, to be frozen."""
        return [[*square, number] for square, number in self.people.items()]

    @classmethod
    def load(cls, data: Iterable[Sequence[Any]]) -> Self:
        """Read what ``dump`` gave."""
        return cls({(column, row): number for column, row, number in data})


def protect(pointed: Mapping[Square, int], table: Table, *, most: int | None = None) -> Spots:
    """Leave out squares that fewer than k people pointed at, or all but fewer than k of those who answered.

    ``table`` tells how many answered. ``most`` is how many squares one person can be in: where that bounds what is
    left for the other squares to fewer than 2k, the rarest ones go too (ADR 22).
    """
    least, exact = _answered(table)
    k = table.k
    told = {
        one: number
        for one, number in sorted(pointed.items())
        if k <= number <= least - k or (exact and number == least >= k)
    }
    while told and most is not None:
        left = most * least - sum(told.values())
        if left >= 2 * k or (exact and left == 0):
            break
        told.pop(min(reversed(told), key=lambda one: told[one]))
    return Spots(told)


def _answered(table: Table) -> tuple[int, bool]:
    """Give how many answered, as far as everybody knows, and whether that is their number or only the least."""
    said = [cell for key, cell in table.cells.items() if key not in UNSAID]
    if all(cell.count is not None for cell in said):
        return sum(cell.known for cell in said), True
    unasked = table.cells.get(UNASKED)
    if unasked is not None and unasked.count is None:
        return 0, False
    others = sum(cell.known for key, cell in table.cells.items() if key in UNSAID)
    # Where who answered is held back, so are all who did not: few, or as many as few people need beside them.
    return max(0, table.people - others - 3 * table.k), False
