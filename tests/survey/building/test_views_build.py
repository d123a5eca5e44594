"""The questions in their order, with a browser that knows no scripts."""

import re

import pytest

from baukasten_survey.building import outline
from baukasten_survey.keys import Kind
from baukasten_survey.models import Survey
from tests.survey.building.conftest import BASE, draft, fields, press, stored
from tests.survey.conftest import definition, open_survey, options, page, question

TWO_PAGES = definition(
    page("p1", question("q1", "single", options=options("a1", "a2")), question("q2", "short")),
    page("p2", question("q3", "long")),
)


@pytest.fixture
def desk(browse, moderator, database, town):
    """The browser of somebody who writes."""
    draft(database, town, TWO_PAGES)
    return browse(moderator)


def codes(session):
    """The questions of each group."""
    return [
        [one["code"] for one in group.get("questions", [])]
        for part in stored(session)["pages"]
        for group in part.get("groups", [])
    ]


@pytest.mark.parametrize("half", [[*Kind][::2], [*Kind][1::2]])
def test_every_kind_can_be_added_and_opens_its_page(desk, session, half):
    for number, kind in enumerate(half, start=4):
        answer = press(desk, BASE, "add:question:g_p2", **{"kind.g_p2": kind.value})
        assert answer.status_code == 303, kind
        assert answer.location == f"{BASE}frage/q{number}"
        shown = desk.get(answer.location)
        assert shown.status_code == 200, kind
        saved = press(desk, answer.location, "back")
        assert saved.status_code == 303, (kind, saved.text)
    assert codes(session)[1] == [f"q{number}" for number in range(3, 4 + len(half))]
    assert desk.get(BASE).status_code == 200


def test_buttons_move_across_groups_and_pages(desk, session):
    press(desk, BASE, "down:question:q1")
    assert codes(session) == [["q2", "q1"], ["q3"]]
    answer = press(desk, BASE, "down:question:q1")
    assert answer.location == f"{BASE}#question-q1"
    assert codes(session) == [["q2"], ["q1", "q3"]]
    press(desk, BASE, "up:question:q1")
    assert codes(session) == [["q2", "q1"], ["q3"]]
    press(desk, BASE, "up:page:p2")
    assert codes(session) == [["q3"], ["q2", "q1"]]
    press(desk, BASE, "down:group:g_p2")
    assert codes(session) == [["q3"], ["q2", "q1"]]
    assert [len(one.get("groups", [])) for one in stored(session)["pages"]] == [0, 2]
    for nonsense in (
        "up:page:p2",
        "down:question:nope",
        "explode",
        "",
        "add:question:g_p1",
        "up",
        "copy:page",
    ):
        assert press(desk, BASE, nonsense, **{"kind.g_p1": "bomb"}).status_code in (303, 404, 422), nonsense


def test_what_is_deleted_comes_back_and_goes_again(desk, session):
    answer = press(desk, BASE, "delete:page:p1")
    assert answer.location == f"{BASE}?done=deleted"
    assert codes(session) == [["q3"]]
    page_now = desk.get(answer.location).text
    assert "Gelöscht." in page_now
    back = desk.post(f"{BASE}zurueck", data=fields(page_now, "zurueck"))
    assert back.status_code == 303
    assert codes(session) == [["q1", "q2"], ["q3"]]
    desk.post(f"{BASE}zurueck", data=fields(desk.get(BASE).text, "zurueck"))
    assert codes(session) == [["q3"]], "done twice, it is done again"


def test_a_copy_has_codes_of_its_own(desk, session):
    press(desk, BASE, "copy:question:q1")
    assert codes(session) == [["q1", "q4", "q2"], ["q3"]]
    press(desk, BASE, "copy:page:p1")
    assert codes(session) == [["q1", "q4", "q2"], ["q5", "q6", "q7"], ["q3"]]
    assert len(outline.codes(stored(session), "group")) == 3


def test_two_who_write_notice_each_other(desk, browse, admin, session):
    late = fields(desk.get(BASE).text)
    press(browse(admin), BASE, "delete:question:q2")
    answer = desk.post(BASE, data={**late, "do": "delete:question:q1"})
    assert answer.status_code == 409
    assert codes(session) == [["q1"], ["q3"]]
    assert desk.post(BASE, data={**fields(answer.text), "do": "delete:question:q1"}).status_code == 303


def test_codes_of_before_are_never_given_again(browse, moderator, database, town, session):
    data = definition(page("p1", question("q1", "short"), question("q2", "short")))
    open_survey(database, town, data)
    desk = browse(moderator)
    press(desk, BASE, "delete:question:q2")
    press(desk, BASE, "add:question:g_p1", **{"kind.g_p1": "short"})
    assert codes(session) == [["q1", "q3"]]


def test_only_staff_may_write_and_strangers_find_nothing(desk, browse, new_member, client):
    for url in (
        BASE,
        f"{BASE}frage/q1",
        f"{BASE}texte",
        f"{BASE}sprachen",
        f"{BASE}vorrat",
        f"{BASE}einlesen",
    ):
        assert (browse(new_member()).get(url).status_code, client.get(url).status_code) == (403, 303), url
    assert desk.get(f"{BASE}frage/nope").status_code == 404
    assert desk.get(f"{BASE}frage/nope").text == desk.get(f"{BASE}frage/q99").text.replace("q99", "nope")


def test_a_closed_survey_is_read_only(browse, moderator, database, town, session):
    open_survey(database, town, TWO_PAGES, state="closed")
    desk = browse(moderator)
    shown = desk.get(BASE).text
    assert 'name="do"' not in shown
    answer = desk.post(BASE, data={"_token": desk.token(BASE), "revision": "1", "do": "delete:question:q1"})
    assert answer.status_code == 409
    assert codes(session) == [["q1", "q2"], ["q3"]]


@pytest.mark.parametrize("revision", ["", "x", "-1", "1e3", "9" * 30, "\0"])
def test_broken_revisions_are_refused(desk, revision):
    answer = desk.post(BASE, data={"_token": desk.token(BASE), "revision": revision, "do": "add:page"})
    assert answer.status_code in (400, 422)


def test_it_asks_the_same_however_many_questions_there_are(desk, statements, session, database):
    with statements() as few:
        desk.get(BASE)
    many = definition(
        *(page(f"p{at}", *(question(f"q{at}_{nr}", "short") for nr in range(9))) for at in range(9))
    )
    session.query(Survey).update({"definition": many})
    session.commit()
    desk.get(BASE)
    with statements() as asked:
        shown = desk.get(BASE).text
    assert len(re.findall(r'id="question-q\d_\d"', shown)) == 81
    assert len(asked) <= max(len(few), 6), asked
