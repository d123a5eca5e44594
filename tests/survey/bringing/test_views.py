"""The pages of bringing in: small files at once, large ones and responses in a job, and who may."""

import io

import pytest

from baukasten_survey.bringing import views
from baukasten_survey.models import Survey
from tests.survey.bringing.conftest import packed
from tests.survey.building.conftest import BASE, draft, fields, stored
from tests.survey.conftest import SMALL
from tests.survey.transfer.lime_files import Made, structure

URL = f"{BASE}einlesen"
SMALL_FILE = structure(Made("weg", "S", text="Welcher Weg?"), languages=("de",))


def press(desk, data, name="umfrage.lss", **values):
    """Send a file as a browser does."""
    sent = {**fields(desk.get(URL).text, "einlesen"), "file": (io.BytesIO(data), name), **values}
    return desk.post(URL, data=sent, content_type="multipart/form-data")


@pytest.mark.parametrize("content", [b"", b"nichts", b"{}", b"<xml", b"PK\x03\x04kaputt", b"\0" * 100])
def test_files_that_are_none_are_refused_with_a_sentence(browse, moderator, database, town, session, content):
    draft(database, town)
    assert press(browse(moderator), content).status_code == 422
    assert stored(session) == SMALL


def test_a_table_for_spreadsheets_says_what_to_do_instead(browse, moderator, database, town):
    draft(database, town)
    answer = press(
        browse(moderator),
        b"id\trelated_id\tclass\ttype/scale\tname\trelevance\n1\t\tS\t\tsid\t4711\n",
        "x.txt",
    )
    assert (answer.status_code, "(.lss)" in answer.text) == (422, True)


def test_a_file_becomes_the_draft_and_can_be_taken_back(browse, moderator, database, town, session):
    draft(database, town)
    desk = browse(moderator)
    answer = press(desk, SMALL_FILE)
    assert answer.status_code == 200, answer.text
    assert stored(session)["title"] == {"de": "Survey de"}
    assert desk.post(f"{BASE}zurueck", data=fields(answer.text, "zurueck")).status_code == 303
    assert stored(session) == SMALL


def test_responses_are_read_in_a_job_and_the_page_tells(browse, admin, database, town, mailbox, session):
    draft(database, town)
    desk = browse(admin)
    answer = press(desk, packed(5, half=1, stray=True), "alt.lsa", responses="1")
    assert answer.status_code == 303
    page = desk.get(answer.location)
    assert ("wird eingelesen" in page.text, page.status_code) == (True, 200)
    token = desk.token(answer.location)
    assert press(desk, packed(5), "alt.lsa", responses="1").status_code == 409
    mailbox.deliver()
    page = desk.get(answer.location).text
    assert ("4 Antworten wurden übernommen" in page, "4711X7X9" in page, "alt.lsa" in desk.get(URL).text) == (
        True,
    ) * 3
    assert session.query(Survey.state).scalar() == "closed"
    assert desk.post(f"{answer.location}/verwerfen", data={"_token": token}).status_code == 409


def test_large_files_wait_for_a_job_and_can_be_thrown_away(browse, moderator, database, town, monkeypatch):
    monkeypatch.setattr(views, "AT_ONCE", 100)
    draft(database, town)
    desk = browse(moderator)
    where = press(desk, SMALL_FILE).location
    assert desk.post(f"{where}/verwerfen", data={"_token": desk.token(where)}).location == where
    assert "verworfen" in desk.get(where).text


def test_only_who_may_run_takes_responses_and_strangers_find_nothing(
    browse, moderator, admin, citizen, database, town
):
    draft(database, town)
    assert press(browse(moderator), packed(1), responses="1").status_code == 403
    where = press(browse(admin), packed(1), responses="1").location
    assert browse(citizen).get(where).status_code == 403
    missing, huge = (browse(admin).get(f"{URL}/datei/{number}") for number in (99999999, 10**30))
    assert (missing.status_code, huge.status_code) == (404, 404)
