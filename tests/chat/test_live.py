"""What goes over sockets: the same verbs as the forms, for the same people, and rooms for those who may read."""

import dataclasses
import json

import pytest

from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.identity import sessions
from baukasten.plugin.refs import Standing
from baukasten.projects.placing import change_module
from baukasten_chat import live as sockets
from baukasten_chat.hours import service as hours
from baukasten_chat.keys import DESK, ROOM
from tests.chat.conftest import open_chat


@pytest.fixture(scope="module")
def application(base_config, database):
    """The application with sockets."""
    made = create_app(base_config, database, live=True)
    yield made
    end(made)


@pytest.fixture
def connect(application, database, town):
    """Opens a socket at a town, as a member or as a guest."""
    opened = []

    def do(member=None, where=None):
        place = where or town
        headers = {"Host": place.host, "Origin": f"https://{place.host}"}
        if member is not None:
            with database.session(place.id) as session:
                account = members.get(session, member.id).account_id or 0
                secret = sessions.start(session, account, host=place.host)
                session.commit()
            headers["Cookie"] = f"__Host-session={secret}"
        io = application.extensions["baukasten.live"].socketio
        client = io.test_client(application, headers=headers)
        opened.append(client)
        return client

    yield do
    for client in opened:
        if client.is_connected():
            client.disconnect()


def call(client, name, module, **data):
    return client.emit("call", "chat", name, {"module": module.id, **data}, callback=True)


def test_one_says_changes_presses_and_takes_back(connect, chat, room_of, anna, ben):
    one, other = connect(anna), connect(ben)
    said = call(one, "say", chat, body="Guten Abnd", nonce="n1")
    assert said["ok"]
    assert (said["data"]["number"], said["data"]["version"], said["data"]["visibility"]) == (
        1,
        1,
        "published",
    )
    assert call(one, "say", chat, body="Guten Abnd", nonce="n1") == said
    row = said["data"]["id"]
    assert call(one, "edit", chat, id=row, body="Guten Abend") == {
        "ok": True,
        "data": {"visibility": "published"},
    }
    assert call(other, "react", chat, number=1, kind="heart") == {"ok": True, "data": {"heart": 1}}
    assert call(other, "react", chat, number=1, kind="heart", on=False) == {"ok": True, "data": {}}
    assert call(other, "withdraw", chat, id=row)["code"] == "denied"
    assert call(one, "withdraw", chat, id=row) == {"ok": True, "data": {}}
    assert room_of(chat).version == 5


def test_a_guest_says_nothing(connect, chat, room_of):
    guest = connect()
    for name, data in (("say", {"body": "Hallo"}), ("typing", {}), ("withdraw", {"id": 1})):
        assert call(guest, name, chat, **data)["code"] == "sign-in"
    assert room_of(chat).version == 0


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("say", {}, "invalid"),
        ("say", {"body": ["x"]}, "invalid"),
        ("say", {"body": "x" * 1001}, "invalid"),
        ("edit", {"id": "1", "body": "x"}, "not-found"),
        ("edit", {"id": 10**30, "body": "x"}, "invalid"),
        ("edit", {"id": 2**63 - 1, "body": "x"}, "not-found"),
        ("say", {"body": "a\x00b"}, "invalid"),
        ("withdraw", {"id": True}, "not-found"),
        ("react", {"number": 1, "kind": "bomb"}, "not-found"),
        ("react", {"number": 1, "kind": ["heart"]}, "not-found"),
        ("react", {"number": -1, "kind": "heart"}, "not-found"),
    ],
)
def test_what_no_client_of_ours_sends_is_refused(connect, chat, anna, name, data, code):
    answer = call(connect(anna), name, chat, **data)
    assert (answer["ok"], answer["code"]) == (False, code)


def test_odd_marks_and_numbers_do_no_harm(connect, chat, anna):
    answer = call(connect(anna), "say", chat, body="Hallo", nonce="a b", reply_to=-5, town="ja")
    assert answer["data"]["number"] == 1


def test_events_happen_in_rooms_that_one_may_open(
    connect, chat, anna, database, town, other_town, new_member
):
    client = connect(anna)
    for number in (chat.id + 1000, 2**62):
        answer = client.emit("call", "chat", "say", {"module": number, "body": "Hallo"}, callback=True)
        assert (answer["ok"], answer["code"]) == (False, "not-found")
    stranger = connect(new_member(where=other_town), other_town)
    answer = call(stranger, "say", chat, body="Hallo")
    assert (answer["ok"], answer["code"]) == (False, "not-found")


def test_who_may_read_hears_the_room_and_who_steers_it_the_desk(
    session, chat, room_of, anna, moderator, database, other_town, town
):
    room_id = room_of(chat).id
    for member, desk in ((None, False), (anna, False), (moderator, True)):
        assert sockets.hears(session, member, room_id)
        assert sockets.steers(session, member, room_id) is desk
        assert not sockets.hears(session, member, room_id + 1000)
        assert not sockets.steers(session, member, room_id + 1000)
    with database.session(other_town.id) as elsewhere:
        assert not sockets.hears(elsewhere, None, room_id)
        assert not sockets.steers(elsewhere, moderator, room_id)


def test_whoever_is_suspended_in_the_room_hears_nothing_live(session, chat, room_of, moderator):
    room_id = room_of(chat).id
    for standing, hears in ((Standing.SUSPENDED, False), (Standing.MUTED, True)):
        limited = dataclasses.replace(moderator, limits=((chat.id, standing),))
        assert (sockets.hears(session, limited, room_id), sockets.steers(session, limited, room_id)) == (
            hears,
            hears,
        )


def test_a_room_that_is_not_public_is_heard_by_those_who_prepare_it(
    database, town, session, chat, room_of, anna, admin
):
    change_module(session, admin, chat.id, visible=False)
    session.commit()
    room_id = room_of(chat).id
    assert [sockets.hears(session, who, room_id) for who in (None, anna, admin)] == [False, False, True]


def test_the_rooms_facts_are_told_and_can_be_json(session, chat, room_of, anna):
    facts = sockets.state(session, room_of(chat).id)
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["version"], facts["number"]) == (0, 0)


def test_a_town_chooses_how_many_fit_in(database, town, session, chat, room_of):
    small = open_chat(database, town, slug="klein", capacity=12)
    assert sockets.capacity(session, room_of(small).id) == 12
    assert sockets.capacity(session, room_of(chat).id) == 1000


def test_entering_gives_the_facts(connect, chat, room_of, anna, moderator):
    room_id = room_of(chat).id
    answer = connect(anna).emit("enter", ROOM, room_id, callback=True)
    assert answer["ok"]
    assert answer["data"]["version"] == 0
    assert connect(anna).emit("enter", DESK, room_id, callback=True)["ok"] is False
    assert connect(moderator).emit("enter", DESK, room_id, callback=True)["ok"] is True


def test_whoever_writes_is_told_of_at_most_every_five_seconds(rung, chat, room_of, anna, ben):
    session, news = rung
    sockets._typed.clear()
    for who in (anna, anna, ben):
        sockets.typing(session, who, chat, {})
    session.commit()
    room_id = room_of(chat).id
    assert [(one.kind, one.number, one.data) for one in news] == [
        (ROOM, room_id, {"typing": "Anna Torf"}),
        (ROOM, room_id, {"typing": "Ben Hafen"}),
    ]


def test_in_large_rooms_and_where_nobody_wants_it_nobody_is_told_who_writes(
    rung, database, town, chat, room_of, anna, ben, monkeypatch
):
    session, news = rung
    sockets._typed.clear()
    monkeypatch.setattr(sockets, "people_in", lambda *_room: 26)
    sockets.typing(session, anna, chat, {})
    monkeypatch.setattr(sockets, "people_in", lambda *_room: 25)
    sockets.typing(session, ben, chat, {})
    still = open_chat(database, town, slug="still", typing=False)
    sockets.typing(session, anna, still, {})
    session.commit()
    assert [one.data for one in news] == [{"typing": "Ben Hafen"}]


def test_in_a_room_that_is_shut_nobody_is_shown_as_writing(rung, chat, anna, moderator):
    session, news = rung
    sockets._typed.clear()
    hours.close(session, moderator, chat)
    session.commit()
    del news[:]
    sockets.typing(session, anna, chat, {})
    session.commit()
    assert news == []
    hours.reopen(session, moderator, chat)
    sockets.typing(session, anna, chat, {})
    session.commit()
    assert [one.data for one in news][1:] == [{"typing": "Anna Torf"}]
