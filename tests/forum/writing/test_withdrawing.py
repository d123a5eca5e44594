"""Taking back what one wrote: the words are gone for good, the discussion stays."""

import dataclasses

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten.moderation import service as moderation
from baukasten.moderation.reporting import service as reports
from baukasten.plugin.refs import ContentRef, Standing, Visibility
from baukasten.sdk import Conflict, Denied, NotFound
from baukasten_forum import judging, recount, service
from baukasten_forum.keys import State
from baukasten_forum.models import Post, Topic
from baukasten_forum.stages.models import Stage
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


def test_only_ones_own_and_at_any_time(noon, session, forum, topic, ben, anna, moderator, place):
    for actor in (ben, moderator):
        with pytest.raises(Denied):
            withdrawable(session, actor, forum, topic.topic_id, 1)
    with pytest.raises(NotFound):
        withdraw(session, anna, place("forum", slug="andere", title="Anderes"), topic.topic_id, 1)
    # Who may write no more may still take back what is theirs.
    silenced = dataclasses.replace(anna, standing=Standing.MUTED)
    with clock.turned(noon + 12 * DAY):
        assert withdraw(session, silenced, forum, topic.topic_id, 1).whole_topic


@pytest.mark.parametrize("state", [State.READ_ONLY, State.ARCHIVED])
def test_the_link_and_the_page_stand_in_a_closed_forum(noon, session, browse, forum, topic, anna, state):
    session.add(Stage(module_id=forum.id, state=state, starts_at=noon - DAY))
    session.commit()
    page = f"{forum.path}{topic.topic_id}/1/zurueckziehen"
    browser = browse(anna)
    shown = browser.get(f"{forum.path}{topic.topic_id}-{topic.slug}").text
    assert page in shown
    assert "/1/bearbeiten" not in shown
    assert browser.send(page).status_code == 303
    assert browse().get(f"{forum.path}{topic.topic_id}-{topic.slug}").status_code == 404


def test_what_was_taken_back_meanwhile_is_not_let_in(session, forum, topic, discussion, ben):
    """Moderation looked before the author took it back, and decides after."""
    withdraw(session, ben, forum, topic.topic_id, 2)
    for verb in (judging.publish, judging.hide, judging.restore, judging.reject):
        with pytest.raises(Conflict):
            verb(session, discussion.post_id)
    assert posts(session)[1] == (2, "withdrawn", "", "", 0)


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
