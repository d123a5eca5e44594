"""What clients are told of a row, and what they are never told."""

import datetime as dt
import json

import pytest

from baukasten.moderation import service as moderation
from baukasten.plugin import ContentRef
from baukasten_chat import wire
from baukasten_chat.keys import QUESTION_TYPE, ROOM
from baukasten_chat.messages import states
from baukasten_chat.messages.service import say
from baukasten_chat.models import Message, Question
from baukasten_chat.questions import service as questions


def told(session, condition):
    return wire.message(session.execute(wire.messages(condition)).one())


def test_a_message_is_told_whole(session, chat, anna, moderator):
    say(session, anna, chat, body="Guten **Abend**", nonce="n1")
    said = say(session, moderator, chat, body="Willkommen", town=True, reply_to=1)
    first = told(session, Message.number == 1)
    assert first == {
        "number": 1,
        "version": 1,
        "at": first["at"],
        "kind": "text",
        "author": "Anna Torf",
        "html": "Guten <strong>Abend</strong>",
        "folded": False,
        "edited": False,
        "by_staff": False,
        "reactions": {},
        "nonce": "n1",
    }
    second = told(session, Message.id == said.id)
    assert (second["kind"], second["author"]) == ("town", "Mo Deich")
    assert second["reply"] == {"number": 1, "author": "Anna Torf", "text": "Guten **Abend**"}
    assert json.loads(json.dumps(second)) == second


def test_a_long_message_is_quoted_short_and_on_one_line(session, chat, anna):
    say(session, anna, chat, body="eins\n" + "zwei " * 40)
    said = say(session, anna, chat, body="Ja", reply_to=1)
    quoted = told(session, Message.id == said.id)["reply"]["text"]
    assert (len(quoted), quoted[:9], quoted[-1]) == (wire.QUOTED, "eins zwei", "…")


@pytest.mark.parametrize("verb", ["fold", "hide", "remove", "hold"])
def test_what_does_not_stand_there_openly_is_not_quoted(session, chat, anna, verb):
    first = say(session, anna, chat, body="Guten Abend")
    said = say(session, anna, chat, body="Ja", reply_to=1)
    getattr(states, verb)(session, first.id)
    assert "reply" not in told(session, Message.id == said.id)


@pytest.mark.parametrize(("verb", "gone"), [("hide", "hidden"), ("remove", "removed"), ("hold", "checked")])
def test_of_what_is_out_of_view_the_place_is_told_and_no_word(session, chat, anna, verb, gone):
    said = say(session, anna, chat, body="Guten Abend", nonce="n1")
    getattr(states, verb)(session, said.id)
    found = told(session, Message.id == said.id)
    assert found == {"number": 1, "version": 2, "at": found["at"], "gone": gone, "rule": ""}


def test_a_question_without_a_name_has_none(session, hour, anna, moderator):
    for body, anonymous in (("Wann wird saniert?", False), ("Wer bezahlt das alles?", True)):
        asked = questions.ask(session, moderator, hour, body=body, anonymous=anonymous)
        if asked.number is None:
            moderation.publish(session, anna, ContentRef(QUESTION_TYPE, asked.id))
    rows = session.execute(wire.questions(Question.number.is_not(None)).order_by(Question.number)).all()
    named, nameless = (wire.question(row) for row in rows)
    assert (named["author"], nameless["author"], nameless["anonymous"]) == ("Mo Deich", "", True)
    assert (named["state"], named["votes"], named["into"]) == ("open", 0, None)
    assert "answer" not in named
    assert json.loads(json.dumps([named, nameless])) == [named, nameless]
    assert "Deich" not in json.dumps(nameless)


def test_moments_are_told_in_utc():
    berlin = dt.timezone(dt.timedelta(hours=1))
    assert (
        wire.moment(dt.datetime(2035, 3, 20, 19, 0, 0, 1234, tzinfo=berlin))
        == "2035-03-20T18:00:00.001+00:00"
    )
    assert wire.moment(None) == ""


def test_what_has_no_number_is_told_to_nobody(rung, hour, room_of, anna):
    session, news = rung
    asked = questions.ask(session, anna, hour, body="Wann wird saniert?")
    session.commit()
    del news[:]
    room_id = room_of(hour).id
    wire.tell_questions(session, room_id, 3, [asked.id], stage=None)
    wire.tell_messages(session, room_id, 4, [1])
    session.commit()
    assert [(one.kind, one.data) for one in news] == [
        (ROOM, {"version": 3, "stage": None}),
        (ROOM, {"version": 4}),
    ]
