"""What a member is told and what vanishes: named answers and having taken part; the door of a project."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten_survey.asking import door, personal
from baukasten_survey.models import Admission, Response, Sealed
from baukasten_survey.surveys import lookup
from tests.survey.asking.test_views_finishing import SENDING, fill
from tests.survey.conftest import NOW, definition, open_survey, page


def test_named_answers_are_handed_out_and_erased(browse, database, town, session, anna, ben):
    open_survey(database, town, access="registered", anonymity="named")
    for person in (anna, ben):
        browser = browse(person)
        assert browser.post(SENDING, data=fill(browser)).status_code == 303
    (told,) = personal.export_answers(session, anna.id)
    assert (told["survey"], told["answers"]["q1"], told["day"]) == (
        "Sicher zur Schule",
        "a2",
        clock.now().date(),
    )
    assert personal.export_parts(session, anna.id) == [{"survey": "Sicher zur Schule"}]
    assert (personal.erase_answers(session, anna.id), personal.erase_parts(session, anna.id)) == (1, 1)
    assert (personal.erase_answers(session, anna.id), personal.erase_parts(session, anna.id)) == (0, 0)
    assert session.scalars(select(Response.member_id)).all() == [ben.id]
    assert personal.export_parts(session, ben.id) != []


def test_of_an_anonymous_answer_nothing_leads_to_the_member(browse, database, town, session, anna):
    open_survey(database, town, access="registered")
    browser = browse(anna)
    browser.post(SENDING, data=fill(browser))
    assert personal.export_answers(session, anna.id) == []
    assert personal.export_parts(session, anna.id) == [{"survey": "Sicher zur Schule"}]
    assert personal.erase_parts(session, anna.id) == 1
    counted = [session.scalar(select(func.count()).select_from(what)) for what in (Admission, Sealed)]
    assert counted == [0, 1]


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize(
    ("values", "line", "invite", "until"),
    [
        ({"state": "draft"}, "This survey is being prepared.", "", None),
        ({"opens_at": NOW + dt.timedelta(days=1)}, "Opens on", "", NOW + dt.timedelta(days=1)),
        ({}, "Takes about 1 minute.", "Answer the survey", None),
        (
            {"closes_at": NOW + dt.timedelta(days=2)},
            "Open until",
            "Answer the survey",
            NOW + dt.timedelta(days=2),
        ),
        ({"state": "closed"}, "This survey is closed.", "", None),
    ],
)
def test_the_door_says_what_can_be_done(database, town, session, values, line, invite, until):
    module = open_survey(database, town, **values)
    shown = door.door(session, module)
    assert line in shown.line
    assert (shown.invite, shown.until) == (invite, until)


def test_a_survey_that_asks_nothing_keeps_its_project_back(database, town, session):
    module = open_survey(database, town, definition(page("p1")))
    assert len(door.blockers(session, module)) == 1
    survey = lookup.of_module(session, module.id)
    survey.definition = definition(page("p1", {"code": "q1", "kind": "long"}))
    assert door.blockers(session, module) == []
