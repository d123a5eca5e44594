"""What a clock on the wall means, also in the nights when it is changed."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten.errors import Invalid
from baukasten.web import i18n
from baukasten_forum.stages import times

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)


def utc(year, month, day, hour=0, minute=0, second=0):
    return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)


# Whole, half and three-quarter hours, changes of half an hour, none, and a day that was left out.
ZONES = [
    "Europe/Berlin",
    "Europe/Lisbon",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
]
zones = st.sampled_from(ZONES).map(zoneinfo.ZoneInfo)
SECOND_0 = utc(2001, 1, 1)
walls = st.integers(0, 37 * 365 * 86_400).map(
    lambda seconds: (SECOND_0 + dt.timedelta(seconds=seconds)).replace(tzinfo=None)
)


def test_the_night_of_spring_has_no_half_past_two():
    assert times.moments(SPRING, dt.time(1, 59), BERLIN) == (utc(2026, 3, 29, 0, 59),)
    assert times.moments(SPRING, dt.time(2), BERLIN) == ()
    assert times.moments(SPRING, dt.time(2, 30), BERLIN) == ()
    assert times.moments(SPRING, dt.time(3), BERLIN) == (utc(2026, 3, 29, 1),)


def test_the_night_of_autumn_has_two():
    both = (utc(2026, 10, 25, 0, 30), utc(2026, 10, 25, 1, 30))
    assert times.moments(AUTUMN, dt.time(2, 30), BERLIN) == both
    assert times.moments(AUTUMN, dt.time(1, 59), BERLIN) == (utc(2026, 10, 24, 23, 59),)
    assert times.moments(AUTUMN, dt.time(3), BERLIN) == (utc(2026, 10, 25, 2),)


@given(zones, walls)
def test_every_moment_is_found_again_by_the_clock_that_shows_it(zone, wall):
    moment = wall.replace(tzinfo=dt.UTC)
    there = moment.astimezone(zone)
    assert moment in times.moments(there.date(), there.time(), zone)


@given(zones, walls)
def test_every_moment_given_is_shown_as_written_and_none_is_missed(zone, wall):
    found = times.moments(wall.date(), wall.time(), zone)
    assert [one.astimezone(zone).replace(tzinfo=None, fold=0) for one in found] == [wall] * len(found)
    assert list(found) == sorted(set(found))
    # No zone is further from UTC than 15 hours, and all of these change their clocks by whole quarters of an hour.
    near = (wall.replace(tzinfo=dt.UTC) + dt.timedelta(minutes=15 * step) for step in range(-60, 61))
    shown = [one for one in near if one.astimezone(zone).replace(tzinfo=None, fold=0) == wall]
    assert list(found) == shown


@given(zones, walls)
def test_what_a_form_shows_is_read_as_the_same_moment(zone, wall):
    moment = wall.replace(tzinfo=dt.UTC)
    with i18n.speaking(i18n.translator("de", zone.key)):
        assert times.read(*times.local(moment)[:2], zone, times.local(moment)[2]) == moment


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", utc(2026, 12, 2, 23)),
        ("0:00", utc(2026, 12, 2, 23)),
        ("18", utc(2026, 12, 3, 17)),
        ("18.30 Uhr", utc(2026, 12, 3, 17, 30)),
        (" 23:59 ", utc(2026, 12, 3, 22, 59)),
        ("23:59:59", utc(2026, 12, 3, 22, 59, 59)),
    ],
)
def test_times_are_read_as_people_write_them(written, expected):
    assert times.read(dt.date(2026, 12, 3), written, BERLIN) == expected


@pytest.mark.parametrize(
    "written", ["24:00", "12:60", "abends", "12:5", "-1:00", "1" * 400, "12:00:00:00", "\0"]
)
def test_what_is_no_time_is_said(written):
    with pytest.raises(Invalid) as refused:
        times.read(dt.date(2026, 12, 3), written, BERLIN)
    assert refused.value.errors == {"time": "Write a time from 00:00 to 23:59, for example 18:00."}


def test_a_time_that_does_not_exist_is_refused_with_its_neighbours():
    with pytest.raises(Invalid) as refused:
        times.read(SPRING, "02:30", BERLIN)
    assert "from 01:59 to 03:00" in refused.value.errors["time"]
    with pytest.raises(Invalid) as refused:
        times.read(dt.date(2026, 10, 4), "02:10", zoneinfo.ZoneInfo("Australia/Lord_Howe"))
    assert "from 01:59 to 02:30" in refused.value.errors["time"]


def test_a_time_that_comes_twice_is_asked_for():
    with pytest.raises(times.TwiceError) as asked:
        times.read(AUTUMN, "02:30", BERLIN)
    assert [times.offset_text(one, BERLIN) for one in asked.value.choices] == [
        "02:30 (CEST, UTC+02:00)",
        "02:30 (CET, UTC+01:00)",
    ]
    assert times.read(AUTUMN, "02:30", BERLIN, "first") == utc(2026, 10, 25, 0, 30)
    assert times.read(AUTUMN, "02:30", BERLIN, "second") == utc(2026, 10, 25, 1, 30)


def test_words_for_a_moment_tell_twins_apart_and_end_a_day_with_the_day():
    with i18n.speaking(i18n.translator("de")):
        assert times.until_text(utc(2026, 12, 3, 23)) == "3. Dezember 2026"
        assert times.until_text(utc(2026, 12, 3, 22, 59)) == "3. Dezember 2026, 23:59"
        assert times.since_text(utc(2026, 12, 2, 23)) == "3. Dezember 2026"
        assert times.since_text(utc(2026, 10, 25, 0, 30)) == "25. Oktober 2026, 02:30 (CEST, UTC+02:00)"
        assert times.since_text(utc(2026, 10, 25, 1, 30)) == "25. Oktober 2026, 02:30 (CET, UTC+01:00)"
