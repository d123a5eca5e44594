"""Dates and times as they are written: 2026-01-31, 07:30 and 07:30:15, nothing else."""

import datetime as dt
import re

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")


def read_date(text: str) -> dt.date | None:
    """Read a date of the years 1 to 9999; None where it is none."""
    found = _DATE.fullmatch(text)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def read_time(text: str) -> dt.time | None:
    """Read a time of day; None where it is none."""
    found = _TIME.fullmatch(text)
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (24, 0, 0)
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        return None


def write_time(moment: dt.time) -> str:
    """Write a time, with seconds only where there are any."""
    return moment.isoformat("seconds" if moment.second else "minutes")
