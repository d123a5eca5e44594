"""Days and spans as people say them."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.web import i18n
from baukasten_chat.hours import wording

OPENS = dt.datetime(2035, 3, 27, 17, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
NIGHT = 5 * HOUR


@pytest.fixture(autouse=True)
def german(app):
    with i18n.speaking(i18n.translator("de")), clock.turned(OPENS - dt.timedelta(days=7)):
        yield


def test_an_opening_is_told_with_its_weekday_in_the_towns_time():
    assert wording.stretch(OPENS, OPENS + HOUR) == "Dienstag, 27. März, 19:00 bis 20:00"


def test_over_midnight_the_second_day_is_told_too():
    assert (
        wording.stretch(OPENS, OPENS + 6 * HOUR) == "Dienstag, 27. März, 19:00 bis Mittwoch, 28. März, 01:00"
    )


def test_another_year_is_told():
    assert wording.day(OPENS.replace(year=2036)) == "Donnerstag, 27. März 2036"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (244_440, "2 Tage, 19 Stunden, 54 Minuten"),
        (86_400, "1 Tag, 0 Stunden, 0 Minuten"),
        (3_600, "1 Stunde, 0 Minuten"),
        (61, "2 Minuten"),
        (60, "1 Minute"),
        (1, "1 Minute"),
        (0, "0 Minuten"),
        (-5, "0 Minuten"),
    ],
)
def test_what_is_left_is_counted_in_begun_minutes(seconds, text):
    assert wording.left_text(seconds) == text


def test_scripts_get_the_words_for_one_and_for_several():
    assert wording.units() == {
        "day": ["Tag", "Tage"],
        "hour": ["Stunde", "Stunden"],
        "minute": ["Minute", "Minuten"],
    }
