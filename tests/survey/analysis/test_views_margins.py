"""The page of the population's figures: taken, shown, used, forgotten."""

import io

import pytest

from baukasten.audit.service import entries
from baukasten_survey.analysis.models import Margin
from tests.survey.conftest import definition, open_survey, options, page, question

BASE = "/umfrage/antworten/gewichte"
ASKED = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2")),
        question("q2", "yes_no"),
        question("q3", "long"),
    )
)
FILE = "q1;Antwort a1;1.200\nq1;Antwort a2;800\n"


@pytest.fixture
def module(database, town, fill):
    placed = open_survey(database, town, ASKED, anonymity="named")
    fill(placed, [{"q1": "a1", "q2": True}] * 3 + [{"q1": "a2", "q2": False}] * 3)
    return placed


@pytest.fixture
def desk(browse, admin, module):
    return browse(admin)


def send(desk, words=FILE, where="", **values):
    file = {"file": (io.BytesIO(words.encode()), "stadt.csv")} if words is not None else {}
    data = {"_token": desk.token(BASE), **file, **values}
    return desk.post(BASE + where, data=data, content_type="multipart/form-data")


def test_figures_are_taken_shown_used_and_forgotten(desk, session):
    assert "Über die Bevölkerung ist noch nichts hinterlegt." in desk.get(BASE).text
    assert "Zum Gewichten sagen Sie zuerst" in desk.get("/umfrage/antworten/auswerten").text
    assert send(desk).location == f"{BASE}?done=saved"
    text = desk.get(f"{BASE}?done=saved").text.replace("\u00a0", " ")
    assert ("Gespeichert." in text, "<td>1.200</td><td>60 %</td>" in text) == (True, True)
    weighted = desk.get("/umfrage/antworten/auswerten?gewichtet=1").text.replace("\u00a0", " ")
    assert "<dt>Gewichtet</dt><dd>6</dd>" in weighted
    assert "<dt>Größtes Gewicht</dt><dd>1,2</dd>" in weighted
    assert "60 % nennen „Antwort a1“" in weighted
    # A further file replaces the question's figures only.
    assert send(desk, "q2;Ja;1\nq2;Nein;1\nq1;a1;1\nq1;a2;3").status_code == 303
    assert {one.code: one.shares for one in session.query(Margin)} == {
        "q1": [["a1", 1], ["a2", 3]],
        "q2": [["true", 1], ["false", 1]],
    }
    assert send(desk, None, "/loeschen", question="q1").location == f"{BASE}?done=gone"
    session.rollback()
    assert [one.code for one in session.query(Margin)] == ["q2"]
    deeds = [(one.action, one.facts) for one in entries(session) if one.action.startswith("survey.margin")]
    assert deeds == [
        ("survey.margin.forget", {"question": "q1"}),
        ("survey.margin.save", {"questions": ["q1", "q2"]}),
        ("survey.margin.save", {"questions": ["q1"]}),
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("q1;a9;1", "Zeile 1: Die Frage hat keine Antwort „a9“."),
        ("<b>;x;1", "Zeile 1: Es gibt keine Frage „&lt;b&gt;“"),
        (None, "Wählen Sie eine Datei."),
    ],
)
def test_bad_files_change_nothing(desk, session, words, sentence):
    send(desk)
    refused = send(desk, words)
    assert (refused.status_code, sentence in refused.text) == (422, True)
    assert session.query(Margin).one().shares == [["a1", 1200], ["a2", 800]]


@pytest.mark.parametrize("code", ["q9", "", "\0", "x" * 5000])
def test_what_is_not_known_cannot_be_forgotten(desk, code):
    assert send(desk, None, "/loeschen", question=code).status_code == 404


def test_only_those_who_may_read_responses(browse, moderator, client_of, other_town, module):
    assert browse(moderator).get(BASE).status_code == 403
    assert client_of(other_town).get(BASE).status_code == 404


def test_a_draft_takes_nothing(database, town, browse, admin):
    open_survey(database, town, ASKED, state="draft", anonymity="named")
    assert "f-file" not in browse(admin).get(BASE).text
