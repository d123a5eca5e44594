"""What an expression's values are: their sorts, their Python forms, and what a name may hold."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

MISSING: Final = None
"""Nobody answered; neither 0 nor "" nor false, and whatever is calculated from it is missing too."""

Value = float | str | bool | dt.date | dt.time | tuple[str, ...] | None
"""A tuple holds the codes of several choices; every number is a finite double."""

Values = Mapping[str, Any]
"""What the names of an expression hold; whatever is no Value reads as missing."""


class Sort(StrEnum):
    """The kinds of values that are never mixed silently."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    SET = "set"
    """Codes of several choices, of a ranking best first; names of files, kinds of what was drawn on a map."""


@dataclass(frozen=True)
class Type:
    """What a name may hold."""

    sort: Sort
    codes: frozenset[str] | None = None
    """The only texts that can occur, in a text or a set; None where anything may be written."""
    values: tuple[tuple[str, float], ...] = ()
    """Numbers that options stand for; ``value(q7)`` reads the sum of the chosen ones under the name ``q7.value``."""


CLASSES: Final[dict[Sort, type]] = {
    Sort.NUMBER: float,
    Sort.TEXT: str,
    Sort.BOOLEAN: bool,
    Sort.DATE: dt.date,
    Sort.TIME: dt.time,
    Sort.SET: tuple,
}
ORDERED: Final = frozenset({Sort.NUMBER, Sort.TEXT, Sort.DATE, Sort.TIME})
"""Sorts of which one value can be less than another."""


def types_to_json(types: Mapping[str, Type]) -> dict[str, Any]:
    """Give what the browser's evaluator has to know of the names, for its ``valuesOf``."""
    return {name: {"sort": kind.sort.value, "values": dict(kind.values)} for name, kind in types.items()}
