"""The stretches of time that numbers are given for: years and quarters of the town's calendar."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

QUARTERS = 4


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch from a moment up to another, and the key that addresses use, such as ``2026`` or ``2026-3``."""

    key: str
    year: int
    quarter: int
    """1 to 4, 0 for the whole year."""
    begins: dt.datetime
    ends: dt.datetime


def offered(first: dt.datetime, now: dt.datetime, zone: ZoneInfo) -> list[Period]:
    """Give the periods between two moments, newest first, each year after its quarters."""
    found: list[Period] = []
    start, today = first.astimezone(zone), now.astimezone(zone)
    for year in range(today.year, start.year - 1, -1):
        for quarter in range(QUARTERS, -1, -1):
            one = period(year, quarter, zone)
            if one.begins <= today and one.ends > start:
                found.append(one)
    return found


def period(year: int, quarter: int, zone: ZoneInfo) -> Period:
    """Give a year, or one of its quarters, as the town's clocks have it."""
    if quarter:
        begins = dt.datetime(year, 3 * quarter - 2, 1, tzinfo=zone)
        last = quarter == QUARTERS
        ends = dt.datetime(year + last, 1 if last else 3 * quarter + 1, 1, tzinfo=zone)
        return Period(f"{year}-{quarter}", year, quarter, begins, ends)
    return Period(
        str(year), year, 0, dt.datetime(year, 1, 1, tzinfo=zone), dt.datetime(year + 1, 1, 1, tzinfo=zone)
    )
