"""Sending: once, whoever presses how often; with the same receipt; changed where that may be; flagged, not refused."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from baukasten import clock
from baukasten.access import members
from baukasten.plugin import Standing
from baukasten.web.platform import EXTENSION
from baukasten_survey.asking import drafts
from baukasten_survey.asking import views_suspicion as suspicion
from baukasten_survey.models import Admission, Draft, Quota, Response, Sealed
from baukasten_survey.surveys import lookup
from tests.survey.conftest import SMALL, definition, kept, open_survey, options, page, question

ONE = definition(page("p1", question("q1", "single", options=options("a1", "a2"), required=True)))
SENDING = "/umfrage/absenden"
MANY, THREADS = 200, 16


def fill(client, **values):
    """Begin and answer both pages of the small survey; gives the fields of the last form."""
    assert client.send("/umfrage/", **values).status_code == 303
    assert client.send("/umfrage/seite/p1", _shown="q1", q1="a2").status_code == 303
    assert client.send("/umfrage/seite/p2", _shown="q2", q2="Mehr Bänke am Kai, bitte.").status_code == 303
    return fields(client.get("/umfrage/uebersicht").text)


def fields(text):
    form = text[text.index('action="/umfrage/absenden"') :] if "umfrage/absenden" in text else text
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))


def receipt(client):
    return client.get("/umfrage/danke").text.partition('survey-receipt">')[2][:12]


def count(session, what):
    session.rollback()
    return session.scalar(select(func.count()).select_from(what))


def test_a_second_press_gives_the_same_receipt(client, database, town, session):
    open_survey(database, town)
    sent = fill(client)
    assert client.post(SENDING, data=sent).headers["Location"] == "/umfrage/danke"
    first = receipt(client)
    assert re.fullmatch(r"[0-9A-Z]{12}", first)
    # Back to the form that the browser kept, and pressed again.
    assert client.post(SENDING, data=sent).headers["Location"] == "/umfrage/danke"
    assert receipt(client) == first
    assert (count(session, Sealed), count(session, Admission), count(session, Draft)) == (1, 1, 0)
    # The form of somebody else is worth nothing.
    strange = client.post(SENDING, data={**sent, "_form": sent["_form"][:-4] + "AAAA"})
    assert strange.headers["Location"] == "/umfrage/"


def test_the_traces_on_a_device_can_be_deleted(client, database, town):
    open_survey(database, town)
    client.post(SENDING, data=fill(client))
    assert receipt(client)
    gone = client.post("/umfrage/verwerfen", data={"_token": client.token("/umfrage/danke")})
    assert gone.headers["Location"] == "/umfrage/?erledigt=verworfen"
    assert client.get("/umfrage/danke").headers["Location"] == "/umfrage/"
    assert kept(client) is None


def test_a_survey_of_one_page_is_sent_from_it(client, database, town, session):
    open_survey(database, town, ONE)
    client.send("/umfrage/")
    shown = client.get("/umfrage/seite/p1").text
    assert "Absenden" in shown
    sent = {**fields(shown), "q1": "a1"}
    for _press in range(2):
        assert client.post("/umfrage/seite/p1", data=sent).headers["Location"] == "/umfrage/danke"
    assert count(session, Sealed) == 1


def test_two_hundred_presses_of_one_form_count_once(client, client_of, app, database, town, session):
    open_survey(database, town, anonymity="pseudonymous")
    sent = fill(client)
    cookie = kept(client)

    def press(_number):
        browser = client_of(town)
        browser.set_cookie(cookie.key, cookie.value, domain=town.host, secure=True)
        answer = browser.post(SENDING, data=sent)
        return answer.status_code, receipt(browser)

    with ThreadPoolExecutor(THREADS) as pool:
        found = set(pool.map(press, range(MANY)))
    assert len(found) == 1
    assert found.pop()[0] == 303
    assert count(session, Response) == 1


def test_two_hundred_forms_of_one_member_count_once(
    browse, client_of, database, town, session, anna, sign_in
):
    open_survey(database, town, access="registered")
    browsers = [browse(anna) for _device in range(10)]
    forms = [(browser, fill(browser)) for browser in browsers]
    assert count(session, Draft) == len(browsers)

    def press(number):
        browser, sent = forms[number % len(forms)]
        copy = client_of(town)
        for cookie in browser._cookies.values():
            copy.set_cookie(cookie.key, cookie.value, domain=town.host, path=cookie.path, secure=True)
        answer = copy.post(SENDING, data=sent)
        return answer.status_code, receipt(copy)

    with ThreadPoolExecutor(THREADS) as pool:
        found = set(pool.map(press, range(MANY)))
    assert len(found) == 1
    assert (count(session, Sealed), count(session, Admission), count(session, Draft)) == (1, 1, 0)


def test_a_second_answer_with_one_right_is_told_that_the_first_counts(browse, database, town, session, anna):
    open_survey(database, town, access="registered")
    phone, desk = browse(anna), browse(anna)
    sent = [(browser, fill(browser)) for browser in (phone, desk)]
    first, second = [browser.post(SENDING, data=values) for browser, values in sent]
    assert first.headers["Location"] == "/umfrage/danke"
    assert second.headers["Location"] == "/umfrage/danke?vorher=1"
    assert "Sie hatten schon geantwortet" in desk.get(second.headers["Location"]).text
    assert receipt(phone) == receipt(desk)
    assert count(session, Sealed) == 1


def test_what_is_missing_keeps_it_from_being_taken(client, database, town, session):
    open_survey(database, town)
    client.send("/umfrage/")
    overview = client.get("/umfrage/uebersicht")
    assert overview.status_code == 422
    assert 'href="/umfrage/seite/p1#f-q1"' in overview.text
    refused = client.post(SENDING, data=fields(overview.text))
    assert refused.status_code == 422
    assert (count(session, Sealed), count(session, Admission), count(session, Draft)) == (0, 0, 1)


def test_a_survey_that_closed_meanwhile_takes_nothing(client, database, town, session):
    moment = clock.now()
    with clock.turned(moment):
        open_survey(database, town, closes_at=moment + dt.timedelta(hours=1))
        sent = fill(client)
        clock.set_to(moment + dt.timedelta(hours=1))
        assert client.post(SENDING, data=sent).status_code in {303, 403}
        assert "Diese Umfrage ist geschlossen" in client.get("/umfrage/").text
    assert (count(session, Sealed), count(session, Admission)) == (0, 0)


def test_a_full_quota_says_so_and_loses_nothing(client, database, town, session):
    module = open_survey(database, town, anonymity="pseudonymous")
    survey = lookup.of_module(session, module.id)
    words = {"de": "Vom zweiten sind genug da."}
    session.add(Quota(survey_id=survey.id, code="a2", expression='q1 == "a2"', wanted=0, message=words))
    session.commit()
    sent = fill(client)
    refused = client.post(SENDING, data=sent)
    assert refused.status_code == 403
    assert "Vom zweiten sind genug da." in refused.text
    assert (count(session, Response), count(session, Admission), count(session, Draft)) == (0, 0, 1)


def test_test_answers_of_a_draft_are_marked(browse, database, town, session, moderator):
    open_survey(database, town, state="draft")
    staff = browse(moderator)
    assert staff.post(SENDING, data=fill(staff)).headers["Location"] == "/umfrage/danke"
    (row,) = session.scalars(select(Response)).all()
    assert (row.test, row.version, row.answers["q1"]) == (True, 0, "a2")


def test_a_pseudonymous_answer_is_changed_until_the_close(browse, database, town, session, anna):
    module = open_survey(database, town, access="registered", anonymity="pseudonymous")
    browser = browse(anna)
    browser.post(SENDING, data=fill(browser))
    first = receipt(browser)
    assert "Meine Antworten ändern" in browser.get("/umfrage/").text
    assert browser.send("/umfrage/").headers["Location"] == "/umfrage/seite/p1"
    assert 'value="a2" id="f-q1--2" checked' in browser.get("/umfrage/seite/p1").text
    browser.send("/umfrage/seite/p1", _shown="q1", q1="a3")
    browser.send("/umfrage/seite/p2", _shown="q2")
    shown = browser.get("/umfrage/uebersicht").text
    assert "Änderungen speichern" in shown
    assert browser.post(SENDING, data=fields(shown)).headers["Location"] == "/umfrage/danke"
    assert receipt(browser) == first
    (row,) = session.scalars(select(Response)).all()
    assert (row.answers, row.member_id) == ({"q1": "a3"}, None)
    survey = lookup.of_module(session, module.id)
    survey.edit_key = None
    session.commit()
    assert browser.send("/umfrage/").headers["Location"] == "/umfrage/danke"


def test_named_answers_have_a_name(browse, database, town, session, anna):
    open_survey(database, town, access="registered", anonymity="named")
    browser = browse(anna)
    browser.post(SENDING, data=fill(browser))
    (row,) = session.scalars(select(Response)).all()
    assert (row.member_id, row.edit_digest) == (anna.id, None)


@pytest.mark.parametrize("level", ["named", "pseudonymous", "separated"])
def test_a_members_right_is_looked_at_again_when_the_answer_is_sent(
    browse, database, town, session, anna, ben, moderator, level
):
    open_survey(database, town, access="registered", anonymity=level)
    first, guest, other = browse(anna), browse(), browse(ben)
    fill(first)
    draft = kept(first)
    for browser, words in ((guest, "Bitte melden Sie sich zuerst an."), (other, "mit einem anderen Konto")):
        browser.set_cookie(draft.key, draft.value, domain=town.host, secure=True)
        refused = browser.post(SENDING, data=fields(browser.get("/umfrage/uebersicht").text))
        assert (refused.status_code, words in refused.text) == (422, True)
    until = clock.now() + dt.timedelta(days=1)
    members.set_standing(
        session, moderator, anna.id, Standing.MUTED, reason="Immer wieder laut.", until=until
    )
    session.commit()
    refused = first.post(SENDING, data=fields(first.get("/umfrage/uebersicht").text))
    assert (refused.status_code, "nicht schreiben" in refused.text) == (422, True)
    assert (count(session, Response), count(session, Sealed), count(session, Draft)) == (0, 0, 1)
    members.set_standing(session, moderator, anna.id, Standing.ACTIVE, reason="Wieder ruhig.")
    session.commit()
    sent = first.post(SENDING, data=fields(first.get("/umfrage/uebersicht").text))
    assert sent.headers["Location"] == "/umfrage/danke"
    assert count(session, Admission) == 1


def test_the_last_words_of_a_draft_are_for_its_authors(client, browse, database, town, moderator):
    module = open_survey(database, town, state="draft")
    for browser in (client, browse(moderator)):
        browser.set_cookie(f"__Host-survey-receipt-{module.id}", "X" * 12, domain=town.host, secure=True)
    assert client.get("/umfrage/danke").headers["Location"] == "/umfrage/"
    assert client.get("/umfrage/fragebogen.pdf").status_code == 404


@pytest.mark.parametrize(("level", "flagged"), [("pseudonymous", ["fast", "trap"]), ("separated", None)])
def test_what_looks_strange_is_flagged_and_taken(client, database, town, session, level, flagged):
    open_survey(database, town, anonymity=level, least_seconds=600)
    sent = fill(client)
    assert client.post(SENDING, data={**sent, "homepage": "x"}).headers["Location"] == "/umfrage/danke"
    session.rollback()
    assert session.scalars(select(Response.flags)).all() == ([flagged] if flagged else [])
    assert count(session, Sealed) == (0 if flagged else 1)


def test_many_of_one_network_and_many_alike_are_flagged(client, database, town, session, monkeypatch):
    monkeypatch.setattr(suspicion, "BURST", 2)
    monkeypatch.setattr(suspicion, "SAME", 2)
    monkeypatch.setattr(suspicion, "LONG_ENOUGH", 20)
    open_survey(database, town, anonymity="pseudonymous")
    for _person in range(3):
        client.post(SENDING, data=fill(client))
    rows = session.scalars(select(Response.flags).order_by(Response.id)).all()
    assert rows == [[], [], ["burst", "same"]]


def test_an_answer_costs_little_more_than_a_page(app, client, database, town, statements):
    open_survey(database, town)
    # The first answer opens a batch.
    client.post(SENDING, data=fill(client))
    app.extensions[EXTENSION].generations.refresh()
    sent = fill(client)
    with statements() as asked:
        assert client.post(SENDING, data=sent).status_code == 303
    # Scope, draft, survey, right, batch, sealed row, draft away.
    assert len(asked) == 7, asked


def test_drafts_are_thrown_away_in_time(client, client_of, database, town, session):
    moment = clock.now()
    with clock.turned(moment):
        open_survey(database, town, closes_at=moment + dt.timedelta(days=5))
        client.send("/umfrage/")
        for days, left in ((4, 1), (7, 1), (9, 0)):
            clock.set_to(moment + dt.timedelta(days=days))
            drafts.tidy(session)
            session.commit()
            assert count(session, Draft) == left
    with clock.turned(moment):
        open_survey(database, town, SMALL, slug="zwei")
        client_of(town).send("/zwei/")
        clock.set_to(moment + drafts.LIFE + dt.timedelta(days=1))
        drafts.tidy(session)
        session.commit()
    assert count(session, Draft) == 0
