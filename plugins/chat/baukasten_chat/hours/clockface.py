"""Times that people read on the wall, in the nights of changed clocks too."""

import datetime as dt
import re
from collections.abc import Iterator

from baukasten.sdk import Invalid, dgettext, translator

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*(?:Uhr|h))?", re.IGNORECASE)
YEARS = range(2000, 2100)
WEEK = dt.timedelta(weeks=1)
FULL_DAY = dt.timedelta(days=1)


def read(written: str, field: str) -> dt.time:
    """Read a time such as 18:00 or 18.30 Uhr; raises Invalid under the field's name."""
    found = _TIME.fullmatch(written.strip())
    hour, minute = (int(part or 0) for part in found.groups()) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise Invalid({field: dgettext("chat", "Write a time from 00:00 to 23:59, for example 18:00.")})
    return dt.time(hour, minute)


def moment(day: dt.date, time: dt.time, zone: dt.tzinfo, field: str = "begins") -> dt.datetime:
    """Give the moment at which clocks on the wall show a time; of a time that comes twice in a night, the first.

    Raises Invalid for a time that is left out that night, and for a day that nobody plans.
    """
    if day.year not in YEARS:
        raise Invalid({"day": dgettext("chat", "Write a day of this century.")})
    local = dt.datetime.combine(day, time)
    found = local.replace(tzinfo=zone).astimezone(dt.UTC)
    if found.astimezone(zone).replace(tzinfo=None) != local:
        day_text = translator().date(day)
        message = dgettext(
            "chat", "On %(day)s the clocks leave this time out. Choose another one.", day=day_text
        )
        raise Invalid({field: message})
    return found


def before(day: dt.date, time: dt.time, zone: dt.tzinfo, number: int) -> dt.datetime:
    """Give the moment at which the wall showed a time so many days before; near enough where clocks skipped it."""
    return dt.datetime.combine(day - number * FULL_DAY, time, zone).astimezone(dt.UTC)


def days(first: dt.date, until: dt.date | None) -> Iterator[dt.date]:
    """Give a day and the same weekday of each week up to another one."""
    weeks = 0 if until is None else max(0, (until - first) // WEEK)
    for number in range(weeks + 1):
        yield first + number * WEEK


def end(day: dt.date, begins: dt.time, ends: dt.time) -> dt.date:
    """Give the day on which something ends that begins on a day; what ends before it begins ends on the next."""
    return day + FULL_DAY if ends <= begins else day


def local(at: dt.datetime, zone: dt.tzinfo) -> tuple[dt.date, str]:
    """Give day and time as a form shows them; the opposite of ``read``."""
    there = at.astimezone(zone)
    return there.date(), f"{there:%H:%M}"
