"""The list of speakers as a page: everybody reads it, members join without any script, staff leads it."""

import datetime as dt
import re

import pytest

from baukasten import clock
from baukasten_chat.speakers import service
from tests.chat.conftest import open_chat

SECOND = dt.timedelta(seconds=1)
JSON = {"Accept": "application/json"}


@pytest.fixture
def post(browse):
    """Sends a form of the list as somebody, with the token of the page."""

    def do(member, module, goal, headers=None, **values):
        browser = browse(member)
        token = browser.token(f"{module.path}wortmeldungen")
        return browser.post(f"{module.path}{goal}", data={**values, "_token": token}, headers=headers)

    return do


def names(page):
    """Who waits, as the page lists them."""
    listed = re.search(r'<ol class="speakers-list">(.*?)</ol>', page, re.DOTALL)
    return re.findall(r"<div><b>([^<]*)</b>", listed[1]) if listed else []


def test_a_guest_reads_the_list_and_is_asked_to_sign_in(session, browse, hall, anna):
    service.join(session, anna, hall, "Der Steg")
    session.commit()
    page = browse().get(f"{hall.path}wortmeldungen").text
    assert names(page) == ["Anna Torf"]
    assert "Anmelden, um sich zu Wort zu melden" in page
    assert "Der Steg" not in page


def test_a_member_joins_and_steps_back_without_any_script(browse, post, hall, anna):
    joined = post(anna, hall, "wortmeldung", about="Der Steg")
    assert (joined.status_code, joined.location) == (303, f"{hall.path}wortmeldungen")
    page = browse(anna).get(f"{hall.path}wortmeldungen").text
    assert names(page) == ["Anna Torf"]
    assert "Der Steg" in page
    post(anna, hall, "wortmeldung/zurueckziehen")
    assert names(browse().get(f"{hall.path}wortmeldungen").text) == []


def test_what_it_is_about_is_for_those_who_lead_and_for_oneself(session, browse, hall, anna, ben, moderator):
    service.join(session, anna, hall, "Der Steg")
    session.commit()
    seen = ["Der Steg" in browse(one).get(f"{hall.path}wortmeldungen").text for one in (anna, ben, moderator)]
    assert seen == [True, False, True]


def test_a_second_time_the_page_says_why_not(post, hall, anna):
    post(anna, hall, "wortmeldung")
    answer = post(anna, hall, "wortmeldung")
    assert answer.status_code == 409
    assert "Sie stehen schon auf der Liste." in answer.text


def test_scripts_get_the_same_as_json(post, hall, anna):
    done, again = (post(anna, hall, "wortmeldung", JSON) for _ in range(2))
    assert (done.status_code, done.json["ok"], set(done.json["data"])) == (200, True, {"id"})
    assert (again.status_code, again.json["code"]) == (409, "conflict")


def test_staff_leads_the_list(session, browse, post, hall, anna, ben, moderator):
    first, second = (service.join(session, member, hall) for member in (anna, ben))
    session.commit()
    post(moderator, hall, f"wortmeldungen/{second}", do="up")
    assert names(browse().get(f"{hall.path}wortmeldungen").text) == ["Ben Hafen", "Anna Torf"]
    post(moderator, hall, "wortmeldungen", do="next")
    clock.forward(125 * SECOND)
    page = browse().get(f"{hall.path}wortmeldungen").text
    assert ("<b>Ben Hafen</b>" in page, ">2:05<" in page, names(page)) == (True, True, ["Anna Torf"])
    post(moderator, hall, f"wortmeldungen/{first}", do="strike")
    assert names(browse().get(f"{hall.path}wortmeldungen").text) == []


def test_everybody_sees_when_the_time_is_up(session, browse, hall, anna, moderator):
    service.join(session, anna, hall)
    service.call(session, moderator, hall)
    session.commit()
    hidden = []
    for _ in range(2):
        page = browse().get(f"{hall.path}wortmeldungen").text
        hidden.append("<span data-time-up hidden>" in page)
        clock.forward(180 * SECOND)
    assert hidden == [True, False]


def test_somebody_in_the_hall_is_put_on_the_list(browse, post, hall, moderator):
    post(moderator, hall, "wortmeldungen/saal", name="Frau Müller")
    page = browse().get(f"{hall.path}wortmeldungen").text
    assert (names(page), "im Saal" in page) == (["Frau Müller"], True)


def test_a_name_that_is_none_comes_back_with_what_helps(post, hall, moderator):
    answer = post(moderator, hall, "wortmeldungen/saal", name="  ")
    assert (answer.status_code, 'id="f-name-err"' in answer.text) == (422, True)


@pytest.mark.parametrize("goal", ["wortmeldungen", "wortmeldungen/saal", "wortmeldungen/1"])
def test_citizens_lead_nothing(post, hall, anna, goal):
    assert post(anna, hall, goal, do="next", name="Frau Müller").status_code == 403


@pytest.mark.parametrize(
    ("goal", "sent"),
    [
        ("wortmeldungen", {"do": "explode"}),
        ("wortmeldungen", {}),
        ("wortmeldungen/4711", {"do": "call"}),
        ("wortmeldungen/9223372036854775807", {"do": "strike"}),
    ],
)
def test_what_does_not_exist_is_not_there(post, hall, moderator, goal, sent):
    assert post(moderator, hall, goal, **sent).status_code == 404


def test_another_rooms_speaker_is_not_there(session, database, town, post, hall, anna, moderator):
    other = open_chat(database, town, slug="deich", form="consultation")
    speaker_id = service.join(session, anna, other)
    session.commit()
    assert post(moderator, hall, f"wortmeldungen/{speaker_id}", do="strike").status_code == 404


def test_a_room_without_a_list_has_no_such_page(browse, chat):
    found = [browse().get(f"{chat.path}wortmeldungen{more}").status_code for more in ("", "/teil")]
    assert found == [404, 404]


def test_scripts_fetch_the_list_alone(session, browse, hall, anna):
    service.join(session, anna, hall)
    session.commit()
    part = browse().get(f"{hall.path}wortmeldungen/teil").text
    assert part.count("<section") == 1
    assert names(part) == ["Anna Torf"]
    assert "<html" not in part


def test_the_room_shows_the_list_beside_the_conversation(session, browse, hall, anna):
    service.join(session, anna, hall)
    session.commit()
    assert names(browse().get(hall.path).text) == ["Anna Torf"]


def test_the_page_asks_few_questions_of_the_database(session, browse, hall, new_member, statements):
    for number in range(12):
        service.join(session, new_member(name=f"Person {number}"), hall)
    session.commit()
    browser = browse()
    for _ in range(2):
        browser.get(f"{hall.path}wortmeldungen/teil")
    with statements() as asked:
        assert browser.get(f"{hall.path}wortmeldungen/teil").status_code == 200
    # What the core asks besides depends on how long ago it did.
    assert sum("chat_" in one for one in asked) == 3
