"""How often each value of a column occurs, in one pass over all rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten_survey.datasets.columns import Column, Sort


@dataclass(slots=True)
class Tally:
    """What one column holds."""

    rows: int = 0
    valid: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    """By the codes of the column's labels."""


def count(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> list[Tally]:
    """Count the values of each column that has codes, and for all how many are there."""
    found = [Tally() for _column in columns]
    coded = [bool(column.labels) for column in columns]
    truths = [column.sort is Sort.TRUTH for column in columns]
    for row in rows:
        for tally, has_codes, is_truth, value in zip(found, coded, truths, row, strict=True):
            tally.rows += 1
            if value is not None:
                tally.valid += 1
                if has_codes:
                    tally.codes[str(int(value)) if is_truth else str(value)] += 1
    return found
