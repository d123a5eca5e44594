"""The register's window: from a code to an answer that nobody can join, and what it refuses."""

import base64
import datetime as dt
import re

import pytest

from baukasten import clock
from baukasten.access import members
from baukasten.plugin import Standing
from baukasten_survey.access import codes, issuing
from baukasten_survey.models import Admission, Sealed
from baukasten_survey.surveys import lookup
from tests.survey.access import holder
from tests.survey.conftest import definition, open_survey, options, page, question

FRONT, WINDOW = "/umfrage/", "/umfrage/schein"
ASKED = definition(page("p1", question("q1", "single", options=options("a1", "a2"), required=True)))


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, access="code", anonymity="blind")


@pytest.fixture
def survey(session, module):
    return lookup.of_module(session, module.id)


@pytest.fixture
def code(session, survey, module, admin):
    (drawn,) = codes.hand_out(session, admin, module, survey, 1, "Brief")
    session.commit()
    return drawn


@pytest.fixture
def window(client, survey):
    """Ask for a signature; gives the answer."""

    def ask(blinded, **values):
        sent = {"blinded": base64.b64encode(blinded).decode(), "_token": client.token(FRONT), **values}
        return client.post(WINDOW, data=sent)

    return ask


def draw(session, survey):
    prepared = holder.prepare(b"y" * 32)
    return prepared, *holder.blind(issuing.public_key(session, survey.id), prepared)


def test_from_the_code_to_an_answer_without_it(client, session, survey, code, window):
    prepared, blinded, secret = draw(session, survey)
    answer = window(blinded, code=codes.grouped(code))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    key = issuing.public_key(session, survey.id)
    signed = holder.finalize(key, prepared, base64.b64decode(answer.json["signature"]), secret)
    token = {"token": base64.b64encode(prepared).decode(), "signature": base64.b64encode(signed).decode()}
    begun = client.post(FRONT, data={**token, "_token": client.token(FRONT)})
    assert begun.location.endswith("/umfrage/seite/p1")
    sent = client.post(begun.location, data={"q1": "a2", "_token": client.token(begun.location)})
    assert sent.location.endswith("/umfrage/danke")
    assert session.query(Sealed).count() == 1
    kinds = [(row.kind, row.spent) for row in session.query(Admission).order_by(Admission.id)]
    assert kinds == [("code", True), ("token", True)]
    again = client.post(FRONT, data={**token, "_token": client.token(FRONT)})
    assert again.location.endswith("/umfrage/danke")
    assert session.query(Sealed).count() == 1


def test_asked_again_the_same_is_signed_and_nothing_else(session, survey, code, window):
    _prepared, blinded, _secret = draw(session, survey)
    first = window(blinded, code=code)
    assert window(blinded, code=code).json == first.json
    other = window(draw(session, survey)[1], code=code)
    assert other.status_code == 409
    assert "signature" not in other.json


def test_what_is_no_right_or_no_token_is_refused(session, survey, code, window):
    blinded = draw(session, survey)[1]
    assert window(blinded, code="falsch").status_code == 422
    assert window(blinded, code=codes.draw()).status_code == 422
    assert window(b"kurz", code=code).status_code == 422
    assert window(blinded).status_code == 422
    assert codes.all_series(session, survey.id) == [("Brief", 1, 0)]


def test_the_code_alone_begins_nothing(client, survey, code):
    answer = client.post(FRONT, data={"code": code, "_token": client.token(FRONT)})
    assert answer.status_code == 403
    assert "JavaScript" in answer.text


def test_the_page_names_the_key(client, session, survey):
    shown = client.get(FRONT).text
    assert re.search(r'data-n="[\w-]{342}" data-e="AQAB"', shown)
    survey.state = "closed"
    session.commit()
    assert "data-register" not in client.get(FRONT).text


def test_a_closed_survey_signs_nothing(client, session, survey, code, window):
    token = client.token(FRONT)
    blinded = base64.b64encode(draw(session, survey)[1]).decode()
    survey.state = "closed"
    session.commit()
    assert client.post(WINDOW, data={"blinded": blinded, "code": code, "_token": token}).status_code == 409


def test_who_is_muted_in_this_module_gets_no_token(browse, database, town, session, anna, moderator):
    module = open_survey(database, town, ASKED, access="registered", anonymity="blind")
    survey = lookup.of_module(session, module.id)
    blinded = base64.b64encode(draw(session, survey)[1]).decode()
    until = clock.now() + dt.timedelta(days=1)
    measure = {"reason": "Immer wieder laut.", "until": until, "module_id": module.id}
    members.set_standing(session, moderator, anna.id, Standing.MUTED, **measure)
    session.commit()
    browser = browse(anna)
    sent = {"blinded": blinded, "_token": browser.token("/konto/adresse")}
    assert browser.post(WINDOW, data=sent).status_code == 403
    members.set_standing(session, moderator, anna.id, Standing.ACTIVE, module_id=module.id)
    session.commit()
    assert browser.post(WINDOW, data=sent).status_code == 200
