"""Weighted shares for everybody: computed from what everybody may read, so they tell nothing more."""

from collections.abc import Mapping, Sequence

from baukasten_survey.cells.rows import OpenData
from baukasten_survey.cells.shown import UNSAID, Crossing
from baukasten_survey.statistics.weighting import Weighting, rake


def by_row(crossing: Crossing, population: Mapping[str, float]) -> tuple[dict[str, float], float] | None:
    """Weigh the rows of a cross-table to their shares of the population; nothing unless the table is whole.

    Gives each column's share of those who answered both questions, and the effective number of people. Raises
    Unweighable as ``rake`` does.
    """
    if not crossing.whole:
        return None
    cells = {
        place: cell.known
        for place, cell in crossing.cells.items()
        if cell.known and not UNSAID.intersection(place)
    }
    people = [{"row": row} for row, _ in cells]
    found = rake(people, {"row": population}, counts=list(cells.values()))
    sums = dict.fromkeys((column for _, column in crossing.cells if column not in UNSAID), 0.0)
    for (_, column), number, weight in zip(cells, cells.values(), found.weights, strict=True):
        sums[column] += number * weight
    total = sum(cells.values())
    return {column: one / total for column, one in sums.items()}, found.effective


def by_file(
    data: OpenData, column: str, population: Mapping[str, Mapping[str, float]]
) -> tuple[dict[str, float], Weighting]:
    """Weigh the rows of the open file to several margins; gives shares of a column and what the weights cost.

    Raises Unweighable as ``rake`` does, and ValueError for a column that is not in the file.
    """
    place = list(data.columns).index(column)
    people = _people(data, place)
    weighting = rake(people, population)
    sums: dict[str, float] = {}
    for person, weight in zip(people, weighting.weights, strict=True):
        sums[person[column]] = sums.get(person[column], 0.0) + weight
    return {value: total / len(people) for value, total in sums.items()}, weighting


def _people(data: OpenData, place: int) -> Sequence[Mapping[str, str]]:
    return [
        dict(zip(data.columns, row, strict=True))
        for row, number in data.rows.items()
        if row[place] not in UNSAID
        for _ in range(number)
    ]
