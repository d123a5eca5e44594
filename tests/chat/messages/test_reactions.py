"""Each person presses each kind once, and the counts are right however many press at the same time."""

import contextlib

import pytest
from sqlalchemy import func, select

from baukasten.errors import Closed, NotFound
from baukasten_chat.keys import ROOM, ReactionKind
from baukasten_chat.messages import editing, history
from baukasten_chat.messages.reactions import react
from baukasten_chat.messages.service import say
from baukasten_chat.models import Reaction

HEART, THUMB = ReactionKind.HEART, ReactionKind.THUMB
ON, OFF = True, False


@pytest.fixture
def said(session, chat, anna):
    done = say(session, anna, chat, body="Guten Abend")
    session.commit()
    return done.id


def test_a_press_counts_once_and_is_told(rung, chat, room_of, anna, ben, said):
    session, news = rung
    assert react(session, anna, chat, 1, HEART, ON) == {"heart": 1}
    assert react(session, anna, chat, 1, HEART, ON) == {"heart": 1}
    assert react(session, ben, chat, 1, HEART, ON) == {"heart": 2}
    assert react(session, ben, chat, 1, THUMB, ON) == {"heart": 2, "thumb": 1}
    assert react(session, ben, chat, 1, THUMB, OFF) == {"heart": 2}
    assert react(session, ben, chat, 1, THUMB, OFF) == {"heart": 2}
    session.commit()
    room = room_of(chat)
    assert room.version == 5
    assert [(one.kind, one.data["version"]) for one in news] == [(ROOM, one) for one in (2, 3, 4, 5)]
    assert history.page(session, room.id)[0]["reactions"] == {"heart": 2}


def test_what_is_not_in_view_takes_no_presses(session, chat, anna, said, database, other_town, new_member):
    for number in (2, 2**62):
        with pytest.raises(NotFound):
            react(session, anna, chat, number, HEART, ON)
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as elsewhere, pytest.raises(Closed):
        react(elsewhere, stranger, chat, 1, HEART, ON)
    editing.withdraw(session, anna, chat, said)
    with pytest.raises(NotFound):
        react(session, anna, chat, 1, HEART, ON)


def test_fifty_at_once_are_counted_right(at_once, database, town, session, chat, room_of, new_member, said):
    people = [new_member() for _ in range(25)]

    def press(who, kind):
        with database.session(town.id) as own:
            react(own, who, chat, 1, kind, ON)
            own.commit()

    at_once(lambda who=who, kind=kind: press(who, kind) for who in people for kind in (HEART, THUMB))
    assert history.page(session, room_of(chat).id)[0]["reactions"] == {"heart": 25, "thumb": 25}
    assert session.scalar(select(func.count()).select_from(Reaction)) == 50
    assert room_of(chat).version == 51


def test_one_person_on_ten_screens_presses_once(at_once, database, town, session, chat, room_of, anna, said):
    def press():
        with database.session(town.id) as own:
            react(own, anna, chat, 1, HEART, ON)
            own.commit()

    at_once(press for _ in range(10))
    assert history.page(session, room_of(chat).id)[0]["reactions"] == {"heart": 1}
    assert room_of(chat).version == 2


def test_taking_back_a_press_and_the_message_at_once_waits_for_nobody_for_ever(
    at_once, database, session, chat, room_of, anna, new_member, said
):
    people = [new_member() for _ in range(8)]
    for who in people:
        react(session, who, chat, 1, HEART, ON)
    session.commit()

    def release(who):
        with database.session(session.tenant_id) as own, contextlib.suppress(NotFound):
            react(own, who, chat, 1, HEART, OFF)
            own.commit()

    def take_back():
        with database.session(session.tenant_id) as own:
            editing.withdraw(own, anna, chat, said)
            own.commit()

    at_once([take_back, *((lambda who=who: release(who)) for who in people)])
    assert history.page(session, room_of(chat).id)[0]["gone"] == "withdrawn"
    assert session.scalar(select(func.count()).select_from(Reaction)) == 0
