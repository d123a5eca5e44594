"""The town answers: what becomes of a contribution, corrections in public, answers taken back."""

import datetime as dt

import pytest
from sqlalchemy import text

from baukasten.errors import Closed, Conflict, Denied, Invalid, NotFound
from baukasten.plugin import Outcome
from baukasten_forum import judging, service
from baukasten_forum.answers import service as answers
from baukasten_forum.answers.service import Facts
from baukasten_forum.steering import tools
from tests.forum.conftest import NOW

ADOPTED = Facts("Fachdienst Stadtplanung", Outcome.ADOPTED)
BODY = "Ja, wir nehmen die Stufen in alle Entwürfe auf."


@pytest.fixture
def say(session, forum, topic, moderator, noon):
    """Answers the topic as the moderator, having read what is there."""

    def do(facts=ADOPTED, body=BODY, to=1, **more):
        latest = answers.newest(session, topic.topic_id)
        seen = more.pop("seen", latest.id if latest else 0)
        written = answers.answer(
            session, moderator, forum, (topic.topic_id, to), body=body, facts=facts, seen=seen, **more
        )
        session.commit()
        return written

    return do


def state(session, topic):
    session.rollback()
    query = "SELECT outcome, answers, answered_at, replies FROM forum_topic WHERE id = :topic"
    return tuple(session.execute(text(query), {"topic": topic.topic_id}).one())


def stored(session, post_id):
    session.rollback()
    query = "SELECT kind, department, outcome, due_on, body, edits FROM forum_post WHERE id = :post"
    return tuple(session.execute(text(query), {"post": post_id}).one())


def deeds(session):
    session.rollback()
    return session.scalars(
        text("SELECT action FROM audit_entry WHERE action LIKE 'forum.answer.%' ORDER BY id")
    ).all()


def test_an_answer_says_who_what_and_when(session, topic, say):
    due = NOW.date() + dt.timedelta(days=8)
    written = say(Facts("  Fachdienst   Stadtplanung ", Outcome.EXAMINATION, due))
    assert written.number == 2
    assert stored(session, written.post_id) == (
        "answer", "Fachdienst Stadtplanung", "examination", due, BODY, 0,
    )  # fmt: skip
    assert state(session, topic) == ("examination", 1, NOW, 1)
    assert deeds(session) == ["forum.answer.write"]


def test_the_newest_answer_decides_and_one_taken_back_restores_the_one_before(
    session, forum, topic, moderator, say
):
    say(Facts("Bauamt", Outcome.EXAMINATION))
    second = say(ADOPTED)
    assert state(session, topic)[:2] == ("adopted", 2)
    answers.take_back(session, moderator, forum, topic.topic_id, second.number, reason="Falsche Akte.")
    session.commit()
    assert state(session, topic)[:2] == ("examination", 1)
    assert stored(session, second.post_id) == (
        "notice", "Fachdienst Stadtplanung", None, None, "Falsche Akte.", 1,
    )  # fmt: skip
    kept = session.execute(text("SELECT number, body, reason, by_staff FROM forum_revision")).all()
    assert [tuple(row) for row in kept] == [(1, BODY, "Falsche Akte.", False)]
    answers.take_back(session, moderator, forum, topic.topic_id, 2, reason="Auch falsch.")
    session.commit()
    assert state(session, topic)[:3] == ("open", 0, None)


def test_an_answer_to_a_reply_does_not_speak_for_the_topic(session, forum, topic, ben, say):
    service.reply(session, ben, forum, topic.topic_id, body="Mit Rampe?")
    session.commit()
    written = say(Facts("Bauamt", Outcome.REJECTED), "Eine Rampe ist dort zu steil.", to=2)
    assert state(session, topic)[:2] == ("open", 1)
    parent = session.scalar(
        text(
            "SELECT q.number FROM forum_post p JOIN forum_post q ON q.tenant_id = p.tenant_id "
            "AND q.id = p.reply_to WHERE p.id = :post"
        ),
        {"post": written.post_id},
    )
    assert parent == 2


def test_a_hidden_answer_decides_nothing_until_it_is_back(session, topic, say):
    written = say()
    judging.hide(session, written.post_id)
    session.commit()
    assert state(session, topic)[:2] == ("open", 0)
    judging.restore(session, written.post_id)
    session.commit()
    assert state(session, topic)[:2] == ("adopted", 1)


def test_the_second_of_two_colleagues_reads_the_first(session, topic, say):
    first = say()
    with pytest.raises(answers.AnswerConflict) as refused:
        say(Facts("Bauamt", Outcome.DONE), "Fertig gebaut.", seen=0)
    assert (refused.value.newest.id, refused.value.newest.body) == (first.post_id, BODY)
    session.rollback()
    assert state(session, topic)[:2] == ("adopted", 1)


def test_a_double_click_answers_once(session, topic, say):
    first = say(nonce="n1")
    assert say(nonce="n1", seen=0) == first
    assert state(session, topic)[1] == 1


@pytest.mark.parametrize(
    ("facts", "body", "fields"),
    [
        (Facts(" ", Outcome.ADOPTED), BODY, ["department"]),
        (Facts("x" * 101, Outcome.ADOPTED), BODY, ["department"]),
        (Facts("Bauamt", Outcome.OPEN), BODY, ["outcome"]),
        (Facts("Bauamt", Outcome.MERGED), BODY, ["outcome"]),
        (Facts("Bauamt", Outcome.REJECTED), "Leider **nein**.", ["body"]),
        (Facts("Bauamt", Outcome.ADOPTED, NOW.date() - dt.timedelta(days=1)), BODY, ["due_on"]),
        (Facts("Bauamt", Outcome.ADOPTED, dt.date(9999, 1, 1)), BODY, ["due_on"]),
        (Facts("Bauamt", Outcome.ADOPTED), " ", ["body"]),
    ],
)
def test_what_an_answer_must_say(session, topic, say, facts, body, fields):
    with pytest.raises(Invalid) as refused:
        say(facts, body)
    assert list(refused.value.errors) == fields
    assert state(session, topic)[:2] == ("open", 0)


def test_a_correction_is_made_in_public(session, forum, topic, moderator, say):
    written = say()
    due = NOW.date() + dt.timedelta(days=30)
    changed = Facts("Tiefbauamt", Outcome.PARTLY, due)
    answers.correct(
        session, moderator, forum, topic.topic_id, written.number, facts=changed, reason="Nur 26 Meter."
    )
    session.commit()
    assert stored(session, written.post_id) == ("answer", "Tiefbauamt", "partly", due, BODY, 1)
    assert state(session, topic)[:2] == ("partly", 1)
    with pytest.raises(Conflict):
        answers.correct(
            session, moderator, forum, topic.topic_id, written.number, facts=ADOPTED, reason="Doch alle."
        )
    seen = answers.version(answers.find(session, forum, topic.topic_id, written.number))
    with pytest.raises(Invalid):
        answers.correct(
            session, moderator, forum, topic.topic_id, written.number, facts=ADOPTED, reason=" ", seen=seen
        )


def test_only_the_town_answers_and_only_contributions(session, forum, topic, anna, moderator, say):
    with pytest.raises(Denied):
        answers.answer(session, anna, forum, (topic.topic_id, 1), body=BODY, facts=ADOPTED)
    say()
    for at in ((topic.topic_id, 2), (topic.topic_id, 99), (999_999, 1)):
        latest = answers.newest(session, at[0])
        seen = latest.id if latest else 0
        with pytest.raises(NotFound):
            answers.answer(session, moderator, forum, at, body=BODY, facts=ADOPTED, seen=seen)
    with pytest.raises(NotFound):
        answers.take_back(session, moderator, forum, topic.topic_id, 1, reason="Nein.")


def test_locked_topics_are_answered_and_archived_ones_are_not(session, forum, topic, moderator, say):
    tools.lock(session, moderator, forum, topic.topic_id, reason="Alles gesagt.")
    session.commit()
    say()
    tools.archive(session, moderator, forum, topic.topic_id)
    session.commit()
    with pytest.raises(Closed):
        say()
