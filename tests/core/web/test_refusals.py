"""What is refused or breaks is said in words that help, and tells strangers nothing of the inside."""

import logging
import re

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import BadRequest, Gone, MethodNotAllowed, RequestEntityTooLarge

from baukasten import errors
from baukasten.web import refusals
from baukasten.web.i18n import speaking, translator
from tests.core.web.conftest import Probe

ERROR = "/probe/error"
SECRET = "secret-of-the-inside"


class Driver(Exception):
    """Stands for what the database driver says."""


@pytest.mark.parametrize(
    ("error", "status", "title", "words"),
    [
        (errors.NotFound(), 404, "Diese Seite gibt es nicht", ""),
        (errors.NotFound("town 7 is hidden"), 404, "Diese Seite gibt es nicht", ""),
        (errors.Denied(), 403, "", "Dazu haben Sie keine Berechtigung"),
        (errors.Closed("Ab 3. Mai geöffnet."), 403, "", "Ab 3. Mai geöffnet."),
        (errors.Conflict(), 409, "", "inzwischen geändert"),
        (errors.Invalid({"x": "wrong"}), 422, "", "Prüfen Sie"),
        (errors.TooMany(90), 429, "", ""),
        (errors.Unavailable(), 503, "", "später"),
        (errors.BaukastenError("Kaputt."), 500, "", "Kaputt."),
        (BadRequest(SECRET), 400, "", ""),
        (RequestEntityTooLarge(), 413, "", ""),
        (Gone(), 410, "", ""),
        (RuntimeError(SECRET), 500, "Bei uns ist etwas kaputtgegangen", ""),
        (OperationalError(SECRET, None, Driver(SECRET)), 503, "", ""),
        (OperationalError(SECRET, None, DeadlockDetected(SECRET)), 409, "", "inzwischen geändert"),
    ],
)
def test_each_refusal_is_a_page_of_the_town_in_its_language(guest, town, error, status, title, words):
    Probe.error = error
    answer = guest.get(ERROR)
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        status, "text/html", "private, no-store",
    )  # fmt: skip
    page = answer.text
    assert ("<!doctype html>" in page, town.name in page, SECRET in page) == (True, True, False)
    assert 'lang="de"' in page
    assert title in page
    assert words in page
    assert "town 7 is hidden" not in page


@pytest.mark.parametrize("error", [kind() for kind in (errors.Denied, errors.Conflict, errors.Unavailable)])
def test_what_a_refusal_says_by_default_is_translated(guest, error):
    Probe.error = error
    with speaking(translator("de")):
        german = translator("de").gettext("core", error.default)
    assert german != error.default
    assert german in guest.get(ERROR).text
    assert error.default in guest.get(f"/en{ERROR}").text


def test_guests_are_led_to_the_door_and_back(guest):
    Probe.error = errors.SignInNeeded()
    answer = guest.get(f"/en{ERROR}?page=2&sort=new")
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        "/en/konto/anmelden?next=/en/probe/error?page%3D2%26sort%3Dnew",
    )


def test_a_form_sent_without_signing_in_is_refused_where_it_is(guest):
    Probe.error = errors.SignInNeeded()
    assert guest.post(ERROR, headers={"Authorization": "Bearer x"}).status_code == 403


def test_what_somebody_wrote_comes_back_when_the_session_ended_meanwhile(guest):
    sent = {"_token": "gone", "password": "geheim-geheim", "body": "Mein <langer>\nText & mehr"}
    answer = guest.post(ERROR, data=sent)
    assert answer.status_code == 403
    assert re.search(r"<textarea[^>]*>\nMein &lt;langer&gt;\nText &amp; mehr</textarea>", answer.text)
    assert "geheim" not in answer.text
    assert "<textarea" not in guest.post(ERROR, data={"_token": "gone"}).text
    foreign = guest.post(ERROR, data=sent, headers={"Origin": "https://fremd.example"})
    assert (foreign.status_code, "langer" in foreign.text) == (403, False)


def test_whoever_asks_too_often_learns_when_to_come_back(guest):
    Probe.error = errors.TooMany(90)
    assert guest.get(ERROR).headers["Retry-After"] == "90"


def test_a_method_that_is_missing_names_those_that_are_there(guest):
    Probe.error = MethodNotAllowed(["GET"])
    answer = guest.get(ERROR)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert guest.delete(ERROR).status_code == 405


def test_an_accident_has_a_number_on_page_and_in_the_log(guest, caplog):
    Probe.error = RuntimeError(SECRET)
    answer = guest.get(ERROR)
    assert answer.headers["X-Request-Id"] in answer.text
    assert "Traceback" not in answer.text
    (record,) = (one for one in caplog.records if one.name == refusals.__name__)
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "an accident in probe.error")
    assert SECRET in str(record.exc_info)


@pytest.mark.parametrize("asked", ["SELECT 99999999999999999999::bigint", "SELECT 'a'::int"])
def test_what_the_database_cannot_take_is_a_bad_request_with_the_towns_frame(guest, town, asked):
    answer = guest.get(f"/probe/sql/{asked}")
    assert (answer.status_code, town.name in answer.text) == (400, True)


@pytest.mark.parametrize("asked", ["SELECT 1 FROM gibt_es_nicht", "SELECT broken syntax here"])
def test_a_broken_statement_is_an_accident_with_the_towns_frame(guest, town, asked):
    answer = guest.get(f"/probe/sql/{asked}")
    assert (answer.status_code, town.name in answer.text) == (500, True)
    assert ("does not exist" in answer.text, "psycopg" in answer.text) == (False, False)


@pytest.mark.parametrize(
    "path", ["/suche?q=%00", "/%00", "/beteiligung/%00/", "/konto/anmelden?next=%00", "/?%00"]
)
def test_a_nul_in_an_address_breaks_nothing(guest, path):
    assert guest.get(path).status_code < 500


def test_a_request_that_is_too_large_is_refused(guest):
    answer = guest.post("/probe/form", data={"text": "x" * 300_000})
    assert answer.status_code == 413


def test_when_the_frame_breaks_too_words_remain(guest, monkeypatch, caplog):
    def broken(*_names, **_values):
        raise OSError(SECRET)

    monkeypatch.setattr(refusals, "render", broken)
    Probe.error = RuntimeError(SECRET)
    answer = guest.get(ERROR)
    assert (answer.status_code, SECRET in answer.text, len(answer.text) > 80) == (500, False, True)
    assert "Bei uns ist etwas kaputtgegangen" in answer.text


@pytest.mark.parametrize(
    "host",
    [
        "nirgends.test",
        "{host}.boese.example",
        "127.0.0.1",
        "[::1]:8000",
        "x" * 300,
        "",
        "a b",
        'a"<b>',
        "{host}:x:y",
    ],
)
def test_hosts_that_nobody_knows_learn_no_towns_name(guest, town, host):
    answer = guest.get("/", environ_overrides={"HTTP_HOST": host.format(host=town.host)})
    assert (answer.status_code in (400, 404), town.name in answer.text) == (True, False)
