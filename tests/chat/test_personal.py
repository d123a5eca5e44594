"""What is stored of a person is handed out whole, and taken away without tearing the conversation apart."""

from typing import Any

import pytest
from sqlalchemy import inspect, select

from baukasten import clock
from baukasten_chat import models, personal, recount, rooms
from baukasten_chat.keys import ReactionKind, SpeakerState
from baukasten_chat.messages import editing, history
from baukasten_chat.messages.reactions import react
from baukasten_chat.messages.service import say
from baukasten_chat.models import (
    Line,
    Mention,
    Message,
    Question,
    Reaction,
    Speaker,
    Transcript,
    Vote,
    Wording,
)
from baukasten_chat.questions import service as questions
from baukasten_chat.questions.voting import vote

ON = True


@pytest.fixture
def anywhere(session, hour, anna, ben, moderator):
    """Anna in every table that knows people; the room's id."""
    room_id = rooms.of_module(session, hour).id
    said = say(session, anna, hour, body="Guten Abnd", nonce="n1")
    editing.edit(session, anna, hour, said.id, "Guten Abend")
    other = say(session, ben, hour, body="Hallo @Anna Torf <3").id
    editing.edit(session, moderator, hour, other, "Hallo, @Anna Torf & alle!")
    react(session, anna, hour, 2, ReactionKind.HEART, ON)
    asked = questions.ask(session, anna, hour, body="Wann wird saniert?", nonce="n2")
    questions.publish(session, asked.id)
    vote(session, anna, hour, 1, on=True)
    moment = clock.now()
    transcript = Transcript(room_id=room_id, title="Abend", since=moment, until=moment, made_by=anna.id)
    session.add_all([transcript, Speaker(room_id=room_id, member_id=anna.id, about="Zum Hafen")])
    session.flush()
    session.add_all([
        Line(
            transcript_id=transcript.id, position=1, kind="message", at=moment, author_id=anna.id, person=1,
            number=1, name="Anna Torf", body_html="Guten Abend",
        ),
        Line(
            transcript_id=transcript.id, position=2, kind="message", at=moment, author_id=ben.id, person=2,
            number=2, name="Ben Hafen", body_html="Hallo, <mark>@Anna Torf</mark> &amp; alle!",
        ),
    ])  # fmt: skip
    session.commit()
    return room_id


def test_a_person_gets_all_of_it(session, anna, ben, moderator, anywhere):
    found = personal.export(session, anna.id)
    assert [
        one.get("body") or one.get("earlier") or one.get("about") or one.get("name") for one in found
    ] == [
        "Guten Abend",
        "Wann wird saniert?",
        "Guten Abnd",
        "Zum Hafen",
        "Anna Torf",
    ]
    marks = personal.export_marks(session, anna.id)
    assert [sorted(one) for one in marks] == [
        ["created_at", "question_id"],
        ["created_at", "kind", "message_id"],
        ["message_id", "name"],
    ]
    assert [one["title"] for one in personal.export_staff(session, anna.id)] == ["Abend"]
    assert len(personal.export_staff(session, moderator.id)) == 1
    assert [one["body"] for one in personal.export(session, ben.id) if "body" in one] == [
        "Hallo, @Anna Torf & alle!"
    ]


def test_nothing_is_left_of_a_person_but_what_was_said(session, anna, anywhere):
    before = history.page(session, anywhere)
    assert personal.erase(session, anna.id) > 0
    session.commit()
    for table in (Message, Question, Line):
        assert session.scalars(select(table.author_id).where(table.author_id == anna.id)).all() == []
    for marks in (Vote, Reaction, Speaker, Mention):
        assert session.scalars(select(marks.member_id).where(marks.member_id == anna.id)).all() == []
    assert session.scalars(select(Transcript.made_by)).all() == [None]
    assert session.scalars(select(Wording.body)).all() == []
    assert session.scalars(select(Message.nonce).order_by(Message.id)).all() == [None, None]
    lines = session.scalars(select(Line).order_by(Line.position)).all()
    assert [(line.name, line.person, line.body_html) for line in lines] == [
        ("", 1, "Guten Abend"),
        ("Ben Hafen", 2, "Hallo, <mark>@…</mark> &amp; alle!"),
    ]
    speaker = session.scalars(select(Speaker)).one()
    assert (speaker.about, speaker.state) == ("", SpeakerState.LEFT)
    after = history.page(session, anywhere)
    assert [one["html"] for one in after] == ["Guten Abend", "Hallo, <mark>@…</mark> &amp; alle!"]
    assert after[0] == {**before[0], "author": "", "nonce": ""}
    assert after[1]["reactions"] == {"heart": 1}
    assert "Anna" not in str(after)
    assert session.scalars(select(Question.votes)).all() == [1]
    # Counted still, without a person.
    assert recount.everything(session) == 0
    assert personal.export(session, anna.id) == personal.export_marks(session, anna.id) == []


def test_erasing_again_changes_nothing(session, anna, anywhere):
    personal.erase(session, anna.id)
    assert personal.erase(session, anna.id) == 0


def test_another_town_hands_out_nothing(database, other_town, anna, anywhere):
    with database.session(other_town.id) as elsewhere:
        assert personal.export(elsewhere, anna.id) == []
        assert personal.erase(elsewhere, anna.id) == 0


def test_every_column_that_knows_a_person_is_declared():
    declared = {column for one in personal.DATASETS for column in one.columns}
    tables: list[Any] = [
        one for one in vars(models).values() if isinstance(one, type) and hasattr(one, "__table__")
    ]
    people = {
        f"{table.__tablename__}.{column.name}"
        for table in tables
        for column in inspect(table).columns
        if any(
            key.column.table.name == "membership" for key in column.foreign_keys if column.name != "tenant_id"
        )
    }
    assert people <= declared
    columns = {f"{one.__tablename__}.{column.name}" for one in tables for column in inspect(one).columns}
    assert declared <= columns
