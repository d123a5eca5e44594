"""Publishing forgets names unless people keep them, goes on in a forum, and gives open questions a date."""

import datetime as dt

import pytest
from sqlalchemy import select

from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.projects.placing import place_module
from baukasten_chat.afterwards import publishing, redacting, telling
from baukasten_chat.models import Line, Question
from baukasten_forum.keys import PostKind, TopicKind
from baukasten_forum.models import Post, Topic
from tests.chat.conftest import NOW

ADDRESS = "https://stadt.example/live/protokoll/1"
DAY = (NOW + dt.timedelta(days=14)).date()


@pytest.fixture
def forum(session, hour):
    """A forum beside the room."""
    made = place_module(session, None, "forum", title="Forum", slug="forum", project_id=hour.project.id)
    session.commit()
    return made


@pytest.fixture
def publish(session, said, draft, moderator):
    """Publish the evening; gives its row and its lines."""

    def do(**chosen):
        row, _told = draft()
        publishing.publish(session, moderator, said, row.id, publishing.Choice(**chosen), ADDRESS)
        session.commit()
        shown = redacting.find(session, said, row.id, drafts=False)
        return shown, telling.lines(session, shown)

    return do


def test_without_names_nobody_can_be_found_any_more(session, publish):
    row, told = publish()
    stored = session.scalars(select(Line)).all()
    assert {one.author_id for one in stored} == {None}
    assert [one.name for one in stored if one.name] == ["Bauamt"]
    assert not any("Hafen" in one.body_html or "Torf" in one.body_html for one in stored)
    assert [one.who for one in told][:2] == ["Person 1", "The town"]
    assert "@Person 2" in str(told[0].html)
    assert row.published_at == NOW + dt.timedelta(minutes=6)


def test_with_names_they_stay(publish):
    _row, told = publish(names=True)
    assert [one.who for one in told] == ["Anna Torf", "The town", "Ben Hafen", "Bauamt", "without a name"]


def test_people_go_on_in_the_forum_with_what_was_answered(session, publish, forum):
    row, _told = publish(forum_id=forum.id)
    topic = session.scalars(select(Topic)).one()
    text = session.scalars(select(Post.body)).one()
    assert row.topic_path == f"{forum.path}{topic.id}-{topic.slug}"
    assert (topic.title, topic.author_id, topic.kind) == ("Abend am Hafen", None, TopicKind.DISCUSSION)
    assert text == (
        f"All that was said is in the transcript: {ADDRESS}\n\n"
        "**Wird der Steg gebaut?**\nBauamt, minute 12: Ja, im Mai."
    )


def test_open_questions_go_on_there_with_a_date_and_without_a_name(
    session, publish, forum, anna, room_of, hour
):
    before = room_of(hour).version
    publish(forum_id=forum.id, due_on=DAY, department="Kämmerei")
    topic = session.scalars(select(Topic).where(Topic.kind == TopicKind.QUESTION.value)).one()
    posts = session.scalars(select(Post).where(Post.topic_id == topic.id).order_by(Post.number)).all()
    assert (topic.title, topic.author_id) == ("Und wer bezahlt das?", None)
    assert [(one.kind, one.author_id, one.due_on) for one in posts][1][0::2] == (PostKind.ANSWER, DAY)
    assert posts[1].department == "Kämmerei"
    asked = session.scalars(select(Question).order_by(Question.number)).all()
    assert [one.continued_path for one in asked] == ["", f"{forum.path}{topic.id}-{topic.slug}"]
    assert (asked[1].version, room_of(hour).version) == (before + 1, before + 1)


def test_words_of_questions_are_no_markup_in_the_forum(session, ask, publish, forum, ben):
    ask(ben, "Was kostet **das**? [Hier](https://a.example/) # <b>nachlesen</b>")
    publish(forum_id=forum.id, due_on=DAY, department="Kämmerei")
    asked = select(Post.body_html).join(Topic, Topic.id == Post.topic_id).where(Topic.title.like("Was%"))
    found = session.scalars(asked.where(Post.number == 1)).one()
    assert ("<strong>" in found, ">Hier</a>" in found, "**das**" in found) == (False, False, True)


def test_a_second_time_is_refused_and_begins_nothing(session, publish, said, moderator, forum):
    row, _told = publish(forum_id=forum.id)
    with pytest.raises(Conflict):
        publishing.publish(session, moderator, said, row.id, publishing.Choice(forum_id=forum.id))
    assert len(session.scalars(select(Topic)).all()) == 1


@pytest.mark.parametrize(
    ("chosen", "wrong"),
    [
        ({"due_on": DAY, "department": "Bauamt"}, "forum"),
        ({"forum_id": 1, "due_on": DAY}, "department"),
        ({"forum_id": 1, "due_on": NOW.date() - dt.timedelta(days=1), "department": "Bauamt"}, "due_on"),
    ],
)
def test_a_promise_needs_place_day_and_department(session, said, draft, moderator, chosen, wrong):
    row, _told = draft()
    with pytest.raises(Invalid) as refused:
        publishing.publish(session, moderator, said, row.id, publishing.Choice(**chosen))
    assert list(refused.value.errors) == [wrong]


def test_a_forum_of_elsewhere_takes_nothing_and_nothing_is_published(session, said, draft, moderator):
    away = place_module(session, None, "forum", title="Anderes", slug="anderes")
    session.commit()
    row, _told = draft()
    with pytest.raises(NotFound):
        publishing.publish(session, moderator, said, row.id, publishing.Choice(forum_id=away.id))
    session.rollback()
    assert redacting.find(session, said, row.id, drafts=True).published_at is None
