"""The page of entries: everything on one page, errors keep what was typed, the next sheet follows."""

import pytest

from baukasten.plugin.refs import Role
from baukasten_survey.models import Response
from tests.survey.conftest import definition, open_survey, options, page, question

PAGE = "/umfrage/eingabe/"
ASKED = definition(
    page("p1", question("q1", "single", options=options("a1", "a2"), required=True)),
    page("p2", question("q2", "number", relevance='q1 == "a2"'), question("q3", "short")),
)
SHEET = {"_stack": "Rathaus", "_sheet": "1", "_source": "paper", "q1": "a2", "q2": "12", "q3": "so"}


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


@pytest.fixture
def desk(browse, moderator, module):
    return browse(moderator)


def send(desk, **values):
    return desk.post(PAGE, data={**SHEET, **values, "_token": desk.token(PAGE)})


def answers(session):
    session.rollback()
    return [(row.answers, row.source) for row in session.query(Response).order_by(Response.id)]


def test_a_sheet_is_taken_and_the_next_is_shown(session, desk):
    answer = send(desk)
    assert answer.status_code == 303
    following = desk.get(answer.location).text
    assert 'name="_stack" value="Rathaus"' in following
    assert 'name="_sheet" value="2"' in following
    assert 'role="status"' in following
    assert answers(session) == [({"q1": "a2", "q2": 12, "q3": "so"}, "paper")]


def test_what_the_answers_hide_does_not_count(session, desk):
    assert send(desk, q1="a1", _source="telephone").status_code == 303
    assert answers(session) == [({"q1": "a1", "q3": "so"}, "telephone")]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"_stack": ""}, "#f-_stack"),
        ({"_stack": "x" * 61}, "#f-_stack"),
        ({"_sheet": "0"}, "#f-_sheet"),
        ({"_sheet": "viele"}, "#f-_sheet"),
        ({"_sheet": "9" * 20}, "#f-_sheet"),
        ({"_source": "taube"}, "#f-_source"),
        ({"q1": ""}, "#f-q1"),
        ({"q2": "zwölf"}, "#f-q2"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(session, desk, wrong, where):
    answer = send(desk, **wrong)
    assert answer.status_code == 422
    assert f'href="{where}"' in answer.text
    assert 'value="so"' in answer.text
    assert answers(session) == []


def test_typed_twice_it_is_compared(session, desk):
    first = send(desk, _twice="on")
    assert "zweimal=1" in first.location
    differs = send(desk, _twice="on", q1="a1", q3="anders")
    assert differs.status_code == 409
    assert "Antwort a2" in differs.text
    assert 'value="anders"' in differs.text
    assert answers(session) == []
    assert send(desk, _twice="on", q1="a1", q3="anders", _insist="on").status_code == 303
    assert answers(session) == [({"q1": "a1", "q3": "anders"}, "paper")]
    again = send(desk)
    assert again.status_code == 409
    assert 'value="so"' in again.text


@pytest.mark.parametrize("role", [None, Role.CITIZEN])
def test_nobody_else_enters(client, browse, new_member, module, role):
    visitor = client if role is None else browse(new_member(role))
    assert visitor.get(PAGE).status_code == (303 if role is None else 403)
