"""The store of questions, and files of other programs."""

import io

import pytest

from baukasten_survey.building import archives, bank
from baukasten_survey.building.findings import Setting
from baukasten_survey.building.linting import lint
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity
from baukasten_survey.models import Response, Survey
from baukasten_survey.surveys import lookup
from baukasten_survey.transfer.reports import Filled, Imported, Level, Note
from tests.survey.building.conftest import BASE, draft, fields, stored
from tests.survey.conftest import SMALL, definition, page, question

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


@pytest.mark.parametrize("content", [b"", b"nichts", b"{}", b"<xml", b"PK\x03\x04kaputt"])
def test_files_that_are_none_are_refused_with_a_sentence(browse, moderator, database, town, session, content):
    draft(database, town)
    desk, url = browse(moderator), f"{BASE}einlesen"
    sent = {**fields(desk.get(url).text, "einlesen"), "file": (io.BytesIO(content), "umfrage.lss")}
    answer = desk.post(url, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert stored(session) == SMALL


LSS = b"""<?xml version="1.0"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>366</DBVersion>
<languages><language>de</language></languages>
<groups><rows><row><gid>1</gid><sid>9</sid><group_name>Weg</group_name><group_order>1</group_order>
<language>de</language></row></rows></groups>
<questions><rows><row><qid>1</qid><parent_qid>0</parent_qid><sid>9</sid><gid>1</gid><type>S</type><title>weg</title>
<question>Welcher Weg?</question><mandatory>N</mandatory><question_order>1</question_order><language>de</language></row>
</rows></questions><surveys><rows><row><sid>9</sid><language>de</language></row></rows></surveys>
<surveys_languagesettings><rows><row><surveyls_survey_id>9</surveyls_survey_id>
<surveyls_language>de</surveyls_language><surveyls_title>Alte Wege</surveyls_title></row></rows>
</surveys_languagesettings></document>"""


def test_a_file_becomes_the_draft_and_can_be_taken_back(browse, moderator, database, town, session):
    draft(database, town)
    desk, url = browse(moderator), f"{BASE}einlesen"
    sent = {**fields(desk.get(url).text, "einlesen"), "file": (io.BytesIO(LSS), "umfrage.lss")}
    answer = desk.post(url, data=sent, content_type="multipart/form-data")
    assert answer.status_code == 200, answer.text
    assert stored(session)["title"] == {"de": "Alte Wege"}
    undone = desk.post(f"{BASE}zurueck", data=fields(answer.text, "zurueck"))
    assert undone.status_code == 303
    assert stored(session) == SMALL


def test_responses_of_an_archive_are_taken_in_and_marked(database, town, session, admin, morning):
    module = draft(database, town)
    filled = [
        Filled({"q1": "a1"}, "de", None, done=True),
        Filled({"q1": "a2"}, "de", None, done=False),
        Filled({"q2": "Ja"}, "de", morning.date(), done=True),
    ]
    found = Imported(SMALL, notes=(Note(Level.INFO, "", "x"),), responses=iter(filled))
    assert archives.take_all(session, admin, module, 1, found) == 2
    survey = lookup.of_module(session, module.id)
    assert (survey.state, survey.version) == ("closed", 1)
    rows = session.query(Response.answers, Response.flags, Response.test).order_by(Response.id).all()
    assert rows == [({"q1": "a1"}, ["imported"], False), ({"q2": "Ja"}, ["imported"], False)]
