"""Moments as people in a town write them, in the nights of changed clocks too."""

import datetime as dt
import re

from baukasten.sdk import Invalid, dgettext, end_text, moment_text, translator

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:[:.](\d{2}))?(?:\s*(?:Uhr|h))?", re.IGNORECASE)
MINUTE = dt.timedelta(minutes=1)
BEGIN = dt.time()
YEARS = range(2000, 2100)


class TwiceError(Invalid):
    """A time that the clocks show twice in one night; ``choices`` are the two moments."""

    def __init__(self, choices: tuple[dt.datetime, ...], errors: dict[str, object]) -> None:
        """Take the moments that the time may mean, the earlier one first."""
        super().__init__(errors)
        self.choices = choices


def moments(day: dt.date, time: dt.time, zone: dt.tzinfo) -> tuple[dt.datetime, ...]:
    """Give the moments in UTC that a clock on the wall may mean: none, one or two, the earlier one first.

    There is none in the hour that is left out in spring, and there are two in the hour that comes twice in autumn.
    """
    local = dt.datetime.combine(day, time)
    found: list[dt.datetime] = []
    for fold in (0, 1):
        moment = local.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC)
        if moment.astimezone(zone).replace(tzinfo=None, fold=0) == local and moment not in found:
            found.append(moment)
    return tuple(sorted(found))


def read(day: dt.date, written: str, zone: dt.tzinfo, which: str = "") -> dt.datetime:
    """Give the moment that somebody means; an empty time is the begin of the day.

    ``which`` is ``first`` or ``second`` where a time comes twice. Raises Invalid for what is no time or is left
    out that night, and TwiceError for one that comes twice when nobody said which.
    """
    if day.year not in YEARS:
        message = dgettext("forum", "Write a day of this century.")
        raise Invalid({"day": message})
    time = _time(written)
    found = moments(day, time, zone)
    if not found:
        raise Invalid({"time": _left_out(day, time, zone)})
    if len(found) == 1 or which == "first":
        return found[0]
    if which == "second":
        return found[1]
    message = dgettext("forum", "The clocks show this time twice that night. Say which one you mean.")
    raise TwiceError(found, {"which": message})


def since_text(moment: dt.datetime) -> str:
    """Write when something begins, with the distance to UTC where the clocks show that time twice."""
    return moment_text(moment) + _distance(moment)


def until_text(moment: dt.datetime) -> str:
    """Write until when something lasts; what ends at midnight lasts until the day before."""
    return end_text(moment) + _distance(moment)


def offset_text(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """Write a time with its distance to UTC: 02:30 (CEST, UTC+02:00)."""
    there = moment.astimezone(zone)
    return f"{there:%H:%M} ({there.tzname()}, UTC{_sign(there)})"


def local(moment: dt.datetime) -> tuple[dt.date, str, str]:
    """Give day, time and which of two as a form shows them; the opposite of ``read``."""
    zone = translator().formats.zone
    there = moment.astimezone(zone)
    time = there.time()
    several = moments(there.date(), time, zone)
    which = ("first", "second")[several.index(moment.astimezone(dt.UTC))] if len(several) > 1 else ""
    return there.date(), time.isoformat("seconds" if time.second else "minutes"), which


def _time(written: str) -> dt.time:
    if not written.strip():
        return BEGIN
    found = _TIME.fullmatch(written.strip())
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (24, 0, 0)
    if hour > 23 or minute > 59 or second > 59:
        message = dgettext("forum", "Write a time from 00:00 to 23:59, for example 18:00.")
        raise Invalid({"time": message})
    return dt.time(hour, minute, second)


def _left_out(day: dt.date, time: dt.time, zone: dt.tzinfo) -> str:
    """Say which times stand around the hole that a written time falls into."""
    wall = dt.datetime.combine(day, time, zone)
    # With the distance to UTC of after the change it lands before the hole, with that of before it lands after.
    before, after = wall.replace(fold=1).astimezone(dt.UTC), wall.replace(fold=0).astimezone(dt.UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > dt.timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    change = after.replace(microsecond=0)
    return dgettext(
        "forum",
        "This time does not exist that night: the clocks go from %(last)s to %(next)s. Choose one of the two.",
        last=f"{(change - MINUTE).astimezone(zone):%H:%M}",
        next=f"{change.astimezone(zone):%H:%M}",
    )


def _distance(moment: dt.datetime) -> str:
    zone = translator().formats.zone
    there = moment.astimezone(zone)
    twice = len(moments(there.date(), there.time(), zone)) > 1
    return f" ({there.tzname()}, UTC{_sign(there)})" if twice else ""


def _sign(there: dt.datetime) -> str:
    written = f"{there:%z}"
    return f"{written[:3]}:{written[3:5]}"
