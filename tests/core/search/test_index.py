"""The index follows what the public may see, also of what hangs on a contribution, and is made anew on demand."""

import pytest

from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef, Role
from baukasten.search import index, query
from baukasten.tenants import plugins
from baukasten_forum import service
from tests.forum.conftest import open_forum


@pytest.fixture
def forum(database, town):
    return open_forum(database, town)


@pytest.fixture
def topic(session, forum, new_member, mailbox):
    anna = new_member(name="Anna")
    written = service.open_topic(session, anna, forum, title="Treppe ins Wasser", body="Breite Stufen")
    service.reply(session, anna, forum, written.topic_id, body="Mit Geländer")
    session.commit()
    mailbox.deliver()
    return written


def count(session, words="Treppe"):
    return len(query.find(session, words).items)


def test_what_is_published_is_found_after_the_event(session, topic):
    assert count(session) == 2
    assert [hit.excerpt for hit in query.find(session, "Geländer").items] == ["Mit Geländer"]


def test_hiding_a_topic_hides_its_replies_and_restoring_brings_all_back(session, topic, new_member, mailbox):
    moderator, ref = new_member(Role.MODERATOR), ContentRef("forum.post", topic.post_id)
    moderation.hide(session, moderator, ref, rule="Regel 1", facts="Werbung")
    session.commit()
    mailbox.deliver()
    assert (count(session), count(session, "Geländer")) == (0, 0)
    moderation.restore(session, moderator, ref)
    session.commit()
    mailbox.deliver()
    assert (count(session), count(session, "Geländer")) == (2, 1)


def test_rebuilding_gives_the_same_and_forgets_what_is_gone(session, topic):
    session.execute(index.CLEAR, {"type": "forum.post"})
    assert count(session) == 0
    assert index.rebuild(session) == index.rebuild(session) == 2
    assert count(session) == 2


def test_rebuilding_leaves_out_what_is_switched_off(session, town, topic):
    plugins.switch_off(session, town, "forum")
    assert index.rebuild(session) == 0
    plugins.switch_on(session, town, "forum")
    assert count(session) == 0
    assert index.rebuild(session) == 2


def test_an_undeclared_type_is_taken_out(session):
    index.refresh(session, "made.thing", 1)
    assert count(session) == 0
