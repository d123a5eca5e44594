"""Whether two people who sort texts into codes mean the same by them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two coders agree."""

    n: int
    observed: float
    """Share of texts that both gave the same code."""
    expected: float
    """Share on which they would agree by chance."""
    kappa: float | None
    """1 is full agreement, 0 is chance; nothing when chance alone would agree always."""


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> Agreement | None:
    """Compare the codes that two people gave the same texts (Cohen 1960); nothing of nothing.

    Raises ValueError when one coded more texts than the other.
    """
    if len(first) != len(second):
        raise ValueError("both have to code the same texts")
    n = len(first)
    if not n:
        return None
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / n
    ones, others = Counter(first), Counter(second)
    expected = sum(number * others[code] for code, number in ones.items()) / n**2
    return Agreement(n, observed, expected, (observed - expected) / (1 - expected) if expected < 1 else None)
