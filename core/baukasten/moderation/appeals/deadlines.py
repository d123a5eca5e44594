"""Until when somebody may object: six calendar months, to the end of that day in the town."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

from baukasten import clock
from baukasten.moderation.deciding import GRACE, UNDO

MONTHS = 6
"""As Article 20 of the Digital Services Act (EU) 2022/2065 asks of platforms; towns promise no less."""
KEPT_MONTHS = 12
"""How long texts of evidence stay after the last day on which somebody could object."""


def last_day(decided_at: dt.datetime, zone: str) -> dt.date:
    """Give the last day for an objection to a decision; of a month that is too short, its last day."""
    return later(decided_at.astimezone(ZoneInfo(zone)).date(), MONTHS)


def is_open(decided_at: dt.datetime, zone: str) -> bool:
    """Tell whether somebody may still object, by the calendar of the town and not by hours."""
    return clock.now().astimezone(ZoneInfo(zone)).date() <= last_day(decided_at, zone)


def settled_before() -> dt.datetime:
    """Give the moment up to which decisions can no longer be taken back, so that people may read of them."""
    return clock.now() - UNDO - GRACE


def forgotten_before(zone: str) -> dt.datetime:
    """Give the moment before which decisions lose their texts: no earlier than promised, at most some days later."""
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    day = later(today, -(MONTHS + KEPT_MONTHS)) - dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))


def later(day: dt.date, months: int) -> dt.date:
    """Give the same day some months later, or the last one of a month that has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
