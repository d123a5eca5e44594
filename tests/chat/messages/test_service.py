"""What somebody says gets the next number, once, and only what is in view is told to the room."""

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.errors import Closed, Denied, Invalid, NotFound
from baukasten.moderation.service import Rejected
from baukasten.plugin import Visibility
from baukasten_chat import wire
from baukasten_chat.keys import DESK, ROOM
from baukasten_chat.messages import history
from baukasten_chat.messages.service import Said, say, told
from baukasten_chat.models import Message
from tests.chat.conftest import DAY, open_chat


def rows(session):
    return session.execute(select(Message.number, Message.body, Message.nonce).order_by(Message.id)).all()


def test_a_message_gets_the_next_number_and_version_and_is_told(rung, chat, room_of, anna, ben):
    session, news = rung
    first = say(session, anna, chat, body="Guten **Abend**", nonce="a-1")
    second = say(session, ben, chat, body="Hallo\n\n\n\nAnna", reply_to=1)
    session.commit()
    assert first == Said(first.id, 1, 1, Visibility.PUBLISHED)
    assert second == Said(second.id, 2, 2, Visibility.PUBLISHED)
    assert told(first) == {"id": first.id, "number": 1, "version": 1, "visibility": "published", "note": ""}
    room = room_of(chat)
    assert [(one.kind, one.number, one.data["version"]) for one in news] == [
        (ROOM, room.id, 1),
        (ROOM, room.id, 2),
    ]
    assert [one.data["messages"] for one in news] == [[one] for one in history.page(session, room.id)]
    shown = news[1].data["messages"][0]
    assert (shown["html"], shown["author"]) == ("Hallo<br><br>Anna", "Ben Hafen")
    assert shown["reply"] == {"number": 1, "author": "Anna Torf", "text": "Guten **Abend**"}
    assert news[0].data["messages"][0]["nonce"] == "a-1"


def test_what_comes_twice_is_said_once(session, chat, anna, ben):
    first = say(session, anna, chat, body="Guten Abend", nonce="n1")
    assert say(session, anna, chat, body="Guten Abend", nonce="n1") == first
    assert say(session, ben, chat, body="Guten Abend", nonce="n1").number == 2
    # What is no mark of a client counts for nothing.
    assert [say(session, ben, chat, body=body, nonce="\x00").number for body in ("eins", "zwei")] == [3, 4]
    assert [row.nonce for row in rows(session)] == ["n1", "n1", None, None]


def test_of_ten_at_once_with_the_same_mark_one_is_said(at_once, database, town, chat, room_of, anna):
    said, room_id = [], room_of(chat).id

    def send():
        with database.session(town.id) as own:
            said.append(say(own, anna, chat, body="Guten Abend zusammen", nonce="same"))
            own.commit()

    at_once(send for _ in range(10))
    with database.session(town.id) as session:
        assert [row.body for row in rows(session)] == ["Guten Abend zusammen"]
        assert len(set(said)) == 1
        assert len(said) == 10
        assert room_of(chat).number == 1
        assert history.since(session, room_of(chat), 0).version == 1
        assert [one["number"] for one in history.page(session, room_id)] == [1]


def test_twenty_people_at_once_get_numbers_without_gaps(at_once, database, town, chat, room_of, new_member):
    people = [new_member(name=f"Person {one}") for one in range(20)]

    def send(who):
        with database.session(town.id) as own:
            for turn in range(2):
                say(own, who, chat, body=f"Satz {turn} von {who.id}", nonce=f"{turn}")
                own.commit()

    at_once((lambda who=who: send(who)) for who in people)
    room = room_of(chat)
    with database.session(town.id) as session:
        found = session.execute(select(Message.number, Message.version).order_by(Message.number)).all()
    assert [tuple(row) for row in found] == [(one, one) for one in range(1, 41)]
    assert (room.number, room.version) == (40, 40)


def test_what_is_refused_takes_no_number(session, chat, room_of, anna, listed):
    for body in ("", " \n ", "x" * 1001, "\x00"):
        with pytest.raises(Invalid):
            say(session, anna, chat, body=body)
    with pytest.raises(Rejected):
        say(session, anna, chat, body="Das ist verboten")
    assert say(session, anna, chat, body="x" * 1000).number == 1
    assert room_of(chat).version == 1


def test_only_staff_speaks_for_the_town(session, chat, anna, moderator):
    with pytest.raises(Denied):
        say(session, anna, chat, body="Wir sind die Stadt", town=True)
    said = say(session, moderator, chat, body="Guten Abend von der Stadt", town=True)
    kind = session.scalar(select(Message.kind).where(Message.id == said.id))
    assert kind == "town"


def test_what_is_checked_is_told_to_its_author_and_the_desk_alone(rung, chat, room_of, anna, ben, listed):
    session, news = rung
    room = room_of(chat)
    held = say(session, anna, chat, body="So ein Schrott", nonce="n1")
    session.commit()
    assert (held.number, held.version, held.visibility) == (None, None, Visibility.HELD)
    assert held.note
    assert say(session, anna, chat, body="So ein Schrott", nonce="n1") == held
    assert [(one.kind, one.number, one.data) for one in news] == [
        (DESK, room.id, {"message": held.id, "waiting": 1})
    ]
    assert room_of(chat).version == 0
    assert history.page(session, room.id) == []
    assert history.since(session, room_of(chat), 0) == history.Since(0, complete=True)
    waiting = history.own(session, room.id, anna)
    assert [(one["id"], one["body"], one["note"]) for one in waiting] == [
        (held.id, "So ein Schrott", held.note)
    ]
    assert history.own(session, room.id, ben) == []


def test_a_reply_to_what_is_out_of_view_quotes_nothing(session, chat, room_of, anna, ben, listed):
    say(session, anna, chat, body="So ein Schrott")
    for number in (1, 0, -1, 2**63, 10**30):
        say(session, ben, chat, body=f"Antwort auf {number}", reply_to=number)
    assert all("reply" not in one for one in history.page(session, room_of(chat).id))


def test_outside_of_phases_nobody_writes(database, town, session, anna):
    module = open_chat(database, town, slug="spaeter", at=clock.now() + 30 * DAY)
    with pytest.raises(Closed):
        say(session, anna, module, body="Hallo")


def test_another_town_has_no_such_room(database, other_town, chat, new_member):
    stranger = new_member(name="Fremd", where=other_town)
    with database.session(other_town.id) as elsewhere, pytest.raises((NotFound, Closed)):
        say(elsewhere, stranger, chat, body="Hallo")


def test_saying_takes_few_statements(session, chat, anna, ben, statements):
    say(session, ben, chat, body="Guten Abend")
    session.commit()
    with statements() as seen:
        say(session, anna, chat, body="Hallo @Ben Hafen", nonce="n1", reply_to=1)
    assert len(seen) == 22, seen
    session.commit()
    with statements() as seen:
        say(session, anna, chat, body="Noch etwas", nonce="n2")
    assert len(seen) == 18, seen


def test_wire_and_page_say_the_same(session, chat, room_of, anna):
    said = say(session, anna, chat, body="Guten Abend")
    row = session.execute(wire.messages(Message.id == said.id)).one()
    assert history.page(session, room_of(chat).id) == [wire.message(row)]
