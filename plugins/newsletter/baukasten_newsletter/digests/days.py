"""When digests are due: once on a day of the town's calendar, whatever its clocks do."""

import datetime as dt
from collections.abc import Mapping

from baukasten.plugin import Field, FieldKind, SettingsGroup, lazy
from baukasten.plugin import Scope as Level
from baukasten_newsletter.keys import Frequency

_ = lazy("newsletter")
SETTINGS = "newsletter.digests"
HOUR, WEEKDAY = "hour", "weekday"
DAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
GROUP = SettingsGroup(
    SETTINGS,
    Level.TENANT,
    _("Digests by mail"),
    [
        Field(
            HOUR,
            _("Hour from which digests go out"),
            FieldKind.NUMBER,
            required=True,
            default=7,
            minimum=0,
            maximum=23,
            help=_("On the clock of your town. Nobody gets more than one digest a day."),
        ),
        Field(
            WEEKDAY,
            _("Day of the weekly digests"),
            FieldKind.SELECT,
            required=True,
            default="0",
            choices=[(str(number), name) for number, name in enumerate(DAYS)],
            help=_("Monthly digests come on the first of the month."),
        ),
    ],
)

NEWS: Mapping[Frequency, dt.timedelta] = {
    Frequency.AT_ONCE: dt.timedelta(days=14),
    Frequency.DAILY: dt.timedelta(days=14),
    Frequency.WEEKLY: dt.timedelta(days=28),
    Frequency.MONTHLY: dt.timedelta(days=62),
}
"""How old something may be and still be news: two turns, so that one that came to nothing is made good."""
AHEAD: Mapping[Frequency, dt.timedelta] = {
    Frequency.AT_ONCE: dt.timedelta(days=7),
    Frequency.DAILY: dt.timedelta(days=7),
    Frequency.WEEKLY: dt.timedelta(days=14),
    Frequency.MONTHLY: dt.timedelta(days=38),
}
"""How far ahead it is said what begins or ends: beyond the next digest by a week, so that nobody hears it too late."""
KEPT = dt.timedelta(days=75)
"""How long it is known what somebody was told: longer than anything stays news."""


def day_due(now: dt.datetime, zone: dt.tzinfo, hour: int, last: dt.date | None) -> dt.date | None:
    """Give the day whose digests are due, in the town's zone, unless that day had its turn; ``last`` is the latest."""
    local = now.astimezone(zone)
    if local.hour < hour or (last is not None and last >= local.date()):
        return None
    return local.date()


def last_hour(now: dt.datetime, zone: dt.tzinfo, hour: int) -> dt.datetime:
    """Give the latest moment, not after now, from which digests were due."""
    local = now.astimezone(zone)
    day = local.date() - dt.timedelta(days=local.hour < hour)
    return dt.datetime.combine(day, dt.time(hour), zone)


def frequencies_due(day: dt.date, weekday: int, last: dt.date | None) -> list[Frequency]:
    """Give who gets a digest on a day: a week's or a month's that could not be made on its day follows on the next."""
    week = day - dt.timedelta(days=(day.weekday() - weekday) % 7)
    found = [Frequency.AT_ONCE, Frequency.DAILY]
    for frequency, begin in ((Frequency.WEEKLY, week), (Frequency.MONTHLY, day.replace(day=1))):
        if begin == day or (last is not None and last < begin):
            found.append(frequency)
    return found
