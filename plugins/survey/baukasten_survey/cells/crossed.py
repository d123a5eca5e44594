"""Cross-tables of two questions where each person is in one row and one column."""

from collections.abc import Mapping, Sequence

from baukasten_survey.cells.flow import Hidden, Place, bounds
from baukasten_survey.cells.shown import (
    HELD,
    SMALL,
    TOGETHER,
    Crossing,
    State,
    Table,
    shown,
)

Counts = dict[Place, int]


def protect(counts: Mapping[Place, int], rows: Table, columns: Table) -> Crossing | None:
    """Hide small cells, and as many others as it takes that all small ones keep everything from 1 to k - 1.

    ``rows`` and ``columns`` are the protected frequencies of the two questions: what they do not tell apart is one row
    or column here too, ``TOGETHER``. A row or column that holds next to nothing but small cells joins it. Nothing comes
    where too little would be left. Raises ValueError where counts and margins do not fit.
    """
    if columns.k != rows.k:
        raise ValueError("both margins are protected alike")
    folded = _hidden(rows), _hidden(columns)
    _compare(counts, rows, 0)
    _compare(counts, columns, 1)
    while True:
        merged = _merged(counts, rows, columns, folded)
        keys = [list(dict.fromkeys(place[side] for place in merged)) for side in (0, 1)]
        if min(map(len, keys)) < 2:
            return None
        hidden, stuck = _suppressed(merged, keys, rows.k)
        if stuck is None:
            break
        side = min((0, 1), key=lambda one: sum(n for place, n in merged.items() if place[one] == stuck[one]))
        _fold(folded[side], keys[side], stuck[side])
    if hidden and len(hidden) == sum(n > 0 for n in merged.values()):
        return None
    cells = {
        place: shown(n) if place not in hidden else SMALL if n < rows.k else HELD
        for place, n in merged.items()
    }
    return Crossing(rows, columns, cells)


def _suppressed(
    counts: Counts, keys: Sequence[list[str]], k: int
) -> tuple[dict[Place, Hidden], Place | None]:
    """Hide cells until no small one is given away; gives those hidden, and the one that nothing helps, if any."""
    people = sum(counts.values())
    hidden = {place: Hidden(n, 1, k - 1) for place, n in counts.items() if 0 < n < k}
    while place := _given_away(hidden, k):
        spent = [_spent(counts, hidden, place, side) for side in (0, 1)]
        if all(spent) or any(_only_small(counts, place, side, k) for side in (0, 1)):
            return hidden, place
        cover = _cover(place, counts, hidden, *keys)
        # A reader who knows the rule knows that a cell held beside others is not small itself.
        hidden[cover] = Hidden(counts[cover], k, people)
    return hidden, None


def _spent(counts: Counts, hidden: Mapping[Place, Hidden], place: Place, side: int) -> bool:
    """Tell whether a cell's row (0) or column (1) has nobody left to hide it behind."""
    return all(other in hidden or not n for other, n in counts.items() if other[side] == place[side])


def _only_small(counts: Counts, place: Place, side: int, k: int) -> bool:
    return all(n < k for other, n in counts.items() if other[side] == place[side])


def _fold(folded: set[str], keys: list[str], key: str) -> None:
    """Let a row or column join what is not told apart, with a neighbour where it is the first."""
    if key == TOGETHER or not folded:
        at = keys.index(key)
        folded.add(keys[at - 1] if at else keys[1])
    folded |= {key} - {TOGETHER}


def _hidden(table: Table) -> set[str]:
    return {key for key, cell in table.cells.items() if cell.state is not State.SHOWN}


def _merged(
    counts: Mapping[Place, int], rows: Table, columns: Table, folded: tuple[set[str], set[str]]
) -> Counts:
    """Give the counts with rows and columns that are not told apart put together."""
    down, over = (
        {key: TOGETHER if key in one else key for key in margin.cells}
        for margin, one in zip((rows, columns), folded, strict=True)
    )
    merged = {(row, column): 0 for row in down.values() for column in over.values()}
    for (row, column), number in counts.items():
        merged[down[row], over[column]] += number
    return merged


def _compare(counts: Mapping[Place, int], margin: Table, side: int) -> None:
    """Refuse counts that belong to another margin."""
    sums = dict.fromkeys(margin.cells, 0)
    for place, number in counts.items():
        if place[side] not in sums:
            raise ValueError("a cross-table has the classes of its margins")
        sums[place[side]] += number
    if any(cell.count not in (None, sums[key]) for key, cell in margin.cells.items()):
        raise ValueError("a cross-table adds up to its margins")


def _given_away(hidden: Mapping[Place, Hidden], k: int) -> Place | None:
    """Give a small cell for which not everything from 1 to k - 1 is left."""
    small = (place for place, cell in hidden.items() if cell.high < k)
    return next((place for place in small if bounds(hidden, place) != (1, k - 1)), None)


def _cover(
    place: Place, counts: Counts, hidden: Mapping[Place, Hidden], rows: list[str], columns: list[str]
) -> Place:
    """Give the next cell to hold back: one that closes a ring if there is one, else the nearest beside."""
    row, column = place
    at, over = rows.index(row), columns.index(column)

    def distance(other: Place) -> tuple[int, bool, int]:
        down, right = rows.index(other[0]), columns.index(other[1])
        return (
            -_closed(other, hidden),
            other[0] != row and other[1] != column,
            abs(down - at) + abs(right - over),
        )

    free = [other for other, number in counts.items() if number > 0 and other not in hidden]
    return min(free, key=distance)


def _closed(place: Place, hidden: Mapping[Place, Hidden]) -> int:
    """Tell in how many directions others are hidden: only cells hidden in both can make up for each other."""
    return any(row == place[0] for row, _ in hidden) + any(column == place[1] for _, column in hidden)
