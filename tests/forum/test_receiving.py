"""What other modules hand over becomes a topic without a person, and a question that the town owes an answer."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten.errors import Denied, NotFound
from baukasten.plugin import Handover, Outcome
from baukasten.projects import handing
from baukasten.projects.placing import place_module
from baukasten_forum.keys import PostKind, TopicKind, Via
from baukasten_forum.models import Post, Topic

GIVEN = Handover("Wann wird der Steg gebaut?", "Wann wird der **Steg** gebaut?", "Fragestunde, 24. November")


@pytest.fixture
def beside(session, forum):
    """Another module of the same project, from which texts come."""
    made = place_module(session, None, "chat", title="Live", slug="live", project_id=forum.project.id)
    session.commit()
    return made


def test_a_discussion_has_a_source_and_no_author(session, forum, beside, moderator):
    path = handing.hand_over(session, moderator, beside, forum.id, GIVEN)
    topic, post = session.scalars(select(Topic)).one(), session.scalars(select(Post)).one()
    assert path == f"{forum.path}{topic.id}-{topic.slug}"
    assert (topic.kind, topic.title, topic.author_id, topic.byline) == (
        TopicKind.DISCUSSION, GIVEN.title, None, GIVEN.source,
    )  # fmt: skip
    assert (post.via, post.author_id, post.entered_by, post.number) == (Via.HANDOVER, None, moderator.id, 1)


def test_a_question_says_by_when_the_town_answers(session, noon, forum, beside, moderator):
    day = (noon + dt.timedelta(days=14)).date()
    given = Handover(GIVEN.title, GIVEN.text, GIVEN.source, is_question=True, due_on=day, department="Bauamt")
    handing.hand_over(session, moderator, beside, forum.id, given)
    topic = session.scalars(select(Topic)).one()
    answer = session.scalars(select(Post).where(Post.kind == PostKind.ANSWER.value)).one()
    assert (topic.kind, topic.outcome) == (TopicKind.QUESTION, Outcome.EXAMINATION)
    assert (answer.department, answer.outcome, answer.due_on) == ("Bauamt", Outcome.EXAMINATION, day)


def test_a_long_title_is_cut_at_a_word(session, forum, beside, moderator):
    given = Handover("Warum " * 60, GIVEN.text, GIVEN.source)
    handing.hand_over(session, moderator, beside, forum.id, given)
    assert len(session.scalars(select(Topic.title)).one()) <= 150


def test_citizens_hand_nothing_over(session, forum, beside, anna):
    with pytest.raises(Denied):
        handing.hand_over(session, anna, beside, forum.id, GIVEN)


def test_only_what_stands_beside_and_takes_texts_gets_any(session, forum, beside, moderator):
    away = place_module(session, None, "forum", title="Anderes", slug="anderes")
    assert [one.id for one in handing.receivers(session, beside)] == [forum.id]
    for to in (away.id, beside.id, 0):
        with pytest.raises(NotFound):
            handing.hand_over(session, moderator, beside, to, GIVEN)
    assert session.scalars(select(Topic)).all() == []
