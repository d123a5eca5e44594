"""A room slows itself while very much is said, tells so, and is as fast as before once it is calmer."""

import datetime as dt

import pytest

from baukasten import clock
from baukasten_chat import rooms
from baukasten_chat.limits import pace
from baukasten_chat.messages import service
from tests.chat.conftest import open_chat

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def lively(database, town, evening):
    """A room that slows itself from four messages a minute on."""
    return open_chat(database, town, busy_per_minute=4)


@pytest.fixture
def chatter(session, new_member):
    """Lets each of some people say something a second after the other."""

    def do(chat, count, apart=1.0):
        for number in range(count):
            clock.forward(apart * SECOND)
            service.say(session, new_member(name=f"Person {number}"), chat, body=f"Nummer {number}")
        return rooms.of_module(session, chat)

    return do


def test_a_calm_room_stays_fast(session, lively, evening, chatter):
    assert chatter(lively, 8, apart=16).slowed_until is None


def test_a_busy_room_makes_everybody_wait_ten_seconds_for_a_minute(session, lively, evening, chatter):
    room = chatter(lively, 5)
    at = clock.now()
    assert room.slowed_until == at + 60 * SECOND
    assert [pace.pause_of(lively, room, at + after * SECOND) for after in (0, 59, 60)] == [10, 10, 0]


def test_a_slower_pause_stays_slower(session, database, town, evening, chatter):
    module = open_chat(database, town, busy_per_minute=4, slow_seconds=30)
    assert pace.pause_of(module, chatter(module, 5), clock.now()) == 30


def test_everybody_is_told_once_with_a_version_of_its_own(session, lively, evening, chatter):
    room = chatter(lively, 7)
    # Seven messages and one change of the pace; the sixth and seventh say nothing new.
    assert (room.number, room.version) == (7, 8)


def test_it_can_be_switched_off(session, database, town, evening, chatter):
    module = open_chat(database, town, busy_per_minute=0)
    assert chatter(module, 6).slowed_until is None
