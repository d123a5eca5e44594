"""Every kind of question: shown, filled in, shown again as it was, taken as it was meant; nothing wrong is lost."""

import re

import pytest
from sqlalchemy import select

from baukasten_survey.models import Response
from tests.survey.asking.every import ANSWERS, CHOSEN, EVERY, WRITTEN
from tests.survey.conftest import definition, found_in, open_survey, options, page, question

FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"_][^"]*)"')
BUTTONS = {"go", "homepage", "guard_mark", "guard_proof"}


@pytest.fixture
def begun(client, database, town):
    """A browser on the first page of a survey that keeps answers openly."""
    open_survey(database, town, EVERY, anonymity="pseudonymous")
    front = client.get("/umfrage/?quelle=plakat")
    given = dict(re.findall(r'name="(given\.\w+)" value="([^"]*)"', front.text))
    assert given == {"given.from": "plakat"}
    assert client.send("/umfrage/", **given).headers["Location"] == "/umfrage/seite/choosing"
    return client


def shown(text):
    """Every question that a page says it shows."""
    return re.findall(r'name="_shown" value="(\w+)"', text)


def send(client, path, values, **more):
    page = client.get(path)
    token = found_in(page.text, r'name="_token" value="([^"]+)"')
    return client.post(path, data={"_token": token, "_shown": shown(page.text), **values, **more})


def test_each_kind_offers_the_fields_that_are_read(begun):
    first, second = begun.get("/umfrage/seite/choosing").text, begun.get("/umfrage/seite/writing").text
    assert {*FIELD.findall(first)} - BUTTONS == {*CHOSEN, "multiple.none", "nps.none", "dropdown.other"}
    # A matrix with options to tick has a field for each row, whether this form ticks it or not.
    assert {*FIELD.findall(second)} - BUTTONS == {*WRITTEN, "mm.r2", "mn.r1.c2"}
    for text in (first, second):
        ids = re.findall(r' id="([^"]+)"', text)
        assert len(ids) == len(set(ids))
        assert {*re.findall(r' for="([^"]+)"', text)} <= set(ids)
        assert {
            one for found in re.findall(r'aria-describedby="([^"]+)"', text) for one in found.split()
        } <= {*ids}
    assert "Kurz <strong>und</strong> knapp." in second
    assert "Nur zu lesen." in second
    assert "half" not in shown(second)
    assert "from" not in shown(second)


def test_answers_of_each_kind_arrive_as_they_were_meant(begun, session):
    assert send(begun, "/umfrage/seite/choosing", CHOSEN).headers["Location"] == "/umfrage/seite/writing"
    assert send(begun, "/umfrage/seite/writing", WRITTEN).headers["Location"] == "/umfrage/uebersicht"
    overview = begun.get("/umfrage/uebersicht")
    assert overview.status_code == 200
    for words in (
        "Etwas &lt;i&gt;Eigenes&lt;/i&gt;",
        "Antwort m1, Antwort m2",
        "12,5 Meter",
        "22. November 2026",
    ):
        assert words in overview.text
    assert (
        begun.post("/umfrage/absenden", data={"_token": begun.token("/umfrage/uebersicht")}).status_code
        == 303
    )
    (row,) = session.scalars(select(Response)).all()
    assert row.answers == ANSWERS
    assert (row.member_id, row.version, row.test, row.language) == (None, 1, False, "de")


def test_what_was_filled_in_is_shown_again(begun):
    send(begun, "/umfrage/seite/choosing", CHOSEN)
    send(begun, "/umfrage/seite/writing", WRITTEN, go="back")
    first, second = begun.get("/umfrage/seite/choosing").text, begun.get("/umfrage/seite/writing").text
    checked = re.findall(
        r'name="([\w.]+)" value="(\w+)" id="[^"]+"(?: aria-label="[^"]*")? checked', first + second
    )
    assert {name for name, _value in checked} == {
        "single", "multiple", "image", "images", "yes", "likert", "nps", "diff.r1", "diff.r2", "ms.r1", "ms.r2",
        "mm.r1", "agree",
    }  # fmt: skip
    assert 'value="Etwas &lt;i&gt;Eigenes&lt;/i&gt;"' in first
    assert '<option value="d2" selected>' in first
    assert re.findall(r'name="rank\.k(\d)">.*?<option value="(\d)" selected', first) == [
        ("1", "2"),
        ("2", "1"),
        ("3", "3"),
    ]
    for value in ("12,5", "2026-11-22", "07:30", "00123", "Wort", "am Siel"):
        assert f'value="{value}"' in second
    assert "Erste Zeile\nzweite</textarea>" in second


WRONG = {
    "email": "anna",
    "phone": "x",
    "postcode": "12",
    "number": "viel <b>",
    "slider": "99",
    "day": "31.02.2026",
    "time": "halb acht",
    "mn.r1.c1": "drei",
    "map.shapes": "{",
}


def test_what_is_wrong_is_said_and_stays_where_it_was_typed(begun):
    answer = send(begun, "/umfrage/seite/writing", {**WRITTEN, **WRONG, "agree": ""})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert found_in(answer.text, "<title>(.*?)</title>").startswith("Fehler: Seite 2 von 2")
    summary = found_in(answer.text, r'role="alert".*?</ul>', 0)
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary)
    assert [field for field, _text in links] == [
        "f-email", "f-phone", "f-postcode", "f-number", "f-slider", "f-day", "f-time", "f-mn-r1-c1", "f-map-text",
        "f-agree",
    ]  # fmt: skip
    assert all(f'id="{field}"' in answer.text for field, _text in links)
    for _field, text in links:
        said = text.partition(": ")[2]
        assert answer.text.count(said) >= 2
    for name, value in WRONG.items():
        if name != "map.shapes":
            assert f'value="{value}"'.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    again = begun.get("/umfrage/seite/writing").text
    assert 'value="viel &lt;b&gt;"' in again
    assert 'value="halb acht"' in again
    assert 'value="Wort"' in again


def test_ranks_that_make_no_order_are_shown_as_they_were_sent(begun):
    answer = send(begun, "/umfrage/seite/choosing", {"rank.k1": "1", "rank.k2": "1"})
    assert answer.status_code == 422
    assert re.findall(r'name="rank\.k(\d)">.*?<option value="(\d)" selected', answer.text) == [
        ("1", "1"),
        ("2", "1"),
    ]


def test_what_stands_alone_stands_alone_and_other_wants_words(begun):
    answer = send(begun, "/umfrage/seite/choosing", {"multiple": ["m1", "m3"], "single": "_other"})
    assert answer.status_code == 422
    assert "Bitte schreiben Sie, was Sie meinen." in answer.text
    assert re.findall(r'value="(m\d)" id="[^"]+" checked', answer.text) == ["m1", "m3"]
    assert '<a href="#f-single-other">' in answer.text


def test_what_is_filled_in_beforehand_is_there_and_may_be_changed(client, database, town, session):
    data = definition(
        page(
            "p1",
            question("single", "single", options=options("a1", "a2"), default="a2"),
            question("many", "multiple", options=options("a1", "a2"), default=["a1"]),
            question("sure", "consent", default=True),
            question("words", "short", default="Hallo"),
        ),
        page("p2", question("unseen", "number", default=3, relevance='single == "a1"')),
    )
    open_survey(database, town, data, anonymity="pseudonymous")
    assert client.send("/umfrage/").headers["Location"] == "/umfrage/seite/p1"
    shown_first = client.get("/umfrage/seite/p1").text
    ticked = re.findall(r'<input[^>]* name="(\w+)" value="(\w+)"[^>]* checked', shown_first)
    assert (ticked, 'value="Hallo"' in shown_first) == ([("single", "a2"), ("many", "a1")], True)
    sent = send(client, "/umfrage/seite/p1", {"single": "a2", "many": ["a2"], "words": ""})
    assert sent.headers["Location"] == "/umfrage/uebersicht"
    client.post("/umfrage/absenden", data={"_token": client.token("/umfrage/uebersicht")})
    assert session.scalar(select(Response.answers)) == {"single": "a2", "many": ["a2"]}
