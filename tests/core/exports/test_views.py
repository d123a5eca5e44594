"""The pages of exports: who sees what, a file asked for and downloaded without scripts."""

import contextlib
import re

import pytest
from sqlalchemy import event

from baukasten.plugin.refs import Role
from baukasten.projects import placing
from baukasten.projects import service as projects
from tests.core.exports.conftest import furnish
from tests.core.exports.ledger import Book

LIST = "/verwaltung/exporte/"


def page_of(module):
    return f"/verwaltung/bausteine/{module.id}/exporte/"


@pytest.fixture
def statements(house):
    """Give what a block sends to the database."""

    @contextlib.contextmanager
    def watch():
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_more):
            seen.append(statement)

        event.listen(house.app, "before_cursor_execute", note)
        yield seen
        event.remove(house.app, "before_cursor_execute", note)

    return watch


@pytest.fixture
def at_desk(browser, home, new_member, sign_in):
    def make(*roles, where=home):
        client = browser(where)
        sign_in(client, new_member(*roles, where=where), where)
        return client

    return make


def downloads(text):
    return re.findall(r'action="(/verwaltung/bausteine/\d+/exporte/\d+)"', text)


def test_from_the_wish_to_the_file(at_desk, module, worker):
    Book.lines = [("Bänke",)]
    admin = at_desk(Role.ADMIN)
    empty = admin.get(page_of(module)).text
    assert "Hier hat noch niemand eine Datei erstellt." in empty
    answer = admin.send(page_of(module), export="ledger.lines", format="csv")
    assert answer.status_code == 303
    assert answer.location.startswith(f"{page_of(module)}#file-")
    waiting = admin.get(page_of(module)).text
    assert ("in Arbeit" in waiting, "Neu laden" in waiting, downloads(waiting)) == (True, True, [])
    worker.run_pending()
    [target] = downloads(admin.get(page_of(module)).text)
    answer = admin.post(target, data={"_token": admin.token(page_of(module))})
    assert answer.status_code == 200
    assert answer.data.decode("utf-8-sig").endswith(f"{module.id};Bänke\r\n")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="kasse-lines-\d{4}-\d\d-\d\d\.csv"', answer.headers["Content-Disposition"]
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_failure_and_a_hindrance_are_told(at_desk, put, worker):
    shut = put("Closed")
    admin = at_desk(Role.ADMIN)
    admin.send(page_of(shut), export="ledger.parcel", format="zip")
    worker.run_pending()
    Book.hindrance = "Erst im Mai."
    page = admin.get(page_of(shut)).text
    assert ("nicht gelungen" in page, "Not today." in page, "Erst im Mai." in page) == (True, True, True)
    refused = admin.send(page_of(shut), export="ledger.lines", format="csv")
    assert (refused.status_code, "Erst im Mai." in refused.text) == (403, True)


def test_the_list_names_modules_with_something_to_take(at_desk, module):
    assert page_of(module) in at_desk(Role.MODERATOR).get(LIST).text
    assert f'href="{page_of(module)}"' in at_desk(Role.ADMIN).get(f"/verwaltung/bausteine/{module.id}/").text


def test_an_empty_town_has_nothing_to_take(at_desk):
    assert "Noch nichts zum Mitnehmen" in at_desk(Role.ADMIN).get(LIST).text


@pytest.mark.parametrize("role", [None, Role.CITIZEN])
def test_others_have_no_business_here(browser, at_desk, module, role):
    client = browser() if role is None else at_desk(role)
    for path in (LIST, page_of(module)):
        assert client.get(path).status_code in (302, 303, 403)


def test_foreign_things_answer_like_none(at_desk, house, put, module, other_town, worker):
    furnish(house, other_town)
    there = put("Andere", other_town)
    foreign, admin = at_desk(Role.ADMIN, where=other_town), at_desk(Role.ADMIN)
    foreign.send(page_of(there), export="ledger.lines", format="csv")
    worker.run_pending()
    [target] = downloads(foreign.get(page_of(there)).text)
    token = {"_token": admin.token(page_of(module))}
    number = target.rpartition("/")[2]

    def asked(path):
        # The page's own address stands in the links to the other languages.
        answer = admin.post(path, data=token)
        return answer.status_code, answer.text.replace(path, "/")

    nothing = asked(f"{page_of(module)}999999999")
    assert nothing[0] == 404
    for path in (target, f"{page_of(module)}{number}"):
        assert asked(path) == nothing
    assert asked(f"{page_of(module)}{'9' * 30}")[0] == 400
    for path in (page_of(there), "/verwaltung/bausteine/999999999/exporte/"):
        assert admin.get(path).status_code == 404
    assert "Andere" not in admin.get(LIST).text


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"export": "ledger.lines"},
        {"export": "ledger.lines", "format": "exe"},
        {"export": "a\x00b", "format": "csv"},
        {"export": "ledger.parcel", "format": "../../zip"},
    ],
)
def test_hostile_wishes(at_desk, module, values):
    assert at_desk(Role.ADMIN).send(page_of(module), **values).status_code in (404, 422)


def test_a_draft_belongs_to_those_who_may_see_it(at_desk, house, home, module):
    with house.session(home.id) as session:
        draft = projects.create_project(session, None, projects.ProjectDraft("Geheimer Plan"))
        hidden = placing.place_module(session, None, "ledger", title="Entwurf", slug="e", project_id=draft.id)
        session.commit()
    admin = at_desk(Role.ADMIN)
    assert "Geheimer Plan" in admin.get(LIST).text
    assert admin.get(page_of(hidden)).status_code == 200


def test_the_page_costs_the_same_whatever_waits(at_desk, module, statements):
    admin = at_desk(Role.ADMIN)
    admin.get(page_of(module))
    with statements() as few:
        admin.get(page_of(module))
    for chosen in ("csv", "xlsx", "odt", "jsonl"):
        admin.send(page_of(module), export="ledger.lines", format=chosen)
    with statements() as many:
        assert admin.get(page_of(module)).text.count("in Arbeit") == 4
    # The names of those who asked are one statement more than none.
    assert len(few) + 1 == len(many) <= 7
