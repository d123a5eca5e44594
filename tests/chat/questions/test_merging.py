"""What asks the same becomes one question; its number leads there for good."""

import pytest
from sqlalchemy import select

from baukasten.audit.models import AuditEntry
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten_chat.keys import ROOM
from baukasten_chat.models import Question
from baukasten_chat.questions import merging, stage, voting


@pytest.fixture
def three(hour, new_member, open_question):
    """Give, for a session, the numbers of three open questions."""

    def do(session):
        return [open_question(session, new_member(), f"Was wird aus dem Steg Nummer {n}?") for n in range(3)]

    return do


def rows(session):
    session.expire_all()
    query = select(Question.number, Question.state, Question.votes, Question.merged_into).order_by(
        Question.number
    )
    return [tuple(row) for row in session.execute(query)]


def test_the_room_hears_of_both_in_one_change(told, hour, moderator, anna, ben, three, room_of):
    session, news = told
    one, two, _three = three(session)
    for who, number in ((anna, one), (ben, one), (ben, two)):
        voting.vote(session, who, hour, number, on=True)
    session.commit()
    news.clear()
    assert merging.merge(session, moderator, hour, one, two) == 2
    session.commit()
    rung = next(ring.data for ring in news if ring.kind == ROOM)
    assert rung["version"] == room_of(hour).version == 4
    told_of = [
        (q["number"], q["version"], q["state"], q["into"], q["votes"], q["merged"]) for q in rung["questions"]
    ]
    assert told_of == [(one, 4, "merged", two, 0, 0), (two, 4, "open", None, 2, 1)]
    entry = session.scalar(
        select(AuditEntry.actor_member_id).where(AuditEntry.action == "chat.question.merge")
    )
    assert entry == moderator.id


def test_what_went_into_the_source_follows_it(told, hour, moderator, three):
    session, news = told
    one, two, last = three(session)
    merging.merge(session, moderator, hour, one, two)
    session.commit()
    news.clear()
    merging.merge(session, moderator, hour, two, last)
    session.commit()
    target = session.scalar(select(Question.id).where(Question.number == last))
    assert rows(session) == [(one, "merged", 0, target), (two, "merged", 0, target), (last, "open", 0, None)]
    rung = next(ring.data for ring in news if ring.kind == ROOM)
    assert [(q["number"], q["into"]) for q in rung["questions"]] == [(one, last), (two, last), (last, None)]


def test_nothing_goes_into_itself_into_what_went_elsewhere_or_off_the_stage(session, hour, moderator, three):
    one, two, last = three(session)
    with pytest.raises(Invalid):
        merging.merge(session, moderator, hour, one, one)
    merging.merge(session, moderator, hour, one, two)
    for source, target in ((last, one), (one, last)):
        with pytest.raises(Conflict):
            merging.merge(session, moderator, hour, source, target)
    stage.to_stage(session, moderator, hour, last)
    with pytest.raises(Conflict):
        merging.merge(session, moderator, hour, last, two)
    with pytest.raises(NotFound):
        merging.merge(session, moderator, hour, two, 99)


def test_into_an_answered_question_leads_to_its_answer(session, hour, moderator, three):
    one, two, _last = three(session)
    stage.answered(session, moderator, hour, two, answer="Er bleibt.")
    merging.merge(session, moderator, hour, one, two)
    assert [row[1] for row in rows(session)] == ["merged", "answered", "open"]


def test_citizens_merge_nothing(session, hour, anna, three):
    one, two, _last = three(session)
    with pytest.raises(Denied):
        merging.merge(session, anna, hour, one, two)
