"""A large file is read in a job: all of it counts at the end, nothing before, and nothing twice."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten.access import members
from baukasten.plugin import Role
from baukasten.sdk import Conflict, Invalid
from baukasten_survey.bringing import keeping, running
from baukasten_survey.bringing.models import SurveyImport
from baukasten_survey.models import Response, Survey
from tests.survey.bringing.conftest import packed

WHOLE = [({"way": "bike" if at % 3 == 0 else "foot", "why": f"Reason {at}"}, False) for at in range(5)]


def test_all_responses_come_in_and_the_survey_is_over(place):
    place.send(packed(7, half=2, stray=True))
    place.work()
    done = place.state()
    assert (done.survey, done.row, done.pieces) == (("closed", 1), ("done", 7, 5), 0)
    assert done.responses == WHOLE
    assert done.lost == {"4711X7X9": 7}


def test_a_second_press_while_it_reads_is_refused_and_after_that_too(place):
    place.send(packed(5))
    with pytest.raises(Conflict):
        place.send(packed(5))
    place.work()
    with pytest.raises(Conflict):
        place.send(packed(5))
    assert place.state().responses == WHOLE


def test_work_that_is_stopped_goes_on_where_it_was_and_shows_nothing_half(place, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 2)
    number = place.send(packed(5))
    place.step(number, seconds=0)
    half = place.state()
    assert (half.survey, half.row) == (("draft", None), ("reading", 2, 2))
    assert [test for _answers, test in half.responses] == [True, True]
    with monkeypatch.context() as broken:
        broken.setattr(keeping, "change", _die)
        with pytest.raises(RuntimeError):
            place.step(number)
    assert place.state().row == half.row
    place.work()
    assert (place.state().survey, place.state().responses) == (("closed", 1), WHOLE)
    place.step(number)
    assert place.state().responses == WHOLE


def _die(*_all, **_values):
    raise RuntimeError


def test_what_breaks_off_leaves_nothing(place, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 2)
    data = packed(5)
    place.send(data.replace(b"_responses.lsr", b"_responses.xyz"))
    place.work()
    assert (place.state().row, place.state().survey) == (("failed", 0, 0), ("draft", None))
    assert place.state().problem == "Diese Datei enthält keine Antworten."
    monkeypatch.setattr(running, "MOST_RESPONSES", 3)
    place.send(data)
    place.work()
    assert (place.state().row, place.state().responses, place.state().pieces) == (("failed", 2, 2), [], 0)


def test_a_file_that_is_none_and_a_survey_that_changed_are_told(place):
    place.send(b"nothing", responses=False)
    place.work()
    assert place.state().row[0] == "failed"
    place.send(packed(5))
    place.on(lambda session: session.query(Survey).update({"revision": 2}))
    place.work()
    assert (place.state().row[0], place.state().responses) == ("failed", [])


@pytest.mark.parametrize("responses", [True, False])
def test_whoever_has_lost_the_right_since_then_changes_nothing(place, admin, new_member, responses):
    place.send(packed(5), responses=responses)
    other = new_member(Role.ADMIN)
    place.on(lambda session: members.set_roles(session, other, admin.id, ()))
    place.work()
    done = place.state()
    assert (done.survey, done.row[0], done.responses, done.pieces) == (("draft", None), "failed", [], 0)
    assert place.on(lambda session: session.query(Survey).one().revision) == 1


def test_definitions_alone_become_the_draft(place):
    place.send(packed(5), responses=False)
    place.work()
    done = place.state()
    assert (done.survey, done.row, done.responses) == (("draft", None), ("done", 0, 0), [])


def test_a_file_can_be_thrown_away_once(place, admin, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 2)
    number = place.send(packed(5))
    place.step(number, seconds=0)
    place.on(lambda session: keeping.drop(session, admin, place.module, number))
    assert (place.state().row[0], place.state().responses, place.state().pieces) == ("dropped", [], 0)
    with pytest.raises(Conflict):
        place.on(lambda session: keeping.drop(session, admin, place.module, number))
    place.work()
    assert place.state().survey == ("draft", None)


def test_too_large_a_file_is_not_kept(place, monkeypatch):
    monkeypatch.setattr(keeping, "LARGEST", 10)
    with pytest.raises(Invalid):
        place.send(packed(1))
    assert place.on(lambda session: session.query(SurveyImport).count()) == 0


def test_what_is_not_finished_in_a_day_is_forgotten(place):
    place.send(packed(5))
    with clock.turned(clock.now() + dt.timedelta(days=2)):
        place.on(running.tidy)
    assert (place.state().row[0], place.state().pieces) == ("failed", 0)
    with clock.turned(clock.now() + dt.timedelta(days=100)):
        place.on(running.tidy)
    assert place.on(lambda session: session.query(SurveyImport).count()) == 0


def test_who_is_gone_brings_nothing_in(place):
    place.send(packed(5))
    place.on(lambda session: session.query(SurveyImport).update({"created_by": None}))
    place.work()
    assert (place.state().row[0], place.on(lambda session: session.query(Response).count())) == ("failed", 0)
