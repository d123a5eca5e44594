"""Averages that tell nobody's own number."""

import math
from dataclasses import dataclass

from baukasten_survey.cells.shown import Table

FEWEST = 10
"""Times k people are needed: below, a safe rounding is too coarse to say anything."""


@dataclass(frozen=True, slots=True)
class Average:
    """A mean, and how finely it is told."""

    value: float
    step: float
    people: int


def average(table: Table, total: float, span: float) -> Average | None:
    """Round a mean so coarsely that k people could change from one end of the span to the other unseen.

    ``table`` are the protected classes of the numbers, ``total`` the sum of all of them. ``span`` is the distance
    between the least and the largest possible answer; answers beyond are cut to it before they are added. The step is
    1, 2 or 5 times a power of ten, at least k spans over all people (ADR 22). Nothing comes where a class is held back,
    nor of fewer than ten times k people. Raises ValueError for a span that is not positive.
    """
    if not math.isfinite(span) or span <= 0:
        raise ValueError("a span is a positive number")
    people = table.base
    if not table.whole or people < FEWEST * table.k:
        return None
    step = round_step(table.k * span / people)
    return Average(round(total / people / step) * step, step, people)


def round_step(least: float) -> float:
    """Give the smallest of 1, 2, 5, 10, 20 … and 0.5, 0.2, 0.1 … that is at least this."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(
        float(f"{factor * power:.12g}") for factor in (1, 2, 5, 10) if factor * power >= least * (1 - 1e-9)
    )
