"""People write as fast as others can read; whoever is too fast hears in how many seconds they can go on."""

import datetime as dt

import pytest
from sqlalchemy import update

from baukasten.errors import TooMany
from baukasten_chat import rooms
from baukasten_chat.keys import ASK, REACT, SAY, VOTE
from baukasten_chat.limits import pace, spans
from baukasten_chat.models import Message, Question, Room
from tests.chat.conftest import open_chat

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def slow(database, town, evening):
    """A room in which everybody waits twenty seconds."""
    return open_chat(database, town, slow_seconds=20)


@pytest.fixture
def sent(session):
    """Puts a message of somebody into a room as if it had been sent so many seconds ago."""

    def do(chat, member, at, table=Message):
        room = rooms.of_module(session, chat)
        row = {"room_id": room.id, "author_id": member.id, "body": "x", "body_html": "x"}
        session.add(table(**row, visibility="held", created_at=at))
        session.flush()

    return do


def wait(session, member, chat, at, permission=SAY):
    """The seconds that somebody must wait; 0 for none."""
    try:
        pace.need(session, member, chat, rooms.of_module(session, chat), permission, at)
    except TooMany as refused:
        return refused.retry_after
    return 0


def test_in_a_slow_room_one_person_waits_between_two_messages(session, slow, anna, ben, evening, sent):
    sent(slow, anna, evening)
    found = [wait(session, anna, slow, evening + seconds * SECOND) for seconds in (0, 1, 19, 19.5, 20)]
    assert found == [20, 19, 1, 1, 0]
    assert wait(session, ben, slow, evening) == 0


def test_a_refusal_names_the_pause_and_what_is_left_of_it(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    with pytest.raises(TooMany) as refused:
        pace.need(session, anna, slow, rooms.of_module(session, slow), SAY, evening + 7 * SECOND)
    assert refused.value.message == (
        "Everybody may write here once in 20 seconds, so that all can follow. You can again in 13 seconds."
    )


def test_what_moderators_set_during_the_evening_counts_more(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    found = []
    for seconds in (0, 60, None):
        session.execute(update(Room).values(slow_seconds=seconds))
        found.append(wait(session, anna, slow, evening + 5 * SECOND))
    assert found == [0, 55, 15]


def test_who_steers_the_room_does_not_wait(session, slow, moderator, evening, sent):
    sent(slow, moderator, evening)
    assert wait(session, moderator, slow, evening) == 0


def test_ten_messages_go_in_a_burst_and_the_next_when_the_first_is_half_a_minute_old(
    session, chat, anna, evening, sent
):
    for second in range(10):
        sent(chat, anna, evening + second * SECOND)
    assert [wait(session, anna, chat, evening + seconds * SECOND) for seconds in (10, 29, 30)] == [20, 1, 0]


def test_questions_are_counted_apart_and_do_not_wait_for_slow_messages(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    assert wait(session, anna, slow, evening, ASK) == 0
    for _ in range(10):
        sent(slow, anna, evening, Question)
    assert wait(session, anna, slow, evening, ASK) == 30


def test_votes_and_reactions_are_bound_by_the_sockets_own_limit_alone(session, slow, anna, evening, sent):
    sent(slow, anna, evening)
    assert [wait(session, anna, slow, evening, one) for one in (VOTE, REACT)] == [0, 0]


def test_one_statement_tells_the_pace(session, slow, anna, evening, statements):
    room = rooms.of_module(session, slow)
    with statements() as asked:
        pace.need(session, anna, slow, room, SAY, evening)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 second"), (20, "20 seconds"), (119.5, "120 seconds"), (120, "2 minutes"), (7_201, "3 hours")],
)
def test_spans_are_said_in_words(seconds, said):
    assert spans.text(seconds) == said
