"""Points on a map, as counts of people on a plain grid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from baukasten_survey.cells.shown import K, checked_k

Square = tuple[int, int]
"""Column and row of a grid, counted from its south-western corner."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A part of the world cut into squares, in degrees of WGS 84."""

    west: float
    south: float
    east: float
    north: float
    columns: int
    rows: int

    def square(self, longitude: float, latitude: float) -> Square | None:
        """Give the square a point lies in; nothing outside."""
        across = (longitude - self.west) / (self.east - self.west)
        up = (latitude - self.south) / (self.north - self.south)
        if not (0 <= across < 1 and 0 <= up < 1):
            return None
        return int(across * self.columns), int(up * self.rows)


@dataclass(frozen=True, slots=True)
class Spots:
    """Squares that enough people pointed at; nothing is told of the others, nor how many there are."""

    people: Mapping[Square, int]

    def __add__(self, other: Self) -> Self:
        """Put the squares of different people together."""
        squares = dict.fromkeys([*self.people, *other.people])
        return type(self)({one: self.people.get(one, 0) + other.people.get(one, 0) for one in squares})

    def dump(self) -> list[list[int]]:
        """Give the squares as JSON, to be frozen."""
        return [[*square, number] for square, number in self.people.items()]

    @classmethod
    def load(cls, data: Iterable[Sequence[Any]]) -> Self:
        """Read what ``dump`` gave."""
        return cls({(column, row): number for column, row, number in data})


def protect(pointed: Mapping[Square, int], people: int, *, k: int = K) -> Spots:
    """Leave out squares that fewer than k people pointed at, or all but fewer than k of all who were asked.

    As no sum over squares is told, no others have to go.
    """
    limit = people - checked_k(k)
    told = {
        one: number
        for one, number in sorted(pointed.items())
        if k <= number <= limit or number == people >= k
    }
    return Spots(told)
