"""What may leave the layer: tables whose cells are shown, small or held back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Self, cast

from baukasten_survey.keys import NO_ANSWER

K = 5
"""Fewer people than this could be known by a figure; a town may raise it."""
LEAST_K = 3
MISSING = "_missing"
"""Who was asked and gave no answer, as a class of its own."""
UNASKED = "_unasked"
"""To whom the question was not shown: the answers that decide it tell everybody how many these are."""
UNSAID = frozenset({MISSING, NO_ANSWER, UNASKED})
TOGETHER = "_together"
"""All classes that a table does not tell apart, as one row or column of a cross-table."""


class State(StrEnum):
    """What of a cell is told."""

    SHOWN = "shown"
    SMALL = "small"
    """Between 1 and k - 1 people, and nobody can tell how many."""
    HELD = "held"
    """Not told, so that no small cell can be computed from it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table."""

    state: State
    count: int | None = None
    """People, only where they are shown."""
    at_least: int = 0
    """What earlier and later parts of the same figures tell, where some part is held back."""

    @property
    def known(self) -> int:
        """Give the people that may be named: all of a cell that is shown, else those told elsewhere."""
        return self.at_least if self.count is None else self.count


SMALL, HELD = Cell(State.SMALL), Cell(State.HELD)


def shown(count: int) -> Cell:
    """Give a cell that tells its count."""
    return Cell(State.SHOWN, count)


@dataclass(frozen=True, slots=True)
class Table:
    """Frequencies of one question that may be read by everybody; its cells add up to all people, lists' do not."""

    people: int
    k: int
    cells: Mapping[str, Cell]
    together: int = 0
    """People in all cells that are not shown; 0 in tables of lists, where it means nothing."""
    lists: bool = False
    """Whether one person may be in several cells."""

    @property
    def whole(self) -> bool:
        """Tell whether nothing is held back: only then figures may be computed from it, such as a mean."""
        return all(cell.state is State.SHOWN for cell in self.cells.values())

    @property
    def empty(self) -> bool:
        """Tell whether no answer may be shown at all."""
        return not any(cell.known for key, cell in self.cells.items() if key not in UNSAID)

    @property
    def base(self) -> int:
        """Give the people to whom shares refer: those whose answer is told, without those who did not want to say.

        Of lists: all but those who are known to have chosen nothing.
        """
        if self.lists:
            return self.people - sum(cell.known for key, cell in self.cells.items() if key in UNSAID)
        return sum(cell.known for key, cell in self.cells.items() if key not in UNSAID)

    def share(self, key: str) -> float | None:
        """Give a cell's part of the base, 0 to 1; nothing where the cell is not shown."""
        count = self.cells[key].count
        return None if count is None or not self.base else count / self.base

    def __add__(self, other: Self) -> Self:
        """Put two tables of different people together; what either holds back stays back."""
        if (self.k, self.lists, self.cells.keys()) != (other.k, other.lists, other.cells.keys()):
            raise ValueError("tables of different questions do not add up")
        cells = {key: _added(cell, other.cells[key]) for key, cell in self.cells.items()}
        together = self.together + other.together
        return type(self)(self.people + other.people, self.k, cells, together, self.lists)

    def dump(self) -> dict[str, Any]:
        """Give the table as JSON, to be frozen; a list, since PostgreSQL forgets the order of keys."""
        cells = [[key, *_dumped(cell)] for key, cell in self.cells.items()]
        return {
            "people": self.people,
            "k": self.k,
            "cells": cells,
            "together": self.together,
            "lists": self.lists,
        }

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``dump`` gave."""
        cells = {key: Cell(State(state), count, least) for key, state, count, least in data["cells"]}
        return cls(data["people"], data["k"], cells, data["together"], data["lists"])


def _added(one: Cell, other: Cell) -> Cell:
    least = one.known + other.known
    if one.state is other.state is State.SHOWN:
        return shown(least)
    # "Fewer than k" stays true only beside nobody: two small parts may be k together.
    small = State.SMALL in {one.state, other.state} and State.SHOWN in {one.state, other.state}
    return Cell(State.SMALL if small and not least else State.HELD, None, least)


def routed(table: Table, deciding: Iterable[Table]) -> Table:
    """Hold a question back that is shown to some only, where a question that decides it holds something back.

    Its number of answers would tell what is hidden there.
    """
    if all(one.whole for one in deciding):
        return table
    return replace(table, cells=dict.fromkeys(table.cells, HELD), together=0 if table.lists else table.people)


def openly(counts: Mapping[str, float], people: float, *, k: int = K, lists: bool = False) -> Table:
    """Show everything: only for those who may read the single responses anyway.

    Counts may be sums of weights, which add up and divide as people do.
    """
    cells = {key: shown(cast("int", count)) for key, count in counts.items()}
    return Table(cast("int", people), k, cells, 0, lists)


@dataclass(frozen=True, slots=True)
class Crossing:
    """A cross-table that may be read by everybody."""

    rows: Table
    """The margin of the characteristic; classes it does not tell apart are one row, ``TOGETHER``."""
    columns: Table
    cells: Mapping[tuple[str, str], Cell]

    @property
    def whole(self) -> bool:
        """Tell whether nothing is held back: only then chi-squared may be computed from it."""
        return all(cell.state is State.SHOWN for cell in self.cells.values())

    def row(self, key: str) -> Table | None:
        """Give what those of one class answered, which is all that a filter may show; nothing of a hidden class."""
        margin = self.rows.cells.get(key)
        cells = {column: cell for (row, column), cell in self.cells.items() if row == key}
        if margin is None or margin.count is None or not cells:
            return None
        return Table(
            margin.count, self.rows.k, cells, margin.count - sum(cell.known for cell in cells.values())
        )

    def counts(self) -> list[list[int]]:
        """Give the table as plain numbers, for figures of it; raises ValueError unless it is whole."""
        if not self.whole:
            raise ValueError("figures come of whole tables only")
        rows, columns = (list(dict.fromkeys(key[side] for key in self.cells)) for side in (0, 1))
        return [[self.cells[row, column].known for column in columns] for row in rows]

    def __add__(self, other: Self) -> Self:
        """Put two cross-tables of different people together; what either holds back stays back."""
        places = dict.fromkeys([*self.cells, *other.cells])
        cells = {place: _added(self.cells.get(place, HELD), other.cells.get(place, HELD)) for place in places}
        return type(self)(self.rows + other.rows, self.columns + other.columns, cells)

    def dump(self) -> dict[str, Any]:
        """Give the cross-table as JSON, to be frozen."""
        cells = [[*place, *_dumped(cell)] for place, cell in self.cells.items()]
        return {"rows": self.rows.dump(), "columns": self.columns.dump(), "cells": cells}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``dump`` gave."""
        cells = {
            (row, column): Cell(State(state), count, least)
            for row, column, state, count, least in data["cells"]
        }
        return cls(Table.load(data["rows"]), Table.load(data["columns"]), cells)


def _dumped(cell: Cell) -> list[Any]:
    return [cell.state.value, cell.count, cell.at_least]


def checked_k(k: int) -> int:
    """Give k; raises ValueError below 3, since of two people each knows the other."""
    if k < LEAST_K:
        raise ValueError("a smallest cell has at least three people")
    return k


def due(new: int, before: int, *, k: int = K) -> bool:
    """Tell whether enough new responses are there for figures to be frozen again.

    Small steps hold more back, for good: a tenfold of k, and a quarter of what was told before. It depends on nothing
    that anybody answered.
    """
    return new >= max(10 * checked_k(k), before // 4)
