"""Questions wait, come into view with a number, and leave it again with their place kept."""

import pytest
from sqlalchemy import select, update

from baukasten.errors import Closed, Conflict, Denied, Invalid, NotFound
from baukasten.moderation import service as moderation
from baukasten.moderation.models import Case, Decision
from baukasten.plugin import ContentRef, Visibility
from baukasten_chat.hours import service as hours
from baukasten_chat.keys import DESK, QUESTION_TYPE, ROOM, QuestionState
from baukasten_chat.models import Question
from baukasten_chat.questions import service, stage
from tests.chat.conftest import open_chat

RULE, FACTS = "Bleiben Sie beim Thema", "Das gehört in ein anderes Verfahren."


def row_of(session, question_id):
    return session.execute(select(Question.__table__).where(Question.id == question_id)).one()


def test_a_question_waits_without_number_and_only_the_desk_hears_of_it(told, hour, anna, room_of):
    session, news = told
    asked = service.ask(session, anna, hour, body="  Bleibt der\nNordkai   offen? ")
    session.commit()
    row = row_of(session, asked.id)
    assert (asked.number, asked.version, asked.visibility) == (None, None, Visibility.HELD)
    assert asked.note == "The moderators read every question before it appears."
    assert (row.body, row.state, row.first, row.early) == ("Bleibt der Nordkai offen?", "open", True, False)
    assert [(one.kind, one.data) for one in news] == [(DESK, {"question": asked.id})]


def test_let_in_it_gets_the_next_number_and_the_room_is_told(told, hour, anna, let_in, room_of):
    session, news = told
    asked = service.ask(session, anna, hour, body="Bleibt der Nordkai <offen>?")
    session.commit()
    news.clear()
    let_in(session, asked.id)
    room = room_of(hour)
    rung = {one.kind: one for one in news}
    assert rung.keys() == {ROOM, DESK, "member"}
    question = rung[ROOM].data["questions"][0]
    assert (rung[ROOM].number, rung[ROOM].data["version"]) == (room.id, 1)
    assert (question["number"], question["html"], question["author"], question["first"]) == (
        1,
        "Bleibt der Nordkai &lt;offen&gt;?",
        "Anna Torf",
        True,
    )
    assert rung["member"].number == anna.id
    assert rung["member"].data["question"]["number"] == 1
    assert session.scalar(select(Case.closed_at).where(Case.content_id == asked.id)) is not None


def test_refused_it_never_had_a_number_and_its_asker_gets_a_statement(told, hour, anna, moderator, room_of):
    session, news = told
    asked = service.ask(session, anna, hour, body="Wo bleibt das Schwimmbad?")
    session.commit()
    news.clear()
    moderation.refuse(session, moderator, ContentRef(QUESTION_TYPE, asked.id), rule_key="topic", facts=FACTS)
    session.commit()
    row = row_of(session, asked.id)
    assert (row.visibility, row.number, row.version, room_of(hour).version) == ("removed", None, None, 0)
    assert {one.kind for one in news} == {DESK, "member"}
    decision = session.execute(select(Decision.subject_id, Decision.rule_key, Decision.facts)).one()
    assert tuple(decision) == (anna.id, "topic", FACTS)
    found = moderation.told(session, anna, QUESTION_TYPE, [asked.id])[asked.id]
    assert found.facts == FACTS


def test_a_rule_that_is_not_in_force_refuses_nothing(session, hour, anna, moderator):
    asked = service.ask(session, anna, hour, body="Wo bleibt das Schwimmbad?")
    with pytest.raises(Invalid):
        moderation.refuse(
            session, moderator, ContentRef(QUESTION_TYPE, asked.id), rule_key="nichts", facts=FACTS
        )


def test_hidden_it_leaves_the_stage_and_keeps_its_place(told, hour, anna, moderator, open_question, room_of):
    session, news = told
    number = open_question(session, anna, "Bleibt der Nordkai offen?")
    stage.to_stage(session, moderator, hour, number)
    session.commit()
    news.clear()
    asked = session.execute(select(Question.id)).scalar_one()
    ref = ContentRef(QUESTION_TYPE, asked)
    moderation.hide(session, moderator, ref, rule=RULE, facts=FACTS)
    session.commit()
    rung = next(one.data for one in news if one.kind == ROOM)
    assert rung["stage"] is None
    assert rung["questions"] == [
        {"number": 1, "version": 3, "at": rung["questions"][0]["at"], "gone": "hidden", "rule": ""}
    ]
    assert room_of(hour).stage_id is None
    moderation.restore(session, moderator, ref)
    row = row_of(session, asked)
    assert (row.number, row.version, row.state, row.visibility) == (1, 4, QuestionState.OPEN, "published")


def test_what_was_withdrawn_nobody_lets_in(session, hour, anna):
    asked = service.ask(session, anna, hour, body="Bleibt der Nordkai offen?")
    session.execute(update(Question).values(visibility=Visibility.WITHDRAWN))
    with pytest.raises(Conflict):
        service.publish(session, asked.id)


def test_one_person_has_one_open_question(session, hour, anna, ben, open_question, moderator):
    number = open_question(session, anna, "Bleibt der Nordkai offen?")
    with pytest.raises(Conflict):
        service.ask(session, anna, hour, body="Und wie hoch wird der Deich?")
    assert service.ask(session, ben, hour, body="Und wie hoch wird der Deich?").id
    stage.answered(session, moderator, hour, number)
    second = service.ask(session, anna, hour, body="Und wer rechnet das nach?")
    assert row_of(session, second.id).first is False


def test_staff_asks_as_often_as_the_hall_does_and_waits_for_nobody(session, hour, moderator):
    numbers = [
        service.ask(session, moderator, hour, body=f"Frage aus dem Saal, Reihe {row}?").number
        for row in (1, 2)
    ]
    firsts = session.scalars(select(Question.first)).all()
    assert (numbers, firsts) == ([1, 2], [False, False])


def test_where_the_town_allows_it_people_ask_on(database, session, town, anna):
    room = open_chat(database, town, slug="deich", form="questions", one_question=False)
    asked = [
        service.ask(session, anna, room, body=f"Frage Nummer {number} zum Deich?").id for number in (1, 2)
    ]
    assert len(set(asked)) == 2


def test_the_same_mark_asks_once(session, hour, anna):
    first = service.ask(session, anna, hour, body="Bleibt der Nordkai offen?", nonce="n1")
    again = service.ask(session, anna, hour, body="Bleibt der Nordkai offen?", nonce="n1")
    assert (again.id, session.scalars(select(Question.id)).all()) == (first.id, [first.id])


def test_what_has_arrived_is_not_refused_because_the_room_was_shut_meanwhile(session, hour, anna, moderator):
    first = service.ask(session, anna, hour, body="Bleibt der Nordkai offen?", nonce="n1")
    hours.close(session, moderator, hour)
    assert service.ask(session, anna, hour, body="Bleibt der Nordkai offen?", nonce="n1").id == first.id
    with pytest.raises(Closed):
        service.ask(session, anna, hour, body="Bleibt der Nordkai offen?", nonce="n2")


@pytest.mark.parametrize("body", ["", "  \n ", "\0", "W" * 281])
def test_what_is_no_question_is_not_stored(session, hour, anna, body):
    with pytest.raises(Invalid):
        service.ask(session, anna, hour, body=body)
    assert session.scalars(select(Question.id)).all() == []


def test_only_question_hours_collect_questions(session, chat, anna):
    with pytest.raises(Closed):
        service.ask(session, anna, chat, body="Bleibt der Nordkai offen?")


def test_without_a_name_the_public_learns_none_and_staff_does(told, hour, anna, open_question):
    session, news = told
    open_question(session, anna, "Bleibt der Nordkai offen?", anonymous=True)
    rung = next(one.data for one in news if one.kind == ROOM)["questions"][0]
    assert (rung["author"], rung["anonymous"]) == ("", True)
    assert session.scalar(select(Question.author_id)) == anna.id


def test_where_names_are_shown_nobody_is_stored_without_one(database, session, town, anna):
    room = open_chat(database, town, slug="deich", form="questions", nameless=False)
    with pytest.raises(Invalid):
        service.ask(session, anna, room, body="Bleibt der Nordkai offen?", anonymous=True)
    assert session.scalars(select(Question.id)).all() == []


def test_another_towns_people_ask_nothing_here(database, session, other_town, hour, new_member):
    stranger = new_member(name="Fremde", where=other_town)
    with database.session(other_town.id) as elsewhere, pytest.raises((NotFound, Denied, Closed)):
        service.ask(elsewhere, stranger, hour, body="Bleibt der Nordkai offen?")
    assert session.scalars(select(Question.id)).all() == []
