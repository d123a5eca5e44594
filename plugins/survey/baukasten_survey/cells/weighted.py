"""Weighted shares for everybody: computed from what everybody may read, so they tell nothing more."""

from collections.abc import Mapping

from baukasten_survey.cells.shown import UNSAID, Crossing
from baukasten_survey.statistics.weighting import rake


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
