"""Nobody makes a room busy by pressing the same button all the time, with forms as little as over sockets."""

import pytest
from sqlalchemy import select

from baukasten.errors import TooMany
from baukasten.realtime.pace import Buckets
from baukasten_chat.limits.presses import AT_ONCE, PRESSES, Presses
from baukasten_chat.messages import service
from baukasten_chat.models import Question
from baukasten_chat.questions import service as questions
from tests.chat.conftest import open_chat

ROOM = "/beteiligung/torfhafen/live/"
JSON = {"Accept": "application/json"}


def test_a_long_list_is_pressed_through_and_then_one_waits(session, anna, ben):
    presses = Presses()
    for _ in range(AT_ONCE):
        presses.take(session, anna, 1.0)
    with pytest.raises(TooMany) as refused:
        presses.take(session, anna, 1.0)
    assert refused.value.retry_after == 1
    presses.take(session, ben, 1.0)
    presses.take(session, anna, 2.0)


@pytest.fixture
def spent(session, anna, monkeypatch):
    """Anna has pressed as often as one may, and time does not help her."""
    monkeypatch.setattr(PRESSES, "_buckets", Buckets(1, 0.001))
    PRESSES.take(session, anna)


@pytest.fixture
def lively(session, database, town, ben, moderator):
    """A question hour in which there is something to press."""
    hour = open_chat(database, town, form="questions", speakers="also_questions")
    service.say(session, ben, hour, body="Guten Abend")
    questions.ask(session, moderator, hour, body="Bleibt der Nordkai offen?")
    session.commit()
    return hour


@pytest.mark.parametrize(
    ("goal", "sent"),
    [("nachricht/1/reaktion", {"kind": "heart"}), ("frage/1/stimme", {"on": "1"}), ("wortmeldung", {})],
)
@pytest.mark.usefixtures("spent")
def test_forms_are_refused_and_change_nothing(session, lively, anna, browse, room_of, goal, sent):
    before, client = room_of(lively), browse(anna)
    answer = client.post(ROOM + goal, data={"_token": client.token(ROOM), **sent}, headers=JSON)
    assert (answer.status_code, answer.json["code"]) == (429, "too-many")
    assert int(answer.headers["Retry-After"]) > 900
    session.commit()
    assert room_of(lively) == before
    assert session.scalars(select(Question.votes)).all() == [0]
