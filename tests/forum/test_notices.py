"""Who hears of a reply, and what the letter says."""

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.notify import service as notices
from baukasten.plugin.events import ContentEdited, ContentPublished, Event
from baukasten_forum import judging, service
from baukasten_forum import notices as own
from tests.forum.conftest import DAY


def published(session, town, post_id):
    own.hear(session, ContentPublished(town.id, "forum.post", post_id))


def told(session, member):
    found, _older = notices.page(session, member.id)
    return [(one.type, one.data, one.path) for one in found]


def test_the_author_hears_of_a_reply(session, town, forum, topic, anna, ben):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    published(session, town, reply.post_id)
    path = f"/beteiligung/torfhafen/forum/{topic.topic_id}/2"
    assert told(session, anna) == [("forum.reply", {"topic": "Treppe ins Wasser"}, path)]
    assert told(session, ben) == []


@pytest.mark.parametrize("what", ["own", "topic", "edited", "other", "gone", "orphan"])
def test_what_is_no_news_is_told_to_nobody(session, town, forum, topic, anna, ben, what):
    writer = anna if what == "own" else ben
    reply = service.reply(session, writer, forum, topic.topic_id, body="Gern.")
    event: Event = ContentPublished(town.id, "forum.post", reply.post_id)
    if what == "topic":
        event = ContentPublished(town.id, "forum.post", topic.post_id)
    if what == "edited":
        event = ContentEdited(town.id, "forum.post", reply.post_id)
    if what == "other":
        event = ContentPublished(town.id, "chat.message", reply.post_id)
    if what == "gone":
        event = ContentPublished(town.id, "forum.post", 10**9)
    if what == "orphan":
        session.execute(text("UPDATE forum_topic SET author_id = NULL"))
    own.hear(session, event)
    assert told(session, anna) == told(session, ben) == []


def test_a_hidden_reply_falls_silent(session, town, forum, topic, anna, ben):
    reply = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    published(session, town, reply.post_id)
    judging.hide(session, reply.post_id)
    assert told(session, anna) == []


def test_replies_of_a_burst_are_one_letter(session, town, forum, new_account, new_member, ben, mailbox):
    asker = new_member(name="Clara Kai", account=new_account("Clara Kai", "clara@post.example"))
    topic = service.open_topic(session, asker, forum, title="Kran drehen", body="Sonntags.")
    session.commit()
    mailbox.deliver()
    for body in ("Gern.", "Auch."):
        service.reply(session, ben, forum, topic.topic_id, body=body)
    session.commit()
    assert mailbox.to("clara@post.example") == []
    session.execute(text("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))
    session.commit()
    with clock.turned(clock.now() + DAY):
        (letter,) = mailbox.to("clara@post.example")
    assert letter.subject == "Neue Antwort: Kran drehen"
    assert "In „Kran drehen“ gibt es 2 neue Antworten an Sie." in letter.text
    for number in (2, 3):
        assert f"https://{town.host}/beteiligung/torfhafen/forum/{topic.topic_id}/{number}" in letter.text
    assert "Ben" not in letter.text
