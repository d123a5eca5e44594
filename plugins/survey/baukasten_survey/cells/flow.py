"""What somebody who adds and subtracts can find out about the hidden cells of a cross-table."""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

Place = tuple[str, str]
Node = tuple[int, str]


class Hidden(NamedTuple):
    """A hidden cell: what it holds, and between what everybody knows it to lie."""

    people: int
    low: int
    high: int


def bounds(hidden: Mapping[Place, Hidden], place: Place) -> tuple[int, int]:
    """Give the narrowest limits of one hidden cell that follow from all sums of rows and columns.

    All other cells and all sums are known. From the true table, a cell can move as far as the others can make up for
    it, which is the largest flow through them from its column back to its row; flows of whole people are whole, so
    both limits are reached by a table of people (Kelly, Golden and Assad 1992 use the same for suppression).
    """
    count, low, high = hidden[place]
    others = {other: cell for other, cell in hidden.items() if other != place}
    row, column = (0, place[0]), (1, place[1])
    more = _flow(others, column, row, high - count)
    less = _flow(others, row, column, count - low)
    return count - less, count + more


def _flow(cells: Mapping[Place, Hidden], start: Node, end: Node, limit: int) -> int:
    """Give the largest flow from one side to the other: forwards cells grow, backwards they shrink."""
    room: dict[Node, dict[Node, int]] = {}
    for (row, column), (count, low, high) in cells.items():
        room.setdefault((0, row), {})[1, column] = high - count
        room.setdefault((1, column), {})[0, row] = count - low
    total = 0
    while total < limit:
        path = _path(room, start, end)
        if not path:
            break
        step = min(limit - total, *(room[a][b] for a, b in path))
        for a, b in path:
            room[a][b] -= step
            room[b][a] += step
        total += step
    return total


def _path(room: Mapping[Node, Mapping[Node, int]], start: Node, end: Node) -> list[tuple[Node, Node]]:
    """Give the shortest way with room left, as its steps; none where there is none."""
    came: dict[Node, Node] = {start: start}
    waiting = deque([start])
    while waiting and end not in came:
        node = waiting.popleft()
        for following, left in room.get(node, {}).items():
            if left > 0 and following not in came:
                came[following] = node
                waiting.append(following)
    steps, node = [], end
    while node in came and node != start:
        steps.append((came[node], node))
        node = came[node]
    return steps
