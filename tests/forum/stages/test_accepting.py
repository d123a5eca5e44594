"""The reply that answers a question."""

import pytest

from baukasten import clock
from baukasten.audit import service as audit
from baukasten.errors import Closed, Conflict, Denied, NotFound
from baukasten_forum import judging, service
from baukasten_forum.keys import State, TopicKind
from baukasten_forum.models import Post, Topic
from baukasten_forum.stages import accepting
from baukasten_forum.steering import schedule
from tests.forum.conftest import DAY


@pytest.fixture
def question(session, place, anna, ben, noon):
    """A forum for questions, Anna's question, and Ben's answer as number 2."""
    module = place("forum", slug="fragen", title="Fragen", settings={"kinds": ["question"]})
    asked = service.open_topic(session, anna, module, title="Wann beginnt der Bau?", body="Weiß es jemand?")
    service.reply(session, ben, module, asked.topic_id, body="Im Mai.")
    session.commit()
    return module, asked.topic_id


def accept(session, who, question, number, *, accepted=True):
    module, topic_id = question
    accepting.accept(session, who, module, topic_id, number, accepted=accepted)


def accepted(session):
    return session.query(Topic.accepted_number).scalar()


def test_the_asker_names_the_answer_and_takes_it_back(session, question, anna, ben):
    service.reply(session, ben, *question, body="Oder im Juni.")
    accept(session, anna, question, 2)
    assert accepted(session) == 2
    accept(session, anna, question, 3)
    assert accepted(session) == 3
    accept(session, anna, question, 2, accepted=False)
    assert accepted(session) == 3
    accept(session, anna, question, 3, accepted=False)
    assert accepted(session) is None
    assert [entry.action for entry in audit.entries(session) if entry.action.startswith("forum.answer")] == []


def test_staff_may_too_and_it_is_noted(session, question, ben, moderator):
    with pytest.raises(Denied):
        accept(session, ben, question, 2)
    accept(session, moderator, question, 2)
    assert accepted(session) == 2
    newest = audit.entries(session, limit=1)[0]
    assert (newest.action, newest.facts) == ("forum.answer.accept", {"number": 2})


@pytest.mark.parametrize("number", [1, 3, 2**62])
def test_only_a_reply_in_view_answers(session, question, anna, number):
    with pytest.raises(NotFound):
        accept(session, anna, question, number)


def test_a_hidden_reply_answers_nothing(session, question, anna):
    second = session.query(Post.id).filter_by(number=2).scalar()
    judging.hide(session, second)
    with pytest.raises(NotFound):
        accept(session, anna, question, 2)


def test_only_a_question_has_an_answer(session, forum, topic, anna, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    with pytest.raises(Conflict):
        accepting.accept(session, anna, forum, topic.topic_id, 2)


def test_the_asker_is_too_late_where_people_only_read_and_staff_are_not(
    session, question, anna, moderator, admin, noon
):
    with clock.turned(noon + DAY):
        schedule.add(session, admin, question[0], schedule.Plan(State.READ_ONLY))
        with pytest.raises(Closed):
            accept(session, anna, question, 2)
        accept(session, moderator, question, 2)
    assert accepted(session) == 2


def test_questions_of_another_forum_are_unknown(session, question, forum, anna):
    assert session.query(Topic.kind).scalar() == TopicKind.QUESTION
    with pytest.raises(NotFound):
        accepting.accept(session, anna, forum, question[1], 2)
