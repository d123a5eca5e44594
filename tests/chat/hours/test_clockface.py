"""What clocks on the wall show is kept when they are changed; what they leave out is refused."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from baukasten.errors import Invalid
from baukasten_chat.hours import clockface

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = dt.date(2035, 3, 25), dt.date(2035, 10, 28)
"""The nights in which clocks in Berlin are changed."""


@pytest.mark.parametrize(
    ("written", "time"),
    [("19:00", (19, 0)), ("9", (9, 0)), ("18.30 Uhr", (18, 30)), (" 0:05 ", (0, 5)), ("20 h", (20, 0))],
)
def test_people_write_times_in_their_own_way(written, time):
    assert clockface.read(written, "begins") == dt.time(*time)


@pytest.mark.parametrize("written", ["", "abends", "24:00", "19:60", "19:0", "-1:00", "1900"])
def test_what_is_no_time_is_said_at_its_field(written):
    with pytest.raises(Invalid) as wrong:
        clockface.read(written, "ends")
    assert list(wrong.value.errors) == ["ends"]


@pytest.mark.parametrize(
    ("day", "time", "utc"),
    [
        (SPRING - dt.timedelta(days=1), dt.time(19), "2035-03-24T18:00:00+00:00"),
        (SPRING, dt.time(19), "2035-03-25T17:00:00+00:00"),
        (AUTUMN - dt.timedelta(days=1), dt.time(19), "2035-10-27T17:00:00+00:00"),
        (AUTUMN, dt.time(19), "2035-10-28T18:00:00+00:00"),
        # The hour that comes twice: its first coming.
        (AUTUMN, dt.time(2, 30), "2035-10-28T00:30:00+00:00"),
    ],
)
def test_a_time_on_the_wall_is_another_moment_after_the_change(day, time, utc):
    assert clockface.moment(day, time, BERLIN).isoformat() == utc


def test_the_hour_that_is_left_out_is_refused():
    with pytest.raises(Invalid) as wrong:
        clockface.moment(SPRING, dt.time(2, 30), BERLIN)
    assert wrong.value.errors == {
        "begins": "On March 25, 2035 the clocks leave this time out. Choose another one."
    }


@pytest.mark.parametrize("year", [1999, 2100])
def test_days_of_other_centuries_are_refused(year):
    with pytest.raises(Invalid) as wrong:
        clockface.moment(dt.date(year, 1, 1), dt.time(19), BERLIN)
    assert list(wrong.value.errors) == ["day"]


def test_a_series_has_the_same_weekday_each_week():
    days = list(clockface.days(dt.date(2035, 3, 20), dt.date(2035, 4, 9)))
    assert [f"{day:%a %d.%m.}" for day in days] == ["Tue 20.03.", "Tue 27.03.", "Tue 03.04."]


def test_a_series_ends_with_the_calendar():
    last = dt.date.max
    assert list(clockface.days(last, None)) == list(clockface.days(last, last)) == [last]


def test_what_ends_before_it_begins_ends_on_the_next_day():
    day = dt.date(2035, 3, 20)
    found = [clockface.end(day, dt.time(22), dt.time(hour)).day for hour in (23, 22, 1)]
    assert found == [20, 21, 21]


def test_a_form_shows_what_was_read():
    moment = clockface.moment(dt.date(2035, 3, 27), dt.time(19, 5), BERLIN)
    assert clockface.local(moment, BERLIN) == (dt.date(2035, 3, 27), "19:05")
