"""The staff page of codes: a file that is seen once, series, taking back; nobody else sees or does any of it."""

import csv
import io

import pytest

from baukasten.plugin.refs import Role
from baukasten.sdk import pdf_possible
from baukasten_survey.access import codes, rights
from baukasten_survey.models import Admission
from baukasten_survey.surveys import lookup
from tests.survey.conftest import open_survey

PAGE = "/umfrage/zugang/"
WANTED = {
    "series": "Elternbrief",
    "count": "3",
    "shape": "table",
    "title": "Ihre Meinung",
    "words": "Guten Tag",
}


@pytest.fixture
def module(database, town):
    return open_survey(database, town, access="code")


@pytest.fixture
def desk(browse, admin, module):
    return browse(admin)


def make(desk, **values):
    return desk.post(PAGE, data={**WANTED, **values, "_token": desk.token(PAGE)})


def test_a_table_of_codes_is_given_once(session, desk, module):
    answer = make(desk)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))
    answer.close()
    assert rows[0] == ["code", "url"]
    survey = lookup.of_module(session, module.id)
    for code, url in rows[1:]:
        assert url.endswith("/umfrage/#code=" + code.replace("-", ""))
        assert rights.of_code(session, survey, code).kind == "code"
    assert len(rows) == 4
    shown = desk.get(PAGE).text
    assert "Elternbrief" in shown
    assert not any(code in shown for code, _url in rows[1:])


@pytest.mark.skipif(not pdf_possible(), reason="the machine lacks Pango, which makes PDF")
def test_letters_come_as_pdf(desk):
    answer = make(desk, shape="letters")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.get_data().startswith(b"%PDF-")
    answer.close()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"count": "0"}, "f-count"),
        ({"count": "20001"}, "f-count"),
        ({"count": "viele"}, "f-count"),
        ({"series": ""}, "f-series"),
        ({"series": "a/b"}, "f-series"),
        ({"shape": "tafel"}, "f-shape"),
        ({"shape": "letters", "count": "501"}, "f-count"),
        ({"shape": "letters", "words": "Zeile\n\n" * 90}, "f-words"),
    ],
)
def test_what_cannot_be_made_is_said_and_nothing_is(session, desk, wrong, field):
    if wrong.get("shape") == "letters" and not pdf_possible():
        field = "f-shape"
    answer = make(desk, **wrong)
    assert answer.status_code == 422
    assert f'href="#{field}' in answer.text
    assert session.query(Admission).count() == 0


def test_a_name_is_taken_once_and_unused_codes_come_back(session, desk, module):
    make(desk).close()
    assert make(desk).status_code == 422
    answer = desk.post(f"{PAGE}zuruecknehmen", data={"series": "Elternbrief", "_token": desk.token(PAGE)})
    assert answer.status_code == 303
    assert codes.all_series(session, lookup.of_module(session, module.id).id) == []


def test_a_survey_without_codes_gives_none(browse, admin, database, town):
    open_survey(database, town, access="open")
    open_survey(database, town, slug="andere", access="code")
    desk = browse(admin)
    assert 'name="series"' not in desk.get(PAGE).text
    answer = desk.post(PAGE, data={**WANTED, "_token": desk.token("/andere/zugang/")})
    assert answer.status_code == 422


@pytest.mark.parametrize("role", [None, Role.CITIZEN, Role.MODERATOR])
def test_nobody_else_comes_here(client, browse, new_member, module, role):
    visitor = client if role is None else browse(new_member(role))
    seen = visitor.get(PAGE).status_code
    assert seen == (303 if role is None else 403)
