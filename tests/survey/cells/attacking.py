"""A reader who adds, subtracts and tries: the attacker of the tests."""

from collections.abc import Iterator, Sequence


def compositions(people: int, classes: int) -> Iterator[tuple[int, ...]]:
    """Give all ways to put people into classes."""
    if classes == 1:
        yield (people,)
        return
    for first in range(people + 1):
        for rest in compositions(people - first, classes - 1):
            yield first, *rest


class Puzzle:
    """Whole numbers within limits, and sums of them that are known."""

    def __init__(self) -> None:
        """Begin without any."""
        self.low: list[int] = []
        self.high: list[int] = []
        self.sums: list[tuple[tuple[int, ...], int]] = []

    def unknown(self, low: int, high: int) -> int:
        """Add a number; gives its name."""
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def know(self, names: Sequence[int], total: int) -> None:
        """Add a sum."""
        self.sums.append((tuple(names), total))

    def possible(self, name: int, value: int) -> bool:
        """Tell whether a number may have a value, trying whatever the sums leave open."""
        low, high = list(self.low), list(self.high)
        low[name], high[name] = max(low[name], value), min(high[name], value)
        return self._solvable(low, high)

    def values(self, name: int, limit: int) -> set[int]:
        """Give all values from 0 to a limit that a number may have."""
        return {value for value in range(limit + 1) if self.possible(name, value)}

    def _solvable(self, low: list[int], high: list[int]) -> bool:
        if not self._narrowed(low, high):
            return False
        open_ = [i for i in range(len(low)) if low[i] < high[i]]
        if not open_:
            return True
        first = min(open_, key=lambda i: high[i] - low[i])
        middle = (low[first] + high[first]) // 2
        upper_low, lower_high = list(low), list(high)
        lower_high[first], upper_low[first] = middle, middle + 1
        return self._solvable(list(low), lower_high) or self._solvable(upper_low, list(high))

    def _narrowed(self, low: list[int], high: list[int]) -> bool:
        """Narrow limits by each sum until nothing moves; false where a number has no value left."""
        moving = True
        while moving:
            moving = False
            for names, total in self.sums:
                least, most = sum(low[i] for i in names), sum(high[i] for i in names)
                if least > total or most < total:
                    return False
                for i in names:
                    up, down = total - (least - low[i]), total - (most - high[i])
                    if up < high[i] or down > low[i]:
                        high[i], low[i], moving = min(up, high[i]), max(down, low[i]), True
                        if low[i] > high[i]:
                            return False
                        least, most = sum(low[j] for j in names), sum(high[j] for j in names)
        return all(low[i] <= high[i] for i in range(len(low)))
