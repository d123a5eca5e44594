"""The days of the demo's projects stay as they are meant, unless somebody changed them."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from baukasten import clock
from baukasten.demo import days
from baukasten.projects import queries, schedule

ZONE = "Europe/Berlin"


@pytest.fixture
def torfhafen(database, town_of):
    town = town_of("kranichsiel")
    with database.session(town.id) as session:
        yield session, town, queries.find_project(session, "alter-torfhafen")


def bounds(session, project):
    return [(phase.starts_at, phase.ends_at) for phase in queries.phases(session, project.id)]


def test_a_phase_begins_at_the_towns_midnight():
    assert days.midnight(dt.date(2026, 3, 28), 1, ZONE) == dt.datetime(2026, 3, 28, 23, tzinfo=dt.UTC)
    assert days.midnight(dt.date(2026, 3, 28), 2, ZONE) == dt.datetime(2026, 3, 29, 22, tzinfo=dt.UTC)


def test_what_stands_as_planned_is_left_alone(torfhafen, towns):
    session, town, project = torfhafen
    before = bounds(session, project)
    with clock.turned(clock.now() + dt.timedelta(days=1)):
        assert days.move_on(session, town, towns[2]) == 0
    assert bounds(session, project) == before


def test_phases_that_ran_out_begin_anew(torfhafen, towns):
    session, town, project = torfhafen
    before = bounds(session, project)
    later = clock.now() + dt.timedelta(days=20)
    with clock.turned(later):
        assert days.move_on(session, town, towns[2]) == 2
        assert days.move_on(session, town, towns[2]) == 0
    local = [start.astimezone(ZoneInfo(ZONE)).date() for start, _end in bounds(session, project)]
    earlier = [start.astimezone(ZoneInfo(ZONE)).date() for start, _end in before]
    assert {after - first for after, first in zip(local, earlier, strict=True)} == {dt.timedelta(days=20)}


def test_what_somebody_changed_stays(torfhafen, towns):
    session, town, project = torfhafen
    phases = [
        schedule.PhaseDraft(phase.title, phase.starts_at, phase.ends_at, phase.note, tuple(phase.features))
        for phase in queries.phases(session, project.id)
    ]
    schedule.set_phases(session, None, project.id, phases[:2])
    with clock.turned(clock.now() + dt.timedelta(days=20)):
        assert days.move_on(session, town, towns[2]) == 1
    assert len(bounds(session, project)) == 2
