"""Taking back what one wrote: the words are gone for good, the discussion stays."""

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.moderation import reports
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef, Visibility
from baukasten.sdk import Closed, Denied, NotFound
from baukasten_forum import recount, service
from baukasten_forum.models import Post, Topic
from baukasten_forum.writing import editing
from baukasten_forum.writing.editing import Change
from baukasten_forum.writing.withdrawing import withdraw, withdrawable
from tests.forum.conftest import DAY

WORD = "Unverwechselbar"


@pytest.fixture
def discussion(session, forum, topic, anna, ben):
    """Ben's second post, changed once, with a reply of Anna."""
    second = service.reply(session, ben, forum, topic.topic_id, body=f"{WORD} eins @Anna Torf.")
    service.reply(session, anna, forum, topic.topic_id, body=f"> [#2](post:{second.post_id})\n\nJa.")
    editing.edit(session, ben, forum, topic.topic_id, 2, Change(f"{WORD} zwei @Anna Torf."))
    session.commit()
    return second


def posts(session):
    query = select(Post.number, Post.visibility, Post.body, Post.body_html, Post.edits).order_by(Post.number)
    return [tuple(row) for row in session.execute(query)]


def everything(session):
    """All that any table of the forum says."""
    tables = ("post", "topic", "revision", "wording", "mention", "draft")
    return "".join(str(session.execute(text(f"SELECT * FROM forum_{name}")).all()) for name in tables)  # noqa: S608


def test_the_words_go_for_good_and_the_replies_stay(session, forum, topic, discussion, ben):
    assert WORD in everything(session)
    gone = withdraw(session, ben, forum, topic.topic_id, 2)
    session.commit()
    assert (gone.is_opening, gone.whole_topic) == (False, False)
    assert posts(session)[1] == (2, "withdrawn", "", "", 0)
    assert [row[1] for row in posts(session)] == ["published", "withdrawn", "published"]
    assert WORD not in everything(session)
    assert session.execute(select(Topic.replies, Topic.visibility)).one() == (1, "published")
    assert recount.topics(session, [topic.topic_id]) == 0
    with pytest.raises(NotFound):
        withdraw(session, ben, forum, topic.topic_id, 2)


def test_a_topic_with_replies_keeps_its_title(session, forum, topic, discussion, anna):
    gone = withdraw(session, anna, forum, topic.topic_id, 1)
    assert (gone.is_opening, gone.replies, gone.whole_topic) == (True, 2, False)
    found = session.execute(select(Topic.title, Topic.visibility, Topic.replies)).one()
    assert found == ("Treppe ins Wasser", "published", 2)
    assert posts(session)[0] == (1, "withdrawn", "", "", 0)


def test_a_topic_without_replies_leaves_view_with_its_title(session, forum, topic, anna):
    assert withdraw(session, anna, forum, topic.topic_id, 1).whole_topic
    found = session.execute(select(Topic.title, Topic.slug, Topic.visibility)).one()
    assert found == ("Withdrawn contribution", "zurueckgezogen", "withdrawn")
    assert "Treppe" not in everything(session)


def test_only_ones_own_and_only_while_writing_is_open(
    noon, session, forum, topic, ben, anna, moderator, place
):
    for actor in (ben, moderator):
        with pytest.raises(Denied):
            withdrawable(session, actor, forum, topic.topic_id, 1)
    with pytest.raises(NotFound):
        withdraw(session, anna, place("forum", slug="andere", title="Anderes"), topic.topic_id, 1)
    with clock.turned(noon + 12 * DAY), pytest.raises(Closed):
        withdraw(session, anna, forum, topic.topic_id, 1)


def test_nobody_brings_it_back_and_its_case_is_closed(
    session, forum, topic, discussion, ben, anna, moderator
):
    ref = ContentRef("forum.post", discussion.post_id)
    reports.file(session, anna, moderation.find(session, ref), reason="check")
    assert moderation.count_open(session) == 1
    withdraw(session, ben, forum, topic.topic_id, 2)
    assert moderation.count_open(session) == 0
    assert moderation.find(session, ref).visibility is Visibility.WITHDRAWN
    with pytest.raises(NotFound):
        moderation.restore(session, moderator, ref, facts="doch")
