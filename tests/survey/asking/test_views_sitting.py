"""Where nobody may know who answers, nothing is asked of and nothing taken from a browser that says who it is."""

import base64

import pytest
from sqlalchemy import func, select

from baukasten.web.visitors import SESSION_COOKIE
from baukasten_survey.access import codes, issuing
from baukasten_survey.models import Draft, Sealed
from baukasten_survey.surveys import lookup
from tests.survey.access import holder
from tests.survey.conftest import definition, kept, open_survey, options, page, question

FRONT = "/umfrage/"
ASKED = definition(page("p1", question("q1", "single", options=options("a1", "a2"), required=True)))


def signed(session, module, browser, **values):
    """Have a token signed and give what a form sends of it."""
    key = issuing.public_key(session, lookup.of_module(session, module.id).id)
    prepared = holder.prepare(b"z" * 32)
    blinded, secret = holder.blind(key, prepared)
    sent = {"blinded": base64.b64encode(blinded).decode(), "_token": browser.token(FRONT), **values}
    answer = browser.post(f"{FRONT}schein", data=sent)
    signature = holder.finalize(key, prepared, base64.b64decode(answer.json["signature"]), secret)
    return {
        "token": base64.b64encode(prepared).decode(),
        "signature": base64.b64encode(signature).decode(),
    }


def count(session, what):
    session.rollback()
    return session.scalar(select(func.count()).select_from(what))


@pytest.fixture
def blind(database, town):
    return open_survey(database, town, ASKED, access="registered", anonymity="blind")


def test_a_member_fetches_a_token_and_answers_signed_out(browse, session, blind, anna, town):
    browser = browse(anna)
    shown = browser.get(FRONT).text
    assert "getrennt von Ihrem Konto" in shown
    assert ("data-fetch" in shown, "survey-resume" in shown) == (True, False)
    token = signed(session, blind, browser)
    refused = browser.post(FRONT, data={**token, "_token": browser.token(FRONT)})
    assert (refused.status_code, count(session, Draft)) == (403, 0)
    out = browser.post("/konto/abmelden", data={"_token": browser.token(FRONT), "next": FRONT})
    assert (out.headers["Location"], browser.get_cookie(SESSION_COOKIE, town.host)) == (FRONT, None)
    guest = browser.get(FRONT).text
    assert "data-holds hidden" in guest
    assert browser.send(FRONT, **token).headers["Location"] == f"{FRONT}seite/p1"
    sent = browser.send(f"{FRONT}seite/p1", _shown="q1", q1="a1")
    assert (sent.headers["Location"], count(session, Sealed)) == (f"{FRONT}danke", 1)
    # Nothing leads from the receipt to who signs in later.
    assert kept(browser, "survey-receipt").max_age == 600


@pytest.mark.parametrize("over", [False, True])
def test_whoever_signs_in_meanwhile_is_asked_nothing_and_loses_nothing(
    browse, session, blind, anna, town, over
):
    member, browser = browse(anna), browse()
    assert browser.send(FRONT, **signed(session, blind, member)).status_code == 303
    form = browser.get(f"{FRONT}seite/p1")
    assert form.status_code == 200
    secret = "x" * 43 if over else member.get_cookie(SESSION_COOKIE, town.host).value
    browser.set_cookie(SESSION_COOKIE, secret, domain=town.host, secure=True)
    for path in ("seite/p1", "uebersicht", "spaeter", "danke"):
        assert browser.get(FRONT + path).headers["Location"] == FRONT
    answer = {"_token": browser.token(FRONT), "_shown": "q1", "q1": "a1"}
    for path in ("seite/p1", "absenden"):
        assert browser.post(FRONT + path, data=answer).headers["Location"] == FRONT
    assert (
        browser.post(f"{FRONT}fortsetzen", data={**answer, "resume": kept(browser).value}).status_code == 422
    )
    assert (count(session, Sealed), count(session, Draft)) == (0, 1)
    assert "Sie haben schon angefangen" not in browser.get(FRONT).text
    browser.post("/konto/abmelden", data={"_token": browser.token(FRONT), "next": FRONT})
    assert browser.send(f"{FRONT}seite/p1", _shown="q1", q1="a1").headers["Location"] == f"{FRONT}danke"
    assert count(session, Sealed) == 1


def test_a_code_is_typed_signed_out(browse, database, town, session, admin, anna):
    module = open_survey(database, town, ASKED, access="code", anonymity="blind")
    (code,) = codes.hand_out(session, admin, module, lookup.of_module(session, module.id), 1, "Brief")
    session.commit()
    shown = browse(anna).get(FRONT).text
    assert ("getrennt von Ihrem Konto" in shown, 'name="code"' in shown, "data-fetch" in shown) == (
        True,
        False,
        False,
    )
    guest = browse()
    token = signed(session, module, guest, code=code)
    assert guest.send(FRONT, **token).headers["Location"] == f"{FRONT}seite/p1"


@pytest.mark.parametrize("level", ["pseudonymous", "separated"])
def test_at_other_levels_an_account_is_no_hindrance(browse, database, town, anna, level):
    open_survey(database, town, ASKED, access="registered", anonymity=level)
    assert browse(anna).send(FRONT).headers["Location"] == f"{FRONT}seite/p1"
