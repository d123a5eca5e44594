"""Answering page by page: conditions, soft questions, the way back, saving, another device, another language."""

import html
import json
import re

import pytest
from sqlalchemy import select

from baukasten.web.platform import EXTENSION
from baukasten_survey.asking import drafts
from baukasten_survey.models import Draft, Response
from baukasten_survey.surveys import lookup
from tests.survey.conftest import (
    SMALL,
    definition,
    found_in,
    kept,
    open_survey,
    options,
    page,
    publish,
    question,
)

BRANCHING = definition(
    page(
        "p1",
        question("how", "single", options=options("foot", "bike", "car"), required=True),
        question("why", "long", relevance='how == "car"', required=True),
        question("where", "short", soft=True),
    ),
    page("p2", question("lock", "yes_no"), relevance='how == "bike"'),
    page("p3", question("last", "long", help={"de": "Sie schrieben: {where}"})),
)
PAGES = "/umfrage/seite"


@pytest.fixture
def begun(client, database, town):
    open_survey(database, town, BRANCHING, anonymity="pseudonymous")
    client.send("/umfrage/")
    return client


def shown(text):
    return re.findall(r'name="_shown" value="(\w+)"', text)


def visible(text):
    """The questions that a page shows without its script."""
    slots = r'<fieldset class="survey-slot"([^>]*)>\s*<input type="hidden" name="_shown" value="(\w+)"'
    return [code for facts, code in re.findall(slots, text) if " hidden" not in facts]


def send(client, code, *codes, **values):
    token = client.token(f"{PAGES}/{code}")
    return client.post(f"{PAGES}/{code}", data={"_token": token, "_shown": list(codes), **values})


def where(answer):
    return answer.headers.get("Location", "").removeprefix("/umfrage/")


def test_questions_that_answers_bring_are_shown_before_it_goes_on(begun):
    first = begun.get(f"{PAGES}/p1")
    assert visible(first.text) == ["how", "where"]
    assert shown(first.text) == ["how", "why", "where"]
    assert where(send(begun, "p1", "how", "where", how="car", where="Siel")) == "seite/p1?neu=1"
    second = begun.get(f"{PAGES}/p1?neu=1")
    assert visible(second.text) == ["how", "why", "where"]
    assert "Fragen dazugekommen" in second.text
    assert 'value="car" id="f-how--3" checked' in second.text
    missing = send(begun, "p1", "how", "why", "where", how="car", where="Siel")
    assert missing.status_code == 422
    assert 'href="#f-why"' in missing.text
    assert where(send(begun, "p1", "how", "why", "where", how="car", why="Regen", where="Siel")) == "seite/p3"


def test_the_browser_gets_the_conditions_of_the_page_as_trees(begun):
    text = begun.get(f"{PAGES}/p1").text
    (tree,) = re.findall(r'data-question="why"[^>]* data-when="([^"]+)"', text)
    assert json.loads(html.unescape(tree)) == ["==", {"name": "how"}, "car"]
    facts = json.loads(html.unescape(found_in(text, r'data-survey="([^"]+)"')))
    assert facts["types"] == {"how": {"sort": "text", "values": {}}}
    assert facts["answers"] == {}


def test_a_browser_that_followed_them_sends_all_at_once(begun):
    sent = send(begun, "p1", "how", "why", "where", how="car", why="Regen", where="Siel")
    assert where(sent) == "seite/p3"
    # What became hidden again is not asked for and does not count.
    assert where(send(begun, "p1", "how", "where", how="foot", where="Siel")) == "seite/p3"
    overview = begun.get("/umfrage/uebersicht").text
    assert "Regen" not in overview
    assert "Frage why" not in overview


def test_hidden_pages_are_passed_and_counted_out(begun):
    assert where(send(begun, "p1", "how", "where", how="foot", where="x")) == "seite/p3"
    assert "Seite 2 von 2" in begun.get(f"{PAGES}/p3").text
    assert where(begun.get(f"{PAGES}/p2")) == "seite/p3"
    assert where(send(begun, "p3", "last", go="back")) == "seite/p1"
    assert where(send(begun, "p1", "how", "where", how="bike", where="x")) == "seite/p2"
    assert "Seite 2 von 3" in begun.get(f"{PAGES}/p2").text
    for missing in ("nirgends", "0", "..."):
        assert begun.get(f"{PAGES}/{missing}").status_code in {303, 404}


def test_what_may_stay_empty_is_asked_about_once(begun):
    first = send(begun, "p1", "how", "where", how="foot")
    assert first.status_code == 422
    assert "Möchten Sie das leer lassen?" in first.text
    assert re.findall(r'name="_confirmed" value="(\w+)"', first.text) == ["where"]
    assert "aria-invalid" not in first.text
    assert where(send(begun, "p1", "how", "where", how="foot", _confirmed="where")) == "seite/p3"
    assert where(send(begun, "p1", "how", "where", how="foot")) == "seite/p3"


def test_earlier_answers_are_words_in_later_ones(begun):
    send(
        begun, "p1", "how", "where", how="foot", where="<script>alert(1)</script> [x](https://boese.example)"
    )
    text = begun.get(f"{PAGES}/p3").text
    assert "Sie schrieben: &lt;script&gt;alert(1)&lt;/script&gt; [x](https\u2060://boese.example)" in text
    assert "<script>alert" not in text
    assert 'href="https://boese' not in text


def test_back_and_later_lose_nothing_that_was_typed(begun):
    send(begun, "p1", "how", "where", how="foot", where="Siel")
    assert where(send(begun, "p3", "last", last="Halb fertig", go="back")) == "seite/p1"
    assert "Halb fertig</textarea>" in begun.get(f"{PAGES}/p3").text
    assert where(send(begun, "p3", "last", last="Noch mehr", go="later")) == "spaeter"
    assert "Noch mehr</textarea>" in begun.get(f"{PAGES}/p3").text


def test_pages_are_saved_while_somebody_writes(begun):
    saved = send(begun, "p1", "how", "where", where="unterwegs", _autosave="1")
    assert (saved.status_code, saved.data) == (204, b"")
    assert 'value="unterwegs"' in begun.get(f"{PAGES}/p1").text


def test_it_goes_on_at_another_device(begun, client_of, town):
    send(begun, "p1", "how", "where", how="foot", where="Siel")
    text = begun.get("/umfrage/spaeter").text
    code = found_in(text, r'survey-resume-code" dir="ltr">([^<]+)<')
    assert re.fullmatch(r"([0-9A-Z]{4}-){6}[0-9A-Z]{2}", code)
    assert "survey-qr" in text
    other = client_of(town)
    wrong = other.post("/umfrage/fortsetzen", data={"_token": other.token("/umfrage/"), "resume": "A" * 26})
    assert wrong.status_code == 422
    assert "Unter diesem Code finden wir nichts." in wrong.text
    typed = code.lower().replace("-", " ").replace("0", "o")
    found = other.post("/umfrage/fortsetzen", data={"_token": other.token("/umfrage/"), "resume": typed})
    assert where(found) == "seite/p3"
    assert 'value="Siel"' in other.get(f"{PAGES}/p1").text
    left = begun.post("/umfrage/verlassen", data={"_token": begun.token("/umfrage/")})
    assert where(left) == ""
    assert where(begun.get(f"{PAGES}/p1")) == ""
    assert other.get(f"{PAGES}/p1").status_code == 200
    gone = other.post("/umfrage/verwerfen", data={"_token": other.token("/umfrage/")})
    assert where(gone) == "?erledigt=verworfen"
    again = begun.post("/umfrage/fortsetzen", data={"_token": begun.token("/umfrage/"), "resume": code})
    assert again.status_code == 422


def test_nobody_opens_a_draft_with_what_lies_on_the_server(begun, session):
    send(begun, "p1", "how", "where", how="foot", where="Ganz geheim")
    (row,) = session.scalars(select(Draft)).all()
    secret = drafts.read_secret(kept(begun).value)
    assert secret is not None
    assert b"geheim" not in row.blob
    assert len(row.blob) % drafts.PAD == drafts.NONCE + 16
    keys = drafts.keys_of(session, row.survey_id, secret)
    assert keys.digest == row.digest
    work = drafts.find(session, row.survey_id, keys)
    assert work is not None
    assert work.answers["where"] == "Ganz geheim"
    others = drafts.keys_of(session, row.survey_id, drafts.new_secret())
    assert drafts.find(session, row.survey_id, others) is None
    assert session.scalars(select(Response)).all() == []


def town_of(client):
    return client.host


def test_a_survey_speaks_more_languages_than_its_site(client, database, town):
    data = definition(
        page("p1", {"code": "q1", "kind": "single", "title": {"de": "Wie geht es?", "ar": "كيف حالك؟"},
                    "options": [{"code": "a1", "title": {"de": "gut", "ar": "جيد"}}], "required": True}),
        languages=("de", "ar"),
    )  # fmt: skip
    open_survey(
        database, town, {**data, "title": {"de": "Befinden", "ar": "الحال"}}, anonymity="pseudonymous"
    )
    front = client.get("/umfrage/?sprache=ar").text
    assert '<html lang="de" dir="ltr">' in front
    assert 'class="wrap survey" lang="ar" dir="rtl"' in front
    assert "<h1>الحال</h1>" in front
    # The site around speaks its own language.
    assert "Zum Inhalt springen" in front
    assert ">Anmelden</a>" in front
    assert 'hreflang="de"' in front
    assert where(client.send("/umfrage/", _language="ar")) == "seite/p1"
    text = client.get(f"{PAGES}/p1").text
    assert "كيف حالك؟" in text
    assert 'dir="rtl"' in text
    assert "Wie geht es?" in client.get(f"{PAGES}/p1?sprache=de").text
    assert "كيف حالك؟" in client.get(f"{PAGES}/p1").text
    assert "كيف حالك؟" in client.get(f"/en{PAGES}/p1").text


def test_a_page_that_is_sent_costs_three_statements(app, begun, statements):
    app.extensions[EXTENSION].generations.refresh()
    send(begun, "p1", "how", "where", how="foot", where="Siel")
    token = begun.token(f"{PAGES}/p1")
    with statements() as asked:
        answer = begun.post(
            f"{PAGES}/p1", data={"_token": token, "_shown": ["how", "where"], "how": "foot", "where": "x"}
        )
    assert where(answer) == "seite/p3"
    assert len(asked) == 3, asked


def test_a_draft_stays_with_the_version_that_it_began_with(client, database, town, session):
    module = open_survey(database, town)
    client.send("/umfrage/")
    survey = lookup.of_module(session, module.id)
    publish(session, survey, {**SMALL, "pages": [page("p1", question("q9", "long"))]})
    session.commit()
    assert "Frage q1" in client.get(f"{PAGES}/p1").text
    client.post("/umfrage/verwerfen", data={"_token": client.token("/umfrage/")})
    client.send("/umfrage/")
    assert "Frage q9" in client.get(f"{PAGES}/p1").text


def test_hostile_forms_are_no_accident(begun):
    receipt = kept(begun).key.replace("survey", "survey-receipt")
    token = begun.token(f"{PAGES}/p1")
    for value in ("\x00", "9" * 5000, "[" * 500, "٣٣", "{{ 7 * 7 }}"):
        fields = dict.fromkeys(
            ("_shown", "_confirmed", "how", "why", "where", "go", "_form", "_language", "how.other"), value
        )
        assert begun.post(f"{PAGES}/p1", data={"_token": token, **fields}).status_code < 500
        assert begun.get(f"{PAGES}/p1?neu={value}&sprache={value}").status_code < 500
        begun.set_cookie(
            receipt,
            value.replace("\x00", "").encode("ascii", "replace").decode()[:50],
            domain=town_of(begun),
            secure=True,
        )
        assert begun.get("/umfrage/danke").status_code < 500
