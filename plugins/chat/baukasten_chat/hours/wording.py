"""Days and times as people in a town say them: Dienstag, 24. November, 19:00."""

import datetime as dt
import math
from functools import lru_cache

from babel.dates import format_date, format_skeleton

from baukasten.sdk import clock, dgettext, dngettext, translator

MINUTE = 60
"""Seconds."""
HOUR, DAY = 60, 1_440
"""Minutes."""


def day(moment: dt.datetime) -> str:
    """Write the day of a moment in the town, with its weekday; with the year where it is another one."""
    formats = translator().formats
    there = formats.local(moment).date()
    skeleton = "MMMMd" if there.year == formats.local(clock.now()).year else "yMMMMd"
    return _day(skeleton, there, translator().spoken.locale)


def moment(at: dt.datetime) -> str:
    """Write day and time of a moment in the town."""
    return dgettext("chat", "%(day)s, %(time)s", day=day(at), time=translator().time(at))


def stretch(begin: dt.datetime, end: dt.datetime) -> str:
    """Write from when to when something lasts; the second day only where it is another one."""
    local = translator().formats.local
    same = local(begin).date() == local(end).date()
    until = translator().time(end) if same else moment(end)
    return dgettext("chat", "%(begin)s to %(end)s", begin=moment(begin), end=until)


def left(seconds: float) -> list[tuple[int, str]]:
    """Give what is left as a clock counts it down: days, hours and begun minutes; the first ones only where any are."""
    days, rest = divmod(max(0, math.ceil(seconds / MINUTE)), DAY)
    hours, minutes = divmod(rest, HOUR)
    found = [(days, dngettext("chat", "day", "days", days))] if days else []
    if days or hours:
        found.append((hours, dngettext("chat", "hour", "hours", hours)))
    return [*found, (minutes, dngettext("chat", "minute", "minutes", minutes))]


def left_text(seconds: float) -> str:
    """Write the same in one line."""
    return ", ".join(f"{number} {unit}" for number, unit in left(seconds))


def units() -> dict[str, list[str]]:
    """Give the words of the countdown for one and for several, as scripts need them."""
    return {
        "day": [dngettext("chat", "day", "days", number) for number in (1, 2)],
        "hour": [dngettext("chat", "hour", "hours", number) for number in (1, 2)],
        "minute": [dngettext("chat", "minute", "minutes", number) for number in (1, 2)],
    }


@lru_cache(maxsize=1_024)
def _day(skeleton: str, there: dt.date, locale: str) -> str:
    # Looking a pattern up costs more than everything else on the page.
    return f"{format_date(there, 'EEEE', locale=locale)}, {format_skeleton(skeleton, there, locale=locale)}"
