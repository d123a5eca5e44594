"""Open data: single responses of which each looks like at least k - 1 others."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from baukasten_survey.cells.shown import TOGETHER, State, Table


@dataclass(frozen=True, slots=True)
class OpenData:
    """A file that may be given to everybody."""

    columns: Sequence[str]
    left_out: Sequence[str]
    """Columns that would make somebody recognisable beside those before them."""
    rows: Mapping[tuple[str, ...], int]
    """How many responses are alike, each at least k; all responses are in."""

    def dump(self) -> dict[str, Any]:
        """Give the file as JSON, to be frozen."""
        rows = [[*row, number] for row, number in self.rows.items()]
        return {"columns": list(self.columns), "left_out": list(self.left_out), "rows": rows}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``dump`` gave."""
        return cls(data["columns"], data["left_out"], {tuple(row): number for *row, number in data["rows"]})


def combine(
    responses: Mapping[tuple[str, ...], int], columns: Sequence[str], tables: Mapping[str, Table]
) -> OpenData:
    """Choose columns, first ones first, as long as each combination of their values stands for at least k people.

    ``responses`` are counted combinations of all columns in their order. Classes that a question's own table does not
    tell apart are one class here. No row is left out: the difference to the tables would be those rows.
    """
    counted = {
        tuple(_class(tables[c], value) for c, value in zip(columns, row, strict=True)): 0 for row in responses
    }
    for row, number in responses.items():
        counted[tuple(_class(tables[c], value) for c, value in zip(columns, row, strict=True))] += number
    kept: list[int] = []
    for place, column in enumerate(columns):
        if all(number >= tables[column].k for number in _counts(counted, [*kept, place]).values()):
            kept.append(place)
    names = [columns[place] for place in kept]
    left = [column for column in columns if column not in names]
    return OpenData(names, left, dict(sorted(_counts(counted, kept).items())) if kept else {})


def _counts(counted: Mapping[tuple[str, ...], int], places: Sequence[int]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for row, number in counted.items():
        found[tuple(row[place] for place in places)] += number
    return found


def _class(table: Table, value: str) -> str:
    return value if table.cells[value].state is State.SHOWN else TOGETHER
