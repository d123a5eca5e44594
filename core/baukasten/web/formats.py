"""Dates, times and numbers as one language and one time zone write them, cheap enough for every row of a list."""

import datetime as dt
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_datetime_format
from babel.numbers import format_decimal

from baukasten import clock

MINUTE, HOUR, DAY = 60, 3_600, 86_400
_UNITS: dict[int, Literal["minute", "hour", "day"]] = {MINUTE: "minute", HOUR: "hour", DAY: "day"}
NEAR = 30 * DAY
"""Beyond a month people want the date, not a count of weeks."""
FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class Formats:
    """Writes moments and numbers; what was written once is remembered, since lists repeat themselves."""

    def __init__(self, locale: str, time_zone: str) -> None:
        """Prepare the patterns of a locale; raises ZoneInfoNotFoundError for an unknown zone."""
        known = Locale.parse(locale)
        self.zone, self._locale = ZoneInfo(time_zone), known
        # Patterns cost ten times as much as looking up what they gave for the same day.
        self._day = lru_cache(maxsize=4_096)(lambda day: format_date(day, "long", known))
        self._time = lru_cache(maxsize=1_440)(lambda time: format_time(time, "short", locale=known))
        self._number = lru_cache(maxsize=4_096)(lambda number: format_decimal(number, locale=known))
        self._span = lru_cache(maxsize=512)(
            lambda unit, count: format_timedelta(
                dt.timedelta(seconds=unit * count), _UNITS[unit], 99_999, add_direction=True, locale=known
            )
        )
        self._glue = str(get_datetime_format("medium", known))

    def local(self, moment: dt.datetime) -> dt.datetime:
        """Give an aware moment in the town's zone; raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be shown")
        return moment.astimezone(self.zone)

    def date(self, value: dt.date) -> str:
        """Write a day in words: 3. Mai 2026; of a moment, the day it is in the town."""
        return self._day(self.local(value).date() if isinstance(value, dt.datetime) else value)

    def month(self, moment: dt.datetime) -> str:
        """Write the month of a moment in the town: Mai 2026."""
        return str(format_skeleton("yMMMM", self.local(moment).date(), locale=self._locale))

    def time(self, moment: dt.datetime) -> str:
        """Write the time of day: 14:30."""
        local = self.local(moment)
        return self._time(dt.time(local.hour, local.minute))

    def datetime(self, moment: dt.datetime) -> str:
        """Write day and time: 3. Mai 2026, 14:30."""
        local = self.local(moment)
        day, time = self._day(local.date()), self._time(dt.time(local.hour, local.minute))
        return self._glue.replace("{1}", day).replace("{0}", time)

    def number(self, number: float) -> str:
        """Write a number with the language's own signs: 4.212."""
        return self._number(number)

    def ago(self, moment: dt.datetime) -> str:
        """Write how far away a moment is: vor 3 Tagen; beyond a month the date, under a minute nothing."""
        seconds = (moment - clock.now()).total_seconds()
        unit = unit_for(abs(seconds))
        if unit == 0:
            return self.date(moment)
        # Towards zero: what was 1.9 days ago was not yet two days ago.
        count = int(seconds / unit)
        return self._span(unit, count) if count else ""


def unit_for(seconds: float) -> int:
    """Give the unit, in seconds, in which people speak of a span; 0 when they would name the date."""
    if seconds >= NEAR:
        return 0
    return DAY if seconds >= DAY else HOUR if seconds >= HOUR else MINUTE


def true_until(moment: dt.datetime) -> dt.datetime:
    """Tell when what ``ago`` says now stops being true."""
    now = clock.now()
    seconds = (now - moment).total_seconds()
    unit = unit_for(abs(seconds))
    if unit:
        return now + dt.timedelta(seconds=unit - seconds % unit)
    return FOREVER if seconds > 0 else moment - dt.timedelta(seconds=NEAR)
