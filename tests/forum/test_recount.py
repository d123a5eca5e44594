"""Counters agree with what they count, also after many things at once."""

import datetime as dt

from sqlalchemy import text

from baukasten import clock
from baukasten_forum import recount, service

DRIFT = (
    "UPDATE forum_topic SET replies = 7, supports = 3, answers = 2, last_number = 9, last_author_id = NULL"
)


def counters(session):
    return session.execute(
        text("SELECT replies, supports, answers, last_number, last_author_id FROM forum_topic ORDER BY id")
    ).all()


def test_what_services_write_needs_no_recount(session, forum, topic, anna, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    session.commit()
    assert recount.everything(session) == 0


def test_drift_is_found_and_mended(session, forum, topic, anna, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    session.commit()
    before = counters(session)
    session.execute(text(DRIFT))
    session.commit()
    assert recount.everything(session) == 1
    assert counters(session) == before == [(1, 0, 0, 2, ben.id)]


def test_drifted_reactions_are_mended(session, forum, topic, ben):
    session.execute(
        text(
            "INSERT INTO forum_reaction (tenant_id, post_id, member_id, kind) "
            "SELECT tenant_id, id, :member, 'support' FROM forum_post"
        ),
        {"member": ben.id},
    )
    session.commit()
    assert recount.everything(session) == 2, "the post and its topic"
    assert session.execute(
        text("SELECT p.supports, p.thanks, t.supports FROM forum_post p, forum_topic t")
    ).one() == (1, 0, 1)


def test_a_topic_that_is_hidden_whole_keeps_its_place(session, forum, topic, anna):
    session.execute(text("UPDATE forum_post SET visibility = 'hidden'"))
    session.execute(text("UPDATE forum_topic SET last_number = 0, visibility = 'hidden'"))
    session.commit()
    assert recount.everything(session) == 0


def test_the_newest_moment_counts_not_the_last_number(session, forum, topic, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    later = clock.now() + dt.timedelta(hours=1)
    session.execute(text("UPDATE forum_post SET created_at = :later WHERE number = 1"), {"later": later})
    session.commit()
    assert recount.everything(session) == 1
    assert session.scalar(text("SELECT last_post_at FROM forum_topic")) == later
