"""Cross-tables of two questions where each person is in one row and one column."""

from collections.abc import Mapping

from baukasten_survey.results.cells.flow import Hidden, Place, bounds
from baukasten_survey.results.cells.shown import (
    HELD,
    SMALL,
    TOGETHER,
    Crossing,
    State,
    Table,
    openly,
    shown,
)

NOT_CHOSEN = "_not"
Counts = dict[Place, int]


def protect(counts: Mapping[Place, int], rows: Table, columns: Table) -> Crossing | None:
    """Hide small cells, and as many others as it takes that all keep k - 1 possible values beside their margins.

    ``rows`` and ``columns`` are the protected frequencies of the two questions: what they do not tell apart is one row
    or column here too. Nothing comes where no cell could be told, or a margin holds nobody to tell of. Raises
    ValueError where counts and margins do not fit.
    """
    k = rows.k
    merged, tall, wide = _merged(counts, rows, columns)
    if columns.k != k:
        raise ValueError("both margins are protected alike")
    if min(len(tall), len(wide)) < 2:
        return None
    hidden = {place: Hidden(n, 1, k - 1) for place, n in merged.items() if 0 < n < k}
    while place := _given_away(hidden, k):
        cover = _cover(place, merged, hidden, list(tall), list(wide))
        if cover is None:
            return None
        # A reader who knows the rule knows that a cell held beside others is not small itself.
        hidden[cover] = Hidden(merged[cover], k, sum(tall.values()))
    if len(hidden) == sum(n > 0 for n in merged.values()) and hidden:
        return None
    cells = {
        place: shown(n) if place not in hidden else SMALL if n < k else HELD for place, n in merged.items()
    }
    return Crossing(rows, columns, cells)


def protect_lists(
    counts: Mapping[Place, int], rows: Table, options: Table, *, most: int | None = None
) -> dict[str, Crossing]:
    """Protect each option of a list of choices against a characteristic, as chosen (its code) or not (``NOT_CHOSEN``).

    ``counts`` hold who of a row chose an option, with ``MISSING``. In each row everybody chose something: where that
    bounds a hidden choice, nothing is told. Options that hold nothing that may be told are left out.
    """
    found: dict[str, Crossing] = {}
    for option, cell in options.cells.items():
        if cell.count is not None and rows.whole:
            columns = openly(
                {option: cell.count, NOT_CHOSEN: rows.people - cell.count}, rows.people, k=rows.k
            )
            pairs = {(row, option): counts.get((row, option), 0) for row in rows.cells}
            pairs |= {(row, NOT_CHOSEN): rows.cells[row].known - number for (row, _), number in pairs.items()}
            crossing = protect(pairs, rows, columns)
            if crossing is not None:
                found[option] = crossing
    return found if all(_loose(row, found, rows, options, most) for row in rows.cells) else {}


def _loose(row: str, found: Mapping[str, Crossing], rows: Table, options: Table, most: int | None) -> bool:
    """Tell whether the number of choices in a row leaves room for all that is hidden in it."""
    cells = [found[option].cells[row, option] for option in options.cells if option in found]
    people, spare, told = rows.cells[row].known, 2 * rows.k, sum(cell.known for cell in cells)
    hidden = len(options.cells) - sum(cell.count is not None for cell in cells)
    upper = most is None or told + hidden * rows.k + spare <= most * people
    return not hidden or (told >= people + spare and upper)


def _merged(
    counts: Mapping[Place, int], rows: Table, columns: Table
) -> tuple[Counts, dict[str, int], dict[str, int]]:
    """Give the counts with hidden rows and columns put together, and both margins."""
    down = {key: key if cell.state is State.SHOWN else TOGETHER for key, cell in rows.cells.items()}
    over = {key: key if cell.state is State.SHOWN else TOGETHER for key, cell in columns.cells.items()}
    merged = {(row, column): 0 for row in down.values() for column in over.values()}
    for (row, column), number in counts.items():
        if row not in down or column not in over:
            raise ValueError("a cross-table has the classes of its margins")
        merged[down[row], over[column]] += number
    tall, wide = dict.fromkeys(down.values(), 0), dict.fromkeys(over.values(), 0)
    for (row, column), number in merged.items():
        tall[row] += number
        wide[column] += number
    _compare(tall, rows)
    _compare(wide, columns)
    return merged, tall, wide


def _compare(sums: Mapping[str, int], margin: Table) -> None:
    told = {key: cell.known for key, cell in margin.cells.items() if cell.state is State.SHOWN}
    if {key: number for key, number in sums.items() if key != TOGETHER} != told:
        raise ValueError("a cross-table adds up to its margins")


def _given_away(hidden: Mapping[Place, Hidden], k: int) -> Place | None:
    """Give a hidden cell for which fewer than k - 1 values are left."""
    for place, cell in hidden.items():
        low, high = bounds(hidden, place)
        if high - low + 1 < k - 1 or (cell.high < k and (low, high) != (1, k - 1)):
            return place
    return None


def _cover(
    place: Place, counts: Counts, hidden: Mapping[Place, Hidden], rows: list[str], columns: list[str]
) -> Place | None:
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
    return min(free, key=distance, default=None)


def _closed(place: Place, hidden: Mapping[Place, Hidden]) -> int:
    """Tell in how many directions others are hidden: only cells hidden in both can make up for each other."""
    return any(row == place[0] for row, _ in hidden) + any(column == place[1] for _, column in hidden)
