"""The first page in all its states, and who may begin."""

import datetime as dt

import pytest
from sqlalchemy import delete, select

from baukasten import clock
from baukasten.access import members
from baukasten.plugin.refs import Role, Standing
from baukasten.web.platform import EXTENSION
from baukasten_survey.access import codes
from baukasten_survey.access.admission import digest
from baukasten_survey.asking import drafts
from baukasten_survey.keys import AdmissionKind
from baukasten_survey.models import Admission, Draft, Quota
from baukasten_survey.surveys import lookup
from tests.survey.conftest import NOW, definition, kept, open_survey, options, page, question

DAY = dt.timedelta(days=1)


def begins(client):
    return client.send("/umfrage/").headers.get("Location") == "/umfrage/seite/p1"


def test_a_draft_is_for_its_authors_alone(client, browse, database, town, moderator, session):
    open_survey(database, town, state="draft")
    guest, staff = client.get("/umfrage/"), browse(moderator)
    assert "Diese Umfrage wird vorbereitet" in guest.text
    assert "<form" not in guest.text
    token = client.token("/konto/anmelden")
    assert client.post("/umfrage/", data={"_token": token}).status_code == 403
    assert "Sie probieren diese Umfrage aus" in staff.get("/umfrage/").text
    assert begins(staff)
    assert len(session.scalars(select(Draft.id)).all()) == 1


@pytest.mark.usefixtures("morning")
@pytest.mark.parametrize(
    ("values", "words", "ready"),
    [
        ({"opens_at": NOW + DAY}, "Diese Umfrage ist noch nicht offen", False),
        ({"opens_at": NOW - DAY, "closes_at": NOW + DAY}, "bis 21. März 2035", True),
        ({"opens_at": NOW - DAY, "closes_at": NOW}, "Diese Umfrage ist geschlossen", False),
        ({"state": "closed"}, "Diese Umfrage ist geschlossen", False),
    ],
)
def test_a_survey_says_when_it_takes_answers(client, database, town, values, words, ready):
    open_survey(database, town, **values)
    shown = client.get("/umfrage/")
    assert words in shown.text
    assert ("Beginnen" in shown.text) == ready
    token = client.token("/konto/anmelden")
    assert client.post("/umfrage/", data={"_token": token}).status_code == (303 if ready else 403)
    assert (client.get("/umfrage/seite/p1").status_code == 200) == ready


def test_a_survey_without_questions_asks_nothing(client, database, town):
    open_survey(database, town, definition(page("p1")))
    assert "Hier wird noch nichts gefragt" in client.get("/umfrage/").text


def test_a_survey_that_has_all_it_wants_says_so(client, database, town, session):
    module = open_survey(database, town, anonymity="pseudonymous")
    survey = lookup.of_module(session, module.id)
    session.add(Quota(survey_id=survey.id, code="all", expression="true", wanted=1, taken=1))
    session.commit()
    assert "Es haben genug Menschen geantwortet" in client.get("/umfrage/").text


@pytest.mark.parametrize(
    ("level", "word"),
    [
        ("named", "Mit Ihrem Namen."),
        ("pseudonymous", "Vertraulich."),
        ("separated", "Anonym."),
        ("blind", "Anonym, auch"),
    ],
)
def test_what_is_known_is_said_in_plain_words(client, database, town, level, word):
    open_survey(database, town, anonymity=level)
    text = client.get("/umfrage/").text
    promise = text[text.index('<div class="note') : text.index("Was „anonym“ hier genau heißt")]
    assert f"<b>{word}" in promise
    assert ("Anonym" in promise) == (level in {"separated", "blind"})
    explained = client.get("/umfrage/anonym")
    assert explained.status_code == 200
    assert explained.text.count("diese Umfrage</span>") == 1


def test_members_answer_once_each(browse, database, town, anna, ben):
    open_survey(database, town, access="registered")
    guest, first, second = browse(), browse(anna), browse(ben)
    assert "Anmelden und beginnen" in guest.get("/umfrage/").text
    token = guest.token("/konto/anmelden")
    refused = guest.post("/umfrage/", data={"_token": token})
    assert (refused.status_code, "Bitte melden Sie sich zuerst an." in refused.text) == (403, True)
    for browser in (first, second):
        assert begins(browser)
    receipts = [answer(browser) for browser in (first, second)]
    assert receipts[0] != receipts[1]
    assert "Sie haben schon teilgenommen" in first.get("/umfrage/").text
    assert first.send("/umfrage/").headers["Location"] == "/umfrage/danke"
    assert receipts[0] in first.get("/umfrage/danke").text


def test_residents_are_residents(browse, database, town, anna, new_member):
    open_survey(database, town, access="resident")
    resident = browse(new_member(Role.RESIDENT, name="Rieke Watt"))
    refused = browse(anna).send("/umfrage/")
    assert refused.status_code == 403
    assert 'role="alert"' in refused.text
    assert begins(resident)


@pytest.mark.parametrize("standing", [Standing.MUTED, Standing.SUSPENDED])
def test_who_must_not_write_does_not_answer_as_a_member(
    browse, database, town, anna, moderator, session, standing
):
    open_survey(database, town, access="registered")
    until = clock.now() + DAY
    members.set_standing(session, moderator, anna.id, standing, reason="Immer wieder laut.", until=until)
    session.commit()
    browser = browse(anna)
    assert "Sie können gerade nicht teilnehmen" in browser.get("/umfrage/").text
    token = browser.token("/konto/adresse")
    assert browser.post("/umfrage/", data={"_token": token}).status_code == 403


def test_codes_are_typed_and_never_stand_in_an_address(client, client_of, database, town, session):
    module = open_survey(database, town, access="code")
    code, other = codes.draw(), codes.draw()
    _hand_out(session, module, code)
    shown = client.get("/umfrage/").text
    assert 'name="code"' in shown
    assert 'method="post"' in shown
    wrong = client.send("/umfrage/", code=other)
    assert wrong.status_code == 422
    assert f'value="{other}"' in wrong.text
    assert 'href="#f-code"' in wrong.text
    typed = codes.grouped(code).lower()
    begun = client.send("/umfrage/", code=typed)
    # Nothing but what the prefix asks for: no other host of the domain can have set it.
    cookie = kept(client)
    assert (cookie.path, cookie.secure, cookie.http_only, cookie.origin_only) == ("/", True, True, True)
    assert begun.headers["Location"] == "/umfrage/seite/p1"
    receipt = answer(client)
    elsewhere = client_of(town)
    again = elsewhere.send("/umfrage/", code=code)
    assert again.headers["Location"] == "/umfrage/danke"
    assert receipt in elsewhere.get("/umfrage/danke").text


def _hand_out(session, module, code):
    survey = lookup.of_module(session, module.id)
    known = digest(session, survey.id, AdmissionKind.CODE, code)
    session.add(Admission(survey_id=survey.id, kind="code", digest=known))
    session.commit()


def answer(client):
    """Go through the small survey and give the receipt."""
    assert client.send("/umfrage/seite/p1", _shown="q1", q1="a1").status_code == 303
    assert client.send("/umfrage/seite/p2", _shown="q2").status_code == 303
    sent = client.post("/umfrage/absenden", data={"_token": client.token("/umfrage/uebersicht")})
    assert sent.headers["Location"] == "/umfrage/danke"
    return client.get("/umfrage/danke").text.partition('survey-receipt">')[2][:12]


def test_guessing_codes_ends_and_beginning_does_not(client, client_of, database, town, session):
    module = open_survey(database, town, access="code")
    code = codes.draw()
    _hand_out(session, module, code)
    token = client.token("/umfrage/")
    found = {
        client.post("/umfrage/", data={"_token": token, "code": codes.draw()}).status_code
        for _at in range(101)
    }
    assert found == {422, 429}
    # Others in the same office type their own: what is refused is guessing on, not answering.
    for _colleague in range(2):
        assert client_of(town).send("/umfrage/", code=code).status_code == 303


@pytest.mark.parametrize(
    ("level", "listed", "sent", "kept_of_it"),
    [
        ("pseudonymous", (), "kunde-4711", "kunde-4711"),
        ("pseudonymous", ("plakat",), "kunde-4711", None),
        ("separated", (), "kunde-4711", None),
        ("separated", ("plakat", "brief"), "kunde-4711", None),
        ("separated", ("plakat", "brief"), "plakat", "plakat"),
        ("separated", ("plakat",), "plakat\0", "plakat"),
    ],
)
def test_an_address_says_only_what_it_may(client, database, town, session, level, listed, sent, kept_of_it):
    asked = question("from", "hidden", parameter="quelle", options=options(*listed))
    data = definition(page("p1", asked, question("q1", "single", options=options("a1", "a2"))))
    module = open_survey(database, town, data, anonymity=level)
    shown = client.get("/umfrage/", query_string={"quelle": sent}).text
    assert ("kunde-4711" in shown) == (kept_of_it == "kunde-4711")
    assert client.send("/umfrage/", **{"given.from": sent}).status_code == 303
    survey_id, secret = lookup.of_module(session, module.id).id, drafts.read_secret(kept(client).value)
    assert secret is not None
    work = drafts.find(session, survey_id, drafts.keys_of(session, survey_id, secret))
    assert work is not None
    assert work.answers.get("from") == kept_of_it


def test_pages_of_another_town_know_nothing(client, client_of, database, town, other_town, session):
    open_survey(database, town)
    assert client_of(other_town).get("/umfrage/").status_code == 404
    session.execute(delete(Draft))
    open_survey(database, other_town)
    there = client_of(other_town)
    there.send("/umfrage/")
    mine = open_survey(database, town, slug="hier")
    stolen = kept(there)
    for name in (stolen.key, f"__Host-survey-{mine.id}"):
        client.set_cookie(name, stolen.value, domain=town.host, secure=True)
    assert client.get("/hier/seite/p1").headers["Location"] == "/hier/"
    assert client.get("/umfrage/seite/p1").headers["Location"] == "/umfrage/"


def test_the_first_page_asks_little_of_the_database(app, client, database, town, statements):
    open_survey(database, town)
    app.extensions[EXTENSION].generations.refresh()
    client.send("/umfrage/")
    client.get("/umfrage/")
    with statements() as asked:
        assert client.get("/umfrage/").status_code == 200
    assert len(asked) <= 3, asked


def test_answering_pages_are_kept_by_nobody(client, database, town):
    open_survey(database, town)
    client.send("/umfrage/")
    for path in ("/umfrage/", "/umfrage/seite/p1", "/umfrage/uebersicht", "/umfrage/spaeter"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert ('name="robots" content="noindex"' in answer.text) == (path != "/umfrage/")
