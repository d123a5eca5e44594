"""The store of questions."""

import pytest

from baukasten_survey.building import bank
from baukasten_survey.building.findings import Setting
from baukasten_survey.building.linting import lint
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Survey
from baukasten_survey.surveys import lookup
from tests.survey.building.conftest import BASE, draft, fields, stored
from tests.survey.conftest import definition, page, question

STORE = f"{BASE}vorrat"


@pytest.mark.parametrize("example", bank.examples(), ids=lambda one: one.key)
def test_examples_are_good_surveys_in_three_languages(example):
    made = parse(example.definition)
    assert made.languages == ("de", "en", "de-simple")
    assert lint(made, Setting(Anonymity.SEPARATED)) == []


def take(desk, key, **values):
    sent = fields(desk.get(f"{STORE}?aus={key}").text, "vorrat")
    return desk.post(STORE, data={**sent, "question": "", **values})


def test_a_question_is_copied_under_a_code_of_its_own(browse, moderator, database, town, session):
    draft(database, town, definition(page("p1", question("alter", "short")), page("p2")))
    desk = browse(moderator)
    assert take(desk, "fragen", question="alter").status_code == 303
    taken = stored(session)["pages"][1]["groups"][0]["questions"][0]
    assert (taken["code"], taken["kind"], len(taken["options"])) == ("alter1", "single", 6)
    assert take(desk, "fragen", question="nope").status_code == 404
    assert take(desk, "fragen", question="idee", group="nope").status_code == 404


def test_a_question_of_another_survey_comes_without_its_condition(browse, moderator, database, town, session):
    draft(database, town)
    data = definition(page("p1", question("x1", "short"), question("x2", "long", relevance="answered(x1)")))
    other = draft(database, town, data, slug="andere")
    number = lookup.of_module(session, other.id).id
    desk = browse(moderator)
    assert take(desk, number, question="x2").status_code == 303
    session.rollback()
    mine = session.query(Survey).filter(Survey.id != number).one().definition
    assert mine["pages"][1]["groups"][0]["questions"][-1] == question("x2", "long")
    assert take(desk, number).status_code == 303
    session.rollback()
    assert session.query(Survey).filter(Survey.id != number).one().definition == data


def test_surveys_of_another_town_are_no_source(browse, moderator, database, town, other_town, session):
    draft(database, town)
    draft(database, other_town, slug="fremd")
    with database.session(other_town.id) as theirs:
        number = theirs.query(Survey.id).scalar()
    desk = browse(moderator)
    gone, missing = desk.get(f"{STORE}?aus={number}"), desk.get(f"{STORE}?aus=99999999")
    assert (gone.status_code, missing.status_code) == (404, 404)
