"""Questions and the hours of their room: collected before, not after; nobody loses what they typed."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.errors import Closed
from baukasten_chat.models import Question, Window
from baukasten_chat.questions import own, service, voting

ROOM = "/beteiligung/torfhafen/live/"
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TEXT = "Bleibt der Nordkai offen?"


@pytest.fixture
def opening(session, hour, room_of):
    """Open the room at some moment, with a lobby of a day before."""

    def do(at):
        session.add(
            Window(
                room_id=room_of(hour).id, lobby_at=at - DAY, opens_at=at, closes_at=at + HOUR, grace_minutes=5
            )
        )
        session.commit()

    return do


def test_what_is_sent_in_before_the_hour_is_marked(session, evening, hour, opening, anna, ben, open_question):
    opening(evening + HOUR)
    number = open_question(session, anna, TEXT)
    assert session.scalar(select(Question.early)) is True
    assert voting.vote(session, ben, hour, number, on=True) == 1


def test_within_the_hour_it_is_not(session, evening, hour, opening, anna, open_question):
    opening(evening - HOUR / 2)
    open_question(session, anna, TEXT)
    assert session.scalar(select(Question.early)) is False


@pytest.mark.parametrize("hours", [-3, 48])
def test_before_and_after_nobody_asks_and_staff_still_does(
    session, evening, hour, opening, anna, moderator, hours
):
    opening(evening + hours * HOUR)
    with pytest.raises(Closed):
        service.ask(session, anna, hour, body=TEXT)
    assert session.scalars(select(Question.id)).all() == []
    assert service.ask(session, moderator, hour, body=TEXT).number == 1


def test_votes_end_with_the_hour(session, evening, hour, opening, moderator, anna):
    number = service.ask(session, moderator, hour, body=TEXT).number
    assert number is not None
    opening(evening - 3 * HOUR)
    with pytest.raises(Closed):
        voting.vote(session, anna, hour, number, on=True)


def test_what_was_typed_comes_back_when_the_hour_has_ended(browse, evening, hour, opening, anna):
    opening(evening - HOUR / 2)
    client = browse(anna)
    token = client.token(ROOM + "frage")
    clock.set_to(evening + HOUR)
    sent = client.post(ROOM + "frage", data={"_token": token, "body": TEXT, "sure": "1"})
    assert (sent.status_code, TEXT in sent.text) == (403, True)


def test_the_usual_time_is_what_it_took_lately(session, turn, hour, new_member, let_in, room_of):
    begin = clock.now()
    room_id = room_of(hour).id
    assert own.usual_minutes(session, room_id) == 0
    for at, minutes in enumerate((1, 2, 3, 30)):
        turn(begin + at * HOUR)
        asked = service.ask(session, new_member(), hour, body=f"Was wird aus Steg {at}?")
        session.commit()
        turn(begin + at * HOUR + dt.timedelta(minutes=minutes))
        let_in(session, asked.id)
    assert own.usual_minutes(session, room_id) == 3
