"""Days are counted as people in the town count them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from baukasten.projects import calendar
from baukasten.projects.calendar import Stage
from baukasten.projects.facts import PhaseFacts, ProjectLine
from baukasten.web import i18n
from tests.core.projects.rig import DAY, NOW

BERLIN = ZoneInfo("Europe/Berlin")


def local(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC)


def line(starts=None, ends=None, state="published"):
    return ProjectLine(1, "p", "P", "", "", "", "", "harbour", state, starts, ends, NOW)


def phase(begins, ends, title="Phase"):
    return PhaseFacts(1, 1, title, "", NOW + begins * DAY, NOW + ends * DAY, frozenset())


@pytest.mark.parametrize(
    ("project", "stage"),
    [
        (line(), Stage.COMING),
        (line(NOW + DAY, NOW + 2 * DAY), Stage.COMING),
        (line(NOW, NOW + DAY), Stage.RUNNING),
        (line(NOW - DAY, NOW), Stage.FINISHED),
        (line(NOW, NOW + DAY, "archived"), Stage.FINISHED),
    ],
)
def test_a_project_comes_runs_and_is_over(project, stage):
    assert calendar.stage_of(project, NOW) is stage


@pytest.mark.parametrize(
    ("until", "at", "days"),
    [
        ("2026-12-04T00:00", "2026-11-22T09:00", 11),
        ("2026-12-04T00:00", "2026-12-03T23:59", 0),
        ("2026-12-03T18:00", "2026-12-03T09:00", 0),
        ("2026-10-26T00:00", "2026-10-24T23:30", 1),
        ("2026-03-30T00:00", "2026-03-28T00:30", 1),
    ],
)
def test_the_last_day_is_nought(until, at, days):
    assert calendar.days_left(local(until), local(at), BERLIN) == days


@pytest.mark.parametrize(
    ("at", "hours"),
    [("2026-10-25T00:00", 25), ("2026-03-29T00:00", 23), ("2026-06-01T00:00", 24)],
)
def test_midnight_comes_after_as_many_hours_as_the_day_has(at, hours):
    assert calendar.next_midnight(local(at), BERLIN) - local(at) == dt.timedelta(hours=hours)


def test_the_next_change_is_the_next_begin_or_end():
    phases = [phase(-2, 1), phase(3, 4)]
    moments = [calendar.next_change(phases, NOW + days * DAY) for days in (-3, 0, 1, 3, 4)]
    assert moments == [NOW - 2 * DAY, NOW + DAY, NOW + 3 * DAY, NOW + 4 * DAY, None]


def test_blocks_say_what_is_past_now_and_next():
    phases = [phase(-4, -2, "A"), phase(-2, 1, "B"), phase(1, 2, "C")]
    assert [(block.title, block.state) for block in calendar.blocks(phases, NOW)] == [
        ("A", "past"),
        ("B", "now"),
        ("C", "next"),
    ]


def test_what_has_passed_stays_between_nothing_and_all():
    share = [calendar.percent_passed(NOW, NOW + 4 * DAY, NOW + days * DAY) for days in (-1, 0, 1, 4, 9)]
    assert share == [0, 0, 25, 100, 100]


@pytest.mark.parametrize(
    ("begins", "ends", "text"),
    [
        ("2026-10-12T00:00", "2026-12-04T00:00", "12. Oktober bis 3. Dezember 2026"),
        ("2026-12-12T09:00", "2027-01-04T18:00", "12. Dezember 2026 bis 4. Januar 2027"),
        ("2026-10-25T00:00", "2026-10-26T00:00", "25. Oktober 2026"),
    ],
)
def test_a_stretch_is_written_in_days(begins, ends, text):
    stretch = PhaseFacts(1, 1, "", "", local(begins), local(ends), frozenset())
    with i18n.speaking(i18n.translator("de", "Europe/Berlin")):
        assert calendar.stretch_text(stretch) in (text, text.replace("bis", "to"))
