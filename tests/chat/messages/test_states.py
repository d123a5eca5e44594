"""Each step of moderation that everybody sees takes the next version and is told; what nobody saw takes none."""

import pytest

from baukasten.errors import Conflict, NotFound
from baukasten_chat.keys import DESK, ROOM
from baukasten_chat.messages import editing, history, states
from baukasten_chat.messages.service import say


@pytest.fixture
def held(session, chat, anna, listed):
    """A message that waits, before another one that does not."""
    done = say(session, anna, chat, body="So ein Schrott", nonce="n1")
    say(session, anna, chat, body="Guten Abend")
    session.commit()
    return done.id


def test_what_is_let_in_gets_the_next_number(rung, chat, room_of, anna, held):
    session, news = rung
    states.publish(session, held)
    session.commit()
    room = room_of(chat)
    assert (room.version, room.number) == (2, 2)
    found = history.page(session, room.id)
    assert [(one["number"], one["html"]) for one in found] == [(1, "Guten Abend"), (2, "So ein Schrott")]
    mine = {"id": held, "room": room.id, "nonce": "n1", "number": 2, "visibility": "published"}
    assert [(one.kind, one.number, one.data) for one in news] == [
        (ROOM, room.id, {"version": 2, "messages": [found[1]]}),
        (DESK, room.id, {"message": held, "waiting": 0}),
        ("member", anna.id, {"message": mine}),
    ]
    with pytest.raises(Conflict):
        states.publish(session, held)


def test_what_is_refused_leaves_no_trace(rung, chat, room_of, anna, held):
    session, news = rung
    states.reject(session, held)
    session.commit()
    room = room_of(chat)
    assert (room.version, room.number) == (1, 1)
    assert [one["number"] for one in history.page(session, room.id)] == [1]
    assert {one.kind for one in news} == {DESK, "member"}
    states.restore(session, held)
    assert [one["number"] for one in history.page(session, room.id)] == [1, 2]


@pytest.mark.parametrize(
    ("verb", "gone"), [("hide", "hidden"), ("remove", "removed"), ("hold", "checked"), ("reject", "removed")]
)
def test_what_leaves_view_keeps_its_number_and_comes_back_to_it(rung, chat, room_of, anna, verb, gone):
    session, news = rung
    first = say(session, anna, chat, body="Guten Abend").id
    say(session, anna, chat, body="Noch etwas")
    session.commit()
    del news[:]
    getattr(states, verb)(session, first)
    session.commit()
    left = history.page(session, room_of(chat).id)[0]
    assert left == {"number": 1, "version": 3, "at": left["at"], "gone": gone, "rule": ""}
    assert [one.data for one in news if one.kind == ROOM] == [{"version": 3, "messages": [left]}]
    assert "Guten Abend" not in str([one.data for one in news if one.kind == ROOM])
    (states.publish if verb == "hold" else states.restore)(session, first)
    back = history.page(session, room_of(chat).id)[0]
    assert (back["number"], back["version"], back["html"]) == (1, 4, "Guten Abend")


def test_what_is_folded_stays_readable(session, chat, room_of, anna):
    said = say(session, anna, chat, body="Guten Abend").id
    states.fold(session, said)
    shown = history.page(session, room_of(chat).id)[0]
    assert (shown["folded"], shown["html"], shown["version"]) == (True, "Guten Abend", 2)


def test_nothing_is_decided_about_what_was_taken_back_or_is_not_there(session, chat, anna):
    said = say(session, anna, chat, body="Guten Abend").id
    editing.withdraw(session, anna, chat, said)
    for verb in (states.publish, states.restore, states.hide, states.fold, states.remove, states.hold):
        with pytest.raises(Conflict):
            verb(session, said)
        with pytest.raises(NotFound):
            verb(session, said + 1000)


def test_of_two_who_let_the_same_in_one_does(at_once, database, town, chat, room_of, held):
    done = []

    def let_in():
        with database.session(town.id) as own:
            try:
                states.publish(own, held)
                own.commit()
                done.append(True)
            except Conflict:
                done.append(False)

    at_once(let_in for _ in range(5))
    assert sorted(done) == [False, False, False, False, True]
    assert (room_of(chat).version, room_of(chat).number) == (2, 2)
