"""Where a page of the queue begins: the last line's place, written into an address and read with care."""

import datetime as dt
import math
from typing import Any

from sqlalchemy import ColumnElement, DateTime

from baukasten.moderation.queue.filters import NUMBERS


def write(value: dt.datetime | float, case_id: int) -> str:
    """Give a place as an address carries it; times in microseconds, so that nothing is lost."""
    if isinstance(value, dt.datetime):
        since = value - dt.datetime.fromtimestamp(0, dt.UTC)
        return f"{since // dt.timedelta(microseconds=1)}-{case_id}"
    return f"{value.hex()}-{case_id}"


def read(written: str, column: ColumnElement[Any]) -> tuple[Any, int] | None:
    """Give the place that ``write`` wrote, as the column holds it; nothing for anything else."""
    first, dash, last = written.rpartition("-")
    if not dash or not (last.isascii() and last.isdigit()) or len(last) > NUMBERS:
        return None
    try:
        if not isinstance(column.type, DateTime):
            number = float.fromhex(first)
            return (number, int(last)) if math.isfinite(number) else None
        moment = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=int(first))
    except (ValueError, OverflowError):
        return None
    return moment, int(last)
