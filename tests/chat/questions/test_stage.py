"""One question is on the stage; what happened to it is told in one change of the room."""

import threading

import pytest
from sqlalchemy import select

from baukasten.audit.models import AuditEntry
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten_chat.keys import ROOM
from baukasten_chat.models import Question
from baukasten_chat.questions import stage


@pytest.fixture
def two(hour, anna, ben, open_question):
    """Give, for a session, the numbers of two open questions."""
    return lambda session: [
        open_question(session, who, f"Was will {who.display_name} wissen?") for who in (anna, ben)
    ]


def states(session):
    session.expire_all()
    return session.scalars(select(Question.state).order_by(Question.number)).all()


def test_the_second_sends_the_first_back_in_the_same_change(told, evening, hour, moderator, two, room_of):
    session, news = told
    one, other = two(session)
    stage.to_stage(session, moderator, hour, one)
    session.commit()
    news.clear()
    stage.to_stage(session, moderator, hour, other)
    session.commit()
    rung = next(ring.data for ring in news if ring.kind == ROOM)
    assert (rung["version"], rung["stage"]) == (4, other)
    told_of = [(q["number"], q["state"], q["version"], bool(q["live_at"])) for q in rung["questions"]]
    assert told_of == [(one, "open", 4, False), (other, "live", 4, True)]
    stage.to_stage(session, moderator, hour, other)
    assert room_of(hour).version == 4
    assert stage.number_of(session, room_of(hour)) == other


def test_the_first_may_count_as_answered_when_the_second_comes(session, hour, moderator, two):
    one, other = two(session)
    stage.to_stage(session, moderator, hour, one)
    stage.to_stage(session, moderator, hour, other, finish=True)
    assert states(session) == ["answered", "live"]


def test_an_answer_clears_the_stage_and_can_be_corrected(told, evening, hour, moderator, two, room_of):
    session, news = told
    one, _other = two(session)
    stage.to_stage(session, moderator, hour, one)
    session.commit()
    news.clear()
    stage.answered(session, moderator, hour, one, by="Stadtplanung", minute=12, answer="Ja, <b>immer</b>.")
    session.commit()
    rung = next(ring.data for ring in news if ring.kind == ROOM)
    answer = rung["questions"][0]["answer"]
    assert (rung["stage"], answer["by"], answer["minute"]) == (None, "Stadtplanung", 12)
    assert "<b>" not in answer["html"]
    assert stage.number_of(session, room_of(hour)) is None
    stage.answered(session, moderator, hour, one, by="Fachdienst Umwelt")
    columns = (Question.answered_by, Question.minute, Question.state)
    row = session.execute(select(*columns).where(Question.number == one)).one()
    assert tuple(row) == ("Fachdienst Umwelt", None, "answered")


def test_back_into_the_list_is_for_what_is_staged_or_answered(session, hour, moderator, two):
    one, other = two(session)
    stage.to_stage(session, moderator, hour, one)
    stage.back(session, moderator, hour, one)
    stage.answered(session, moderator, hour, other)
    stage.back(session, moderator, hour, other)
    assert states(session) == ["open", "open"]
    with pytest.raises(Conflict):
        stage.back(session, moderator, hour, one)


def test_many_are_put_away_in_one_change(told, hour, moderator, two, room_of):
    session, news = told
    numbers = two(session)
    stage.to_stage(session, moderator, hour, numbers[0])
    session.commit()
    news.clear()
    stage.archive(session, moderator, hour, numbers)
    session.commit()
    rung = next(ring.data for ring in news if ring.kind == ROOM)
    assert (rung["stage"], [q["state"] for q in rung["questions"]]) == (None, ["archived", "archived"])
    assert {q["version"] for q in rung["questions"]} == {room_of(hour).version}
    for wrong, error in (([], Invalid), ([99], NotFound), (numbers, Conflict), (range(1, 102), Invalid)):
        with pytest.raises(error):
            stage.archive(session, moderator, hour, list(wrong))


@pytest.mark.parametrize(
    "values",
    [{"by": "W" * 121}, {"answer": "W" * 2001}, {"minute": -1}, {"minute": 1441}, {"answer": ">" * 2000}],
)
def test_answers_have_their_limits(session, hour, moderator, two, values):
    one, _other = two(session)
    with pytest.raises(Invalid):
        stage.answered(session, moderator, hour, one, **values)


def test_staff_is_named_in_the_log_and_citizens_steer_nothing(session, hour, moderator, anna, two):
    one, _other = two(session)
    stage.to_stage(session, moderator, hour, one)
    assert (
        session.scalar(select(AuditEntry.actor_member_id).where(AuditEntry.action == "chat.question.stage"))
        == moderator.id
    )
    for act in (
        lambda: stage.to_stage(session, anna, hour, one),
        lambda: stage.answered(session, anna, hour, one),
        lambda: stage.back(session, anna, hour, one),
        lambda: stage.archive(session, anna, hour, [one]),
    ):
        with pytest.raises(Denied):
            act()


def test_of_two_moderators_at_once_one_question_is_on_the_stage(
    database, town, session, hour, moderator, two, room_of
):
    numbers, start = two(session), threading.Barrier(2)

    def put(number):
        start.wait()
        with database.session(town.id) as own:
            stage.to_stage(own, moderator, hour, number)
            own.commit()

    people = [threading.Thread(target=put, args=(number,)) for number in numbers]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(states(session)) == ["live", "open"]
    live = session.scalar(select(Question.id).where(Question.state == "live"))
    assert room_of(hour).stage_id == live
