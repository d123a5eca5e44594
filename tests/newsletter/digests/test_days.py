"""When digests are due: once on each day of the town's calendar, also where a day has 23 or 25 hours."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from baukasten_newsletter.digests import days
from baukasten_newsletter.keys import Frequency

BERLIN = ZoneInfo("Europe/Berlin")
DAILY = [Frequency.AT_ONCE, Frequency.DAILY]
WEEKLY, MONTHLY = Frequency.WEEKLY, Frequency.MONTHLY
HALF = dt.timedelta(minutes=30)


def turns(day, hour):
    """The moments of a local day and the night around it at which digests were due."""
    begin = dt.datetime.combine(day, dt.time(), BERLIN).astimezone(dt.UTC) - 4 * HALF
    last, found = day - dt.timedelta(days=1), []
    for step in range(60):
        moment = begin + step * HALF
        due = days.day_due(moment, BERLIN, hour, last)
        if due is not None:
            last = due
            found.append((due, f"{moment.astimezone(BERLIN):%d. %H:%M}"))
    return [one for one in found if one[0] == day]


@pytest.mark.parametrize("hour", [0, 2, 3, 7, 23])
@pytest.mark.parametrize("day", [dt.date(2035, 3, 25), dt.date(2035, 10, 28), dt.date(2035, 6, 1)])
def test_each_day_has_one_turn_whatever_clocks_do(day, hour):
    # On the day in March there is no clock that shows two; the hour after it is the first that is late enough.
    shown = 3 if (day.month, hour) == (3, 2) else hour
    assert turns(day, hour) == [(day, f"{day:%d}. {shown:02}:00")]


@pytest.mark.parametrize(
    ("day", "last", "more"),
    [
        (dt.date(2035, 3, 19), dt.date(2035, 3, 18), [WEEKLY]),
        (dt.date(2035, 3, 20), dt.date(2035, 3, 19), []),
        # Nothing worked on Monday: the week has its digest on Tuesday.
        (dt.date(2035, 3, 20), dt.date(2035, 3, 18), [WEEKLY]),
        (dt.date(2035, 4, 1), dt.date(2035, 3, 31), [MONTHLY]),
        (dt.date(2035, 4, 3), dt.date(2035, 3, 28), [WEEKLY, MONTHLY]),
        (dt.date(2035, 10, 1), dt.date(2035, 9, 30), [WEEKLY, MONTHLY]),
        # The first day of all begins nothing that is over already.
        (dt.date(2035, 3, 21), None, []),
        (dt.date(2035, 3, 19), None, [WEEKLY]),
    ],
)
def test_weeks_begin_on_their_day_and_months_on_the_first(day, last, more):
    assert days.frequencies_due(day, 0, last) == [*DAILY, *more]


def test_a_town_chooses_the_day_of_the_week():
    due = [
        days.frequencies_due(dt.date(2035, 3, number), 4, dt.date(2035, 3, number - 1))
        for number in range(19, 26)
    ]
    assert [WEEKLY in one for one in due] == [False, False, False, False, True, False, False]


def test_nothing_is_forgotten_while_it_is_news():
    assert max(days.NEWS.values()) < days.KEPT
    assert max(days.AHEAD.values()) < days.KEPT
