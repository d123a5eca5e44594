"""Files of an answer: taken from members where answers are open, kept with it, nobody's where it has no name."""

import io
import re

import pytest
from sqlalchemy import select

from baukasten.media import names
from baukasten.media.models import Media
from baukasten_survey.models import Response, Sealed
from tests.survey.asking.test_views_finishing import fields
from tests.survey.conftest import definition, open_survey, page, question

FILE = definition(page("p1", question("plan", "file", max_answers=2)), page("p2", question("why", "long")))
PAGE = "/umfrage/seite/p1"


def upload(browser, *names, **values):
    files = [(io.BytesIO(f"Text von {name}".encode()), name) for name in names]
    return browser.post(PAGE, data={"_token": browser.token(PAGE), "_shown": "plan", "plan": files, **values})


@pytest.mark.parametrize("level", ["named", "pseudonymous"])
def test_files_come_with_the_answer(browse, database, town, session, anna, moderator, admin, level):
    open_survey(database, town, FILE, access="registered", anonymity=level)
    browser = browse(anna)
    browser.send("/umfrage/")
    assert upload(browser, "eins.txt", "zwei.txt").headers["Location"] == "/umfrage/seite/p2"
    shown = browser.get(PAGE).text
    assert re.findall(r"</svg> (\w+\.txt)<", shown) == ["eins.txt", "zwei.txt"]
    first = re.findall(r'name="plan.remove" value="(\d+)"', shown)[0]
    assert upload(browser, **{"plan.remove": first}).status_code == 303
    browser.send("/umfrage/seite/p2", _shown="why")
    overview = browser.get("/umfrage/uebersicht").text
    assert "zwei.txt" in overview
    assert "eins.txt" not in overview
    assert browser.post("/umfrage/absenden", data=fields(overview)).headers["Location"] == "/umfrage/danke"
    (row,) = session.scalars(select(Response)).all()
    (told,) = row.answers["plan"]
    file = session.scalar(select(Media).where(Media.id == told["id"]))
    assert (told["name"], file.content_type, file.content_id) == ("zwei.txt", "survey.response", row.id)
    assert file.uploader_id == (anna.id if level == "named" else None)
    # Single answers are for administrators, and so are the files in them.
    address = names.ref(file).url
    assert [browse(one).get(address).status_code for one in (None, moderator, admin)] == [404, 404, 200]


def test_guests_and_sealed_answers_have_none(client, browse, database, town, session, anna):
    open_survey(database, town, FILE, anonymity="pseudonymous")
    client.send("/umfrage/")
    assert "Dateien können Sie hinzufügen, wenn Sie angemeldet sind." in client.get(PAGE).text
    assert upload(client, "eins.txt").headers["Location"] == "/umfrage/seite/p2"
    open_survey(database, town, FILE, slug="zwei")
    member = browse(anna)
    member.send("/zwei/")
    assert 'type="file"' not in member.get("/zwei/seite/p1").text
    assert session.scalars(select(Media.id)).all() == []


def test_what_is_no_file_that_can_be_taken_is_said(browse, database, town, anna):
    open_survey(database, town, FILE, anonymity="named")
    browser = browse(anna)
    browser.send("/umfrage/")
    files = [(io.BytesIO(b"MZ\x90\x00\x03"), "programm.exe")]
    answer = browser.post(PAGE, data={"_token": browser.token(PAGE), "_shown": "plan", "plan": files})
    assert answer.status_code == 422
    assert 'href="#f-plan"' in answer.text


def test_what_does_not_fit_into_a_sealed_answer_is_said(client, database, town, session):
    open_survey(database, town, definition(page("p1", question("why", "long"))), sealed_size=256)
    client.send("/umfrage/")
    sent = {**fields(client.get(PAGE).text), "why": "x" * 900}
    answer = client.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert session.scalars(select(Sealed.id)).all() == []
    assert "xxxx" in client.get(PAGE).text
