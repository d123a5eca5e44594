"""Six months by the calendar of the town, to the end of the last day."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.moderation.appeals import deadlines

BERLIN = "Europe/Berlin"


def moment(year, month, day, hour, minute=0, second=0):
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("decided", "zone", "last"),
    [
        (moment(2026, 11, 22, 9), BERLIN, dt.date(2027, 5, 22)),
        # A month that is too short ends on its own last day.
        (moment(2026, 8, 31, 9), BERLIN, dt.date(2027, 2, 28)),
        (moment(2027, 8, 31, 9), BERLIN, dt.date(2028, 2, 29)),
        (moment(2026, 3, 31, 9), BERLIN, dt.date(2026, 9, 30)),
        (moment(2026, 12, 31, 9), BERLIN, dt.date(2027, 6, 30)),
        # It is the day in the town that counts: half past midnight there, the day before in Greenwich.
        (moment(2026, 9, 30, 22, 30), BERLIN, dt.date(2027, 4, 1)),
        (moment(2026, 9, 30, 22, 30), "UTC", dt.date(2027, 3, 30)),
        (moment(2026, 10, 1, 3), "America/Lima", dt.date(2027, 3, 30)),
    ],
)
def test_the_last_day(decided, zone, last):
    assert deadlines.last_day(decided, zone) == last


@pytest.mark.parametrize(
    ("decided", "now", "is_open"),
    [
        # Decided in summer, over in winter: midnight in the town is at ten, then at eleven in the evening UTC.
        (moment(2026, 8, 31, 9), moment(2027, 2, 28, 22, 59, 59), True),
        (moment(2026, 8, 31, 9), moment(2027, 2, 28, 23), False),
        # And the other way round; 28 March 2027 has no hour between two and three.
        (moment(2026, 9, 28, 9), moment(2027, 3, 28, 21, 59, 59), True),
        (moment(2026, 9, 28, 9), moment(2027, 3, 28, 22), False),
        (moment(2026, 11, 22, 9), moment(2026, 11, 22, 9), True),
    ],
)
def test_open_until_the_last_day_has_ended_in_the_town(decided, now, is_open):
    with clock.turned(now):
        assert deadlines.is_open(decided, BERLIN) is is_open


def test_texts_are_forgotten_no_earlier_than_a_year_after_the_last_day():
    decided = moment(2026, 8, 31, 9)
    kept = deadlines.later(deadlines.last_day(decided, BERLIN), deadlines.KEPT_MONTHS)
    assert kept == dt.date(2028, 2, 28)
    with clock.turned(moment(2028, 2, 28, 12)):
        assert decided >= deadlines.forgotten_before(BERLIN)
    with clock.turned(moment(2028, 3, 6, 12)):
        assert decided < deadlines.forgotten_before(BERLIN)
