"""Dates, times and numbers read as the language writes them, in the town's time."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.web.formats import FOREVER, Formats, true_until

NOON = dt.datetime(2026, 5, 3, 12, 30, tzinfo=dt.UTC)
GERMAN = Formats("de", "Europe/Berlin")


def test_german_dates_times_and_numbers() -> None:
    assert GERMAN.date(NOON) == "3. Mai 2026"
    assert GERMAN.time(NOON) == "14:30"
    assert GERMAN.datetime(NOON) == "3. Mai 2026, 14:30"
    assert (GERMAN.number(4212), GERMAN.number(-1.5)) == ("4.212", "-1,5")


def test_the_day_is_that_of_the_town() -> None:
    late = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    assert GERMAN.date(late) == "1. Januar 2027"
    assert Formats("en", "America/New_York").datetime(late) == "December 31, 2026, 6:30\u202fPM"
    assert GERMAN.date(dt.date(2026, 12, 31)) == "31. Dezember 2026"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        GERMAN.datetime(NOON.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (30, ""),
        (-59, ""),
        (-60, "vor 1 Minute"),
        (-3599, "vor 59 Minuten"),
        (-3600, "vor 1 Stunde"),
        (5 * 3600, "in 5 Stunden"),
        (-1.9 * 86400, "vor 1 Tag"),
        (12 * 86400, "in 12 Tagen"),
        (-29.9 * 86400, "vor 29 Tagen"),
        (-30 * 86400, "3. April 2026"),
        (60 * 86400, "2. Juli 2026"),
    ],
)
def test_how_far_away_a_moment_is(seconds: float, expected: str) -> None:
    with clock.turned(NOON):
        assert GERMAN.ago(NOON + dt.timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    "seconds", [-10, -59, -61, -3599, -3601, -90_000, -29 * 86400 - 5, 7300, 90_000, 40 * 86400]
)
def test_what_is_said_stays_true_until_the_moment_named(seconds: int) -> None:
    moment = NOON + dt.timedelta(seconds=seconds)
    with clock.turned(NOON):
        said, until = GERMAN.ago(moment), true_until(moment)
        clock.set_to(until - dt.timedelta(seconds=1))
        assert GERMAN.ago(moment) == said
        clock.set_to(until + dt.timedelta(seconds=1))
        assert GERMAN.ago(moment) != said


def test_an_old_date_stays_true() -> None:
    with clock.turned(NOON):
        assert true_until(NOON - dt.timedelta(days=31)) == FOREVER
