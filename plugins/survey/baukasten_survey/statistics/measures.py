"""Mean, median, deviation and quartiles of numbers, each person counting once or by a weight."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Weights = Sequence[float] | None
"""One weight a person, finite and not negative; none means that everybody counts once."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Numbers in short; ``None`` where there are too few to say."""

    n: int
    weight: float
    mean: float | None
    deviation: float | None
    """Of the sample, dividing by n - 1; with weights by W - sum(w²) / W."""
    median: float | None
    lower: float | None
    """First quartile."""
    upper: float | None
    """Third quartile."""


def checked(values: Sequence[object], weights: Weights) -> Sequence[float]:
    """Give the weights of values, ones where there are none; raises ValueError when they do not fit."""
    if weights is None:
        return [1.0] * len(values)
    if len(weights) != len(values):
        raise ValueError("as many weights as values are needed")
    if any(not math.isfinite(weight) or weight < 0 for weight in weights):
        raise ValueError("a weight is a finite number of at least 0")
    return weights


def mean(values: Sequence[float], weights: Weights = None) -> float | None:
    """Give the average; nothing of nothing."""
    known = checked(values, weights)
    total = math.fsum(known)
    return math.fsum(v * w for v, w in zip(values, known, strict=True)) / total if total > 0 else None


def deviation(values: Sequence[float], weights: Weights = None) -> float | None:
    """Give the standard deviation of a sample; nothing of fewer than two people."""
    known = checked(values, weights)
    middle = mean(values, known)
    if middle is None:
        return None
    total = math.fsum(known)
    # With weights of one this is n - 1; only ratios of weights matter (reliability weights).
    free = total - math.fsum(w * w for w in known) / total
    if free <= total * 1e-12:
        return None
    squares = math.fsum(w * (v - middle) ** 2 for v, w in zip(values, known, strict=True))
    return math.sqrt(squares / free)


def quantile(values: Sequence[float], share: float, weights: Weights = None) -> float | None:
    """Give the value below which a share of people lies.

    Hyndman and Fan's second definition (SAS default): the inverse of the distribution, averaged where it jumps; it
    is defined for weights too. Raises ValueError for a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    pairs = sorted((v, w) for v, w in zip(values, checked(values, weights), strict=True) if w > 0)
    if not pairs:
        return None
    total = math.fsum(w for _, w in pairs)
    aim, reached = share * total, 0.0
    for place, (value, weight) in enumerate(pairs):
        reached += weight
        if math.isclose(reached, aim, rel_tol=1e-12) and place + 1 < len(pairs):
            return (value + pairs[place + 1][0]) / 2
        if reached >= aim:
            return value
    return pairs[-1][0]


def median(values: Sequence[float], weights: Weights = None) -> float | None:
    """Give the value in the middle, the average of two when there are two."""
    return quantile(values, 0.5, weights)


def summary(values: Sequence[float], weights: Weights = None) -> Summary:
    """Give all of it at once."""
    known = checked(values, weights)
    quartiles = [quantile(values, share, known) for share in (0.25, 0.5, 0.75)]
    return Summary(
        n=len(values),
        weight=math.fsum(known),
        mean=mean(values, known),
        deviation=deviation(values, known),
        lower=quartiles[0],
        median=quartiles[1],
        upper=quartiles[2],
    )


def from_counts(counts: Sequence[tuple[float, float]], squares: float | None = None) -> Summary:
    """Give the summary of values that are counted already, such as points of a scale: pairs of value and people.

    Where people are sums of weights, ``squares`` is the sum over all squared weights, for the deviation.
    """
    whole = [(value, people) for value, people in counts if people > 0]
    values, people = [value for value, _ in whole], [number for _, number in whole]
    middle, total = mean(values, people), math.fsum(people)
    # Of weights of one this is n - 1, as in ``deviation``.
    spread, free = None, total - (1.0 if squares is None else squares / total if total else 0.0)
    if middle is not None and free > total * 1e-12:
        spread = math.sqrt(math.fsum(p * (v - middle) ** 2 for v, p in whole) / free)
    lower, half, upper = (quantile(values, share, people) for share in (0.25, 0.5, 0.75))
    return Summary(round(total), total, middle, spread, half, lower, upper)
