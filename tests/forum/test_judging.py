"""What moderation does to posts, and what follows for their topics."""

import pytest
from sqlalchemy import select

from baukasten.errors import Conflict
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef, Ruling, Verdict, Visibility
from baukasten_forum import judging, service
from baukasten_forum.models import Post, Topic


@pytest.fixture
def held(monkeypatch):
    """From here on everything is held."""
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD))


@pytest.fixture
def thread(session, forum, topic, anna, ben):
    """A topic by Anna with replies by Ben (2, 3) and Anna (4)."""
    for member in (ben, ben, anna):
        service.reply(session, member, forum, topic.topic_id, body=f"Von {member.display_name}")
    session.commit()
    return topic


def state(session, topic):
    """Topic: visibility, replies, who wrote last; posts: number and visibility in their order."""
    session.expire_all()
    found = session.scalar(select(Topic).where(Topic.id == topic.topic_id))
    posts = session.execute(
        select(Post.number, Post.visibility).where(Post.topic_id == found.id).order_by(Post.id)
    )
    return found.visibility, found.replies, found.last_author_id, [tuple(row) for row in posts]


def post_id(session, number):
    return session.scalar(select(Post.id).where(Post.number == number))


def test_a_hidden_reply_counts_no_more_and_comes_back_in_its_place(session, thread, anna, ben):
    fourth = post_id(session, 4)
    judging.hide(session, fourth)
    shown = [(1, "published"), (2, "published"), (3, "published")]
    assert state(session, thread) == ("published", 2, ben.id, [*shown, (4, "hidden")])
    judging.restore(session, fourth)
    assert state(session, thread) == ("published", 3, anna.id, [*shown, (4, "published")])


def test_with_the_first_post_its_topic_goes_and_comes(session, thread, anna):
    first = post_id(session, 1)
    judging.hide(session, first)
    assert state(session, thread)[:3] == ("hidden", 3, anna.id)
    judging.hide(session, post_id(session, 4))
    judging.restore(session, first)
    assert state(session, thread)[:2] == ("published", 2)


def test_a_held_reply_gets_the_next_number_when_it_comes_into_view(
    session, forum, thread, ben, anna, held, monkeypatch
):
    waiting = service.reply(session, ben, forum, thread.topic_id, body="Wartet")
    assert (waiting.number, state(session, thread)[1:3]) == (None, (3, anna.id))
    monkeypatch.undo()
    assert service.reply(session, anna, forum, thread.topic_id, body="Schneller").number == 5
    judging.publish(session, waiting.post_id)
    assert state(session, thread)[1:] == (
        5,
        ben.id,
        [
            (1, "published"),
            (2, "published"),
            (3, "published"),
            (4, "published"),
            (6, "published"),
            (5, "published"),
        ],
    )
    with pytest.raises(Conflict):
        judging.publish(session, waiting.post_id)


def test_a_held_topic_becomes_number_one(held, session, forum, anna):
    waiting = service.open_topic(session, anna, forum, title="Kran", body="Drehen")
    assert state(session, waiting) == ("held", 0, anna.id, [(None, "held")])
    judging.publish(session, waiting.post_id)
    assert state(session, waiting) == ("published", 0, anna.id, [(1, "published")])


def test_a_refused_topic_is_gone_until_somebody_thinks_again(held, session, forum, anna):
    waiting = service.open_topic(session, anna, forum, title="Kran", body="Drehen")
    judging.reject(session, waiting.post_id)
    assert state(session, waiting) == ("removed", 0, anna.id, [(None, "removed")])
    judging.restore(session, waiting.post_id)
    assert state(session, waiting) == ("published", 0, anna.id, [(1, "published")])


def test_a_refused_reply_changes_nothing_else(session, forum, thread, ben, anna, held):
    waiting = service.reply(session, ben, forum, thread.topic_id, body="Wartet")
    before = state(session, thread)
    judging.reject(session, waiting.post_id)
    after = state(session, thread)
    assert after[:3] == before[:3]
    assert after[3][-1] == (None, "removed")


def test_the_core_sees_what_it_needs_of_each_post(session, forum, thread, ben, held):
    waiting = service.reply(session, ben, forum, thread.topic_id, body="Wartet **noch**")
    ids = [post_id(session, 1), post_id(session, 2), waiting.post_id, 10**9]
    found = {one.ref.id: one for one in judging.find(session, ids)}
    base = f"/beteiligung/torfhafen/forum/{thread.topic_id}"
    assert [found[number].path for number in ids[:3]] == [
        f"{base}-treppe-ins-wasser",
        f"{base}/2",
        f"{base}-treppe-ins-wasser",
    ]
    last = found[waiting.post_id]
    assert last.ref == ContentRef("forum.post", waiting.post_id)
    assert (last.title, last.excerpt, last.author_id, last.author_name, last.visibility, last.module_id) == (
        "Treppe ins Wasser", "Wartet noch", ben.id, "Ben Hafen", Visibility.HELD, forum.id,
    )  # fmt: skip


def test_another_towns_posts_are_not_found(session, database, other_town, thread):
    with database.session(other_town.id) as elsewhere:
        assert judging.find(elsewhere, [post_id(session, 1)]) == []
