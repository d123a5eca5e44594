"""Features are open exactly while a phase lists them, and a refusal says when in the town's own time."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from baukasten import clock
from baukasten.projects import publishing
from baukasten.projects.facts import PhaseFacts
from baukasten.projects.phases import Opening, end_text, is_open, judge, moment_text, refusal
from baukasten.projects.placing import place_module
from baukasten.web import i18n
from tests.core.projects.rig import DAY, NOW, open_project, phase

BERLIN = ZoneInfo("Europe/Berlin")
WRITE = frozenset({"stall.write"})


def facts(begins, ends, *features, zone=dt.UTC):
    def moment(value):
        if isinstance(value, int):
            return NOW + value * DAY
        return dt.datetime.fromisoformat(value).replace(tzinfo=zone).astimezone(dt.UTC)

    return PhaseFacts(1, 1, "Phase", "", moment(begins), moment(ends), frozenset(features))


def test_open_begins_with_the_first_moment_and_ends_before_the_last():
    phases = [facts(0, 1, "stall.write")]
    end = NOW + DAY
    tick = dt.timedelta(microseconds=1)
    answers = [judge(WRITE, phases, at).open for at in (NOW - tick, NOW, end - tick, end)]
    assert answers == [False, True, True, False]


def test_touching_phases_are_one_stretch_and_a_gap_parts_them():
    phases = [facts(0, 1, "stall.write"), facts(1, 2, "stall.write"), facts(3, 4, "stall.write")]
    assert judge(WRITE, phases, NOW) == Opening(open=True, since=NOW, until=NOW + 2 * DAY)
    between = judge(WRITE, phases, NOW + 2 * DAY)
    assert (between.open, between.since, between.until) == (False, NOW + 3 * DAY, NOW + 4 * DAY)
    assert between.changes_at(NOW + 2 * DAY) == NOW + 3 * DAY


def test_a_phase_that_opens_something_else_opens_nothing_here():
    answer = judge(WRITE, [facts(0, 1, "stall.vote")], NOW)
    assert answer == Opening(open=False, reason="No phase of this project opens this.")
    assert answer.changes_at(NOW) is None


def test_the_reason_says_when_it_opens_and_until_when_it_was_open():
    phases = [facts("2026-12-01T00:00", "2026-12-04T00:00", "stall.write", zone=BERLIN)]
    german = i18n.Catalogues({}).translator("de", "Europe/Berlin")
    with i18n.speaking(german):
        before, after = judge(WRITE, phases, NOW), judge(WRITE, phases, NOW + 20 * DAY)
    assert before.reason == "This opens on 1. Dezember 2026."
    # What ends at midnight was open until the day before.
    assert after.reason == "This was open until 3. Dezember 2026. You can still read everything."


@pytest.mark.parametrize(
    ("local", "begins", "ends"),
    [
        ("2026-03-29T00:00", "29. März 2026", "28. März 2026"),
        ("2026-03-29T03:00", "29. März 2026, 03:00", "29. März 2026, 03:00"),
        ("2026-10-25T00:00", "25. Oktober 2026", "24. Oktober 2026"),
        ("2026-10-26T00:00", "26. Oktober 2026", "25. Oktober 2026"),
        ("2026-06-01T18:30", "1. Juni 2026, 18:30", "1. Juni 2026, 18:30"),
    ],
)
def test_moments_are_written_as_the_town_counts_them(local, begins, ends):
    moment = dt.datetime.fromisoformat(local).replace(tzinfo=BERLIN).astimezone(dt.UTC)
    with i18n.speaking(i18n.Catalogues({}).translator("de", "Europe/Berlin")):
        assert (moment_text(moment), end_text(moment)) == (begins, ends)


def test_the_night_with_25_hours_is_open_for_all_of_them():
    phases = [facts("2026-10-25T00:00", "2026-10-26T00:00", "stall.write", zone=BERLIN)]
    hours = sum(
        judge(
            WRITE, phases, dt.datetime(2026, 10, 24, 20, 30, tzinfo=dt.UTC) + n * dt.timedelta(hours=1)
        ).open
        for n in range(40)
    )
    assert hours == 25


def test_the_tables_are_asked_for_what_is_open_now(session):
    _project, module = open_project(session, phases=[phase("Ideen", -1, 2, "stall.write")])
    openings = [is_open(session, module, f"stall.note.{verb}") for verb in ("write", "vote", "read")]
    assert [one.open for one in openings] == [True, False, True]
    with clock.turned(NOW + 2 * DAY):
        assert not is_open(session, module, "stall.note.write").open
    assert is_open(session, module, "stall.note.write", NOW - 2 * DAY).since == NOW - DAY


def test_a_module_on_the_site_knows_no_phases(session):
    module = place_module(session, None, "stall")
    assert is_open(session, module, "stall.note.write") == Opening(open=True)


def test_an_archived_project_is_closed_whatever_its_phases_say(session):
    project, module = open_project(session)
    assert refusal(session, module, "stall.note.write") is None
    publishing.archive(session, None, project.id)
    expected = "This project is finished. You can still read everything."
    assert refusal(session, module, "stall.note.write") == expected
    assert refusal(session, module, "stall.note.read") is None


def test_another_towns_module_is_never_open(session, database, other_town):
    _project, module = open_project(session)
    with database.session(other_town.id) as foreign:
        assert not is_open(foreign, module, "stall.note.write").open
