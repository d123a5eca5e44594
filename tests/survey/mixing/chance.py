"""What chance does, exactly: how many of a shuffled crowd stand at their own place, or in their own half."""

import math
from collections.abc import Callable, Sequence

MOST = 100


def own_places(size: int) -> list[float]:
    """Give the probability of 0, 1, 2 … right guesses when a crowd is linked one to one (rencontres numbers)."""
    # Beyond a hundred terms nothing is left that a double can hold.
    signs = [(-1) ** at / math.factorial(at) for at in range(min(size, MOST) + 1)]
    sums = [math.fsum(signs[: size - hits + 1]) for hits in range(min(size, MOST) + 1)]
    return [max(0.0, one) / math.factorial(hits) for hits, one in enumerate(sums)]


def own_halves(size: int) -> list[float]:
    """Give the probability that 0, 1, 2 … of the crowd's first half are in the first half of the guess."""
    half = size // 2
    every = math.comb(size, half)
    return [math.comb(half, hits) * math.comb(size - half, half - hits) / every for hits in range(half + 1)]


def bound(sizes: Sequence[int], chances: Callable[[int], list[float]], risk: float) -> int:
    """Give the least number of hits over several crowds that chance reaches with no more than the given probability."""
    whole = [1.0]
    for size in sizes:
        one = chances(size)
        whole = [
            math.fsum(
                whole[at - hit] * one[hit]
                for hit in range(max(0, at - len(whole) + 1), min(at, len(one) - 1) + 1)
            )
            for at in range(len(whole) + len(one) - 1)
        ]
    tail = 0.0
    for hits in range(len(whole) - 1, -1, -1):
        tail += whole[hits]
        if tail > risk:
            return hits + 1
    return 0
