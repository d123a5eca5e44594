"""Cross-tables and whether their two questions have to do with each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

LEAST_EXPECTED = 5
"""Below this the chi-squared distribution fits badly (Cochran 1954)."""


@dataclass(frozen=True, slots=True)
class ChiSquared:
    """Pearson's test of independence."""

    statistic: float
    freedom: int
    probability: float
    """Of a table at least as uneven, if the questions had nothing to do with each other."""
    cramers_v: float
    """Strength, 0 to 1."""
    few_expected: int
    """Cells where fewer than five were to be expected; with any, the probability is only a hint."""
    cells: int


def chi_squared(table: Sequence[Sequence[float]], *, effective: float | None = None) -> ChiSquared | None:
    """Test a table of counts; rows and columns without anybody are left out, nothing comes of fewer than two each.

    Of a weighted table give the effective n: the weighted counts are scaled to it (Rao and Scott's first order with
    one design effect). Raises ValueError for ragged or negative tables.
    """
    if any(len(row) != len(table[0]) or any(cell < 0 for cell in row) for row in table):
        raise ValueError("a table has rows of one length and no negative counts")
    rows = [row for row in table if sum(row) > 0]
    columns = [column for column in zip(*rows, strict=True) if sum(column) > 0]
    total = math.fsum(map(math.fsum, columns))
    if min(len(rows), len(columns)) < 2:
        return None
    freedom = (len(rows) - 1) * (len(columns) - 1)
    scale = effective / total if effective else 1.0
    wide, statistic, few = [math.fsum(row) for row in rows], 0.0, 0
    for column in columns:
        tall = math.fsum(column)
        for cell, across in zip(column, wide, strict=True):
            expected = across * tall / total
            statistic += (cell - expected) ** 2 / expected
            few += expected * scale < LEAST_EXPECTED
    strength = math.sqrt(statistic / total / (min(len(rows), len(columns)) - 1))
    statistic *= scale
    probability = upper_gamma(freedom / 2, statistic / 2)
    return ChiSquared(statistic, freedom, probability, min(strength, 1.0), few, len(rows) * len(columns))


def upper_gamma(shape: float, x: float) -> float:
    """Give the regularised upper incomplete gamma function Q(shape, x).

    Series below shape + 1, Lentz's continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31). Raises
    ValueError for a shape that is not positive and for a negative x.
    """
    if shape <= 0 or x < 0:
        raise ValueError("the incomplete gamma function needs shape > 0 and x >= 0")
    if x == 0:
        return 1.0
    front = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return max(0.0, 1.0 - front * _series(shape, x))
    return front * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    term = total = 1 / shape
    step = shape
    while abs(term) > abs(total) * 1e-17:
        step += 1
        term *= x / step
        total += term
    return total


def _fraction(shape: float, x: float) -> float:
    tiny = 1e-300
    b = x + 1 - shape
    c, d = 1 / tiny, 1 / b
    found = d
    for i in range(1, 10_000):
        a = i * (shape - i)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        found *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return found
