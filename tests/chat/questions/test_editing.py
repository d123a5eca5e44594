"""Who asked changes and withdraws; staff rewords with a mark; what was said before is kept for whom it concerns."""

import pytest
from sqlalchemy import func, select

from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.moderation import service as moderation
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Case, Measure
from baukasten.moderation.steps import Step
from baukasten.plugin import ContentRef
from baukasten_chat.keys import QUESTION_TYPE, ROOM
from baukasten_chat.models import Question, Vote, Wording
from baukasten_chat.questions import editing, service, stage, voting

TEXT, OTHER = "Bleibt der Nordkai offen?", "Bleibt der Nordkai in der Bauzeit offen?"


@pytest.fixture
def waiting(hour, anna):
    """Give, for a session, the id of Anna's question that waits."""

    def do(session):
        asked = service.ask(session, anna, hour, body=TEXT)
        session.commit()
        return asked.id

    return do


def row_of(session, question_id):
    session.expire_all()
    return session.execute(select(Question.__table__).where(Question.id == question_id)).one()


def rung(news):
    return [one.data for one in news if one.kind == ROOM]


def test_a_change_while_it_waits_is_read_by_who_decides_and_told_to_nobody(told, hour, anna, waiting):
    session, news = told
    question_id = waiting(session)
    editing.change(session, anna, hour, question_id, OTHER)
    session.commit()
    row = row_of(session, question_id)
    assert (row.body, row.visibility, row.number, row.edits) == (OTHER, "held", None, 0)
    assert session.scalar(select(func.count()).select_from(Case).where(Case.closed_at.is_(None))) == 1
    assert rung(news) == []


def test_only_who_asked_changes_it_and_only_while_it_waits(session, hour, anna, ben, waiting, let_in):
    question_id = waiting(session)
    with pytest.raises(NotFound):
        editing.change(session, ben, hour, question_id, OTHER)
    let_in(session, question_id)
    with pytest.raises(Conflict):
        editing.change(session, anna, hour, question_id, OTHER)


def test_a_change_that_moderators_asked_for_waits_with_its_number_kept(
    told, hour, anna, moderator, open_question, let_in
):
    session, news = told
    open_question(session, anna, TEXT)
    row_id = session.scalar(select(Question.id))
    ref = ContentRef(QUESTION_TYPE, row_id)
    step = Step(Measure.ASK, rule="Bleiben Sie beim Thema", facts="Bitte nennen Sie die Bauzeit.")
    decide_content(session, moderator, ref, step)
    session.commit()
    assert row_of(session, row_id).visibility == "folded"
    news.clear()
    editing.change(session, anna, hour, row_id, OTHER)
    session.commit()
    assert (row_of(session, row_id).visibility, rung(news)[0]["questions"][0]["gone"]) == ("held", "checked")
    let_in(session, row_id)
    row = row_of(session, row_id)
    assert (row.visibility, row.number, row.body) == ("published", 1, OTHER)


def test_staff_rewords_with_a_mark_and_the_old_wording_is_kept(told, hour, anna, moderator, open_question):
    session, news = told
    open_question(session, anna, TEXT)
    row_id = session.scalar(select(Question.id))
    news.clear()
    editing.reword(session, moderator, hour, row_id, OTHER, seen=TEXT)
    session.commit()
    question = rung(news)[0]["questions"][0]
    assert (question["html"], question["edited"], question["by_staff"]) == (OTHER, True, True)
    wording = session.execute(select(Wording.body, Wording.by_staff, Wording.edited_by)).one()
    assert tuple(wording) == (TEXT, True, moderator.id)
    with pytest.raises(Conflict):
        editing.reword(session, moderator, hour, row_id, "Und im Winter?", seen=TEXT)
    with pytest.raises(Denied):
        editing.reword(session, anna, hour, row_id, TEXT)
    with pytest.raises(Invalid):
        editing.reword(session, moderator, hour, row_id, "W" * 281)


def test_rewording_what_waits_is_told_to_the_desk_alone(told, hour, moderator, waiting):
    session, news = told
    question_id = waiting(session)
    news.clear()
    editing.reword(session, moderator, hour, question_id, OTHER)
    session.commit()
    assert (rung(news), row_of(session, question_id).version) == ([], None)


def test_withdrawn_from_the_queue_it_leaves_no_trace_and_ends_its_case(told, hour, anna, waiting):
    session, news = told
    question_id = waiting(session)
    editing.withdraw(session, anna, hour, question_id)
    session.commit()
    row = row_of(session, question_id)
    assert (row.body, row.body_html, row.visibility, row.number) == ("", "", "withdrawn", None)
    assert (session.scalar(select(Case.closed_at)) is not None, rung(news)) == (True, [])
    with pytest.raises(NotFound):
        editing.withdraw(session, anna, hour, question_id)
    assert service.ask(session, anna, hour, body=OTHER).id != question_id


def test_withdrawn_from_the_stage_only_its_number_stays(
    told, hour, anna, ben, moderator, open_question, room_of
):
    session, news = told
    number = open_question(session, anna, TEXT)
    row_id = session.scalar(select(Question.id))
    voting.vote(session, ben, hour, number, on=True)
    editing.reword(session, moderator, hour, row_id, OTHER)
    stage.to_stage(session, moderator, hour, number)
    session.commit()
    news.clear()
    with pytest.raises(NotFound):
        editing.withdraw(session, ben, hour, row_id)
    editing.withdraw(session, anna, hour, row_id)
    session.commit()
    told_of = rung(news)[0]
    assert (told_of["stage"], told_of["questions"][0]["gone"]) == (None, "withdrawn")
    assert [session.scalar(select(func.count()).select_from(table)) for table in (Vote, Wording)] == [0, 0]
    assert room_of(hour).stage_id is None


def test_what_was_refused_can_still_be_withdrawn(session, hour, anna, moderator, waiting):
    question_id = waiting(session)
    ref = ContentRef(QUESTION_TYPE, question_id)
    moderation.refuse(session, moderator, ref, rule_key="topic", facts="Anderes Verfahren.")
    editing.withdraw(session, anna, hour, question_id)
    assert row_of(session, question_id).body == ""
