"""What clients without a live connection ask: cheap while nothing happens, and never with a gap."""

import pytest
from sqlalchemy import update

from baukasten_chat import views_since
from baukasten_chat.keys import ReactionKind
from baukasten_chat.messages import editing, reactions, service
from baukasten_chat.models import Message, Room
from baukasten_chat.page.kept import Kept

ROOM = "/beteiligung/torfhafen/live/"


@pytest.fixture
def talk(session, chat):
    def do(member, body):
        said = service.say(session, member, chat, body=body)
        session.commit()
        return said

    return do


def test_a_client_gets_what_changed_since_its_version(browse, evening, talk, anna, ben):
    talk(anna, "Moin")
    client = browse()
    first = client.get(f"{ROOM}seit/0").json
    assert (first["version"], first["complete"]) == (1, True)
    assert [(one["number"], one["html"]) for one in first["messages"]] == [(1, "Moin")]
    talk(ben, "Ahoi")
    later = client.get(f"{ROOM}seit/1").json
    assert [one["number"] for one in later["messages"]] == [2]
    assert later["facts"]["phase"] == "always"
    assert client.get(f"{ROOM}seit/2").json["messages"] == []


def test_asking_again_costs_a_304_until_something_changes(browse, evening, talk, anna):
    talk(anna, "Moin")
    client = browse()
    first = client.get(f"{ROOM}seit/1")
    again = client.get(f"{ROOM}seit/1", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert int(again.headers["Poll-After"]) in range(3, 11)
    talk(anna, "Noch etwas")
    changed = client.get(f"{ROOM}seit/1", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert [one["number"] for one in changed.json["messages"]] == [2]


def test_guests_share_one_answer_a_version(browse, evening, talk, anna, statements, monkeypatch):
    monkeypatch.setattr(views_since, "_kept", Kept(seconds=60))
    talk(anna, "Moin")
    one, other = browse(), browse()
    one.get(f"{ROOM}seit/0")
    with statements() as asked:
        assert other.get(f"{ROOM}seit/0").json["version"] == 1
    assert not [text for text in asked if "chat_message" in text]


def test_a_member_learns_what_is_theirs_and_what_they_pressed(
    browse, evening, session, chat, talk, anna, ben
):
    mine, other = talk(anna, "Moin"), talk(ben, "Ahoi")
    reactions.react(session, anna, chat, other.number, ReactionKind.THANKS, on=True)
    session.commit()
    told = browse(anna).get(f"{ROOM}seit/0").json
    assert told["mine"] == {"1": mine.id}
    assert told["pressed"] == {"2": ["thanks"]}
    assert "mine" not in browse().get(f"{ROOM}seit/0").json


def test_what_was_taken_back_arrives_without_its_text(browse, evening, session, chat, talk, anna):
    said = talk(anna, "Hoppla")
    editing.withdraw(session, anna, chat, said.id)
    session.commit()
    (told,) = browse().get(f"{ROOM}seit/1").json["messages"]
    assert (told["number"], told["gone"]) == (1, "withdrawn")
    assert "html" not in told


def test_older_messages_come_by_number(browse, evening, session, chat, room_of, anna):
    room_id = room_of(chat).id
    for n in range(1, 121):
        session.add(
            Message(room_id=room_id, number=n, version=n, author_id=anna.id, body=str(n), body_html=str(n))
        )
    session.execute(update(Room).where(Room.id == room_id).values(number=120, version=120))
    session.commit()
    client, asked = browse(), ""
    seen: list[int] = []
    while True:
        told = client.get(f"{ROOM}verlauf{asked}").json
        seen = [one["number"] for one in told["messages"]] + seen
        if not told["older"]:
            break
        asked = f"?vor={told['older']}"
    assert seen == list(range(1, 121))
    assert told["version"] == 120


def test_a_long_absence_is_made_up_in_pieces(browse, evening, session, chat, room_of, anna):
    room_id = room_of(chat).id
    for n in range(1, 501):
        session.add(
            Message(room_id=room_id, number=n, version=n, author_id=anna.id, body=str(n), body_html=str(n))
        )
    session.execute(update(Room).where(Room.id == room_id).values(number=500, version=500))
    session.commit()
    client, version, seen = browse(), 0, []
    complete = False
    while not complete:
        told = client.get(f"{ROOM}seit/{version}").json
        seen += [one["number"] for one in told["messages"]]
        version, complete = told["version"], told["complete"]
    assert seen == list(range(1, 501))


@pytest.mark.parametrize(
    "asked", ["seit/x", "seit/-1", f"seit/{2**63}", "seit/%00", "verlauf?vor=x", "verlauf?nach=-1"]
)
def test_odd_questions_find_nothing(browse, evening, chat, asked):
    assert browse().get(f"{ROOM}{asked}").status_code == 404


def test_a_version_from_the_future_is_answered(browse, evening, chat):
    assert browse().get(f"{ROOM}seit/{2**63 - 1}").json["messages"] == []
