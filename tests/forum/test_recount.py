"""Counters agree with what they count, also after many things at once."""

import datetime as dt

from sqlalchemy import text

from baukasten import clock
from baukasten_forum import judging, recount, service
from baukasten_forum.staff import letters
from baukasten_forum.writing import withdrawing

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


def test_a_letter_of_last_week_is_the_newest_where_nothing_else_is_in_view(
    session, forum, topic, anna, ben, moderator
):
    written = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    withdrawing.withdraw(session, anna, forum, topic.topic_id, 1)
    judging.hide(session, written.post_id)
    day = clock.now().date() - dt.timedelta(days=7)
    letter = letters.Letter("Ein Brief", received_on=day, topic_id=topic.topic_id)
    letters.enter(session, moderator, forum, letter)
    session.commit()
    assert session.scalar(text("SELECT last_post_at FROM forum_topic")).date() == day
    assert recount.everything(session) == 0


def test_what_waited_is_the_newest_where_nothing_else_is_in_view(session, forum, topic, anna, ben):
    written = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    early = service.reply(session, ben, forum, topic.topic_id, body="Lange geprüft.")
    session.execute(
        text("UPDATE forum_post SET number = NULL, visibility = 'held', created_at = :day WHERE id = :id"),
        {"day": clock.now() - dt.timedelta(days=7), "id": early.post_id},
    )
    withdrawing.withdraw(session, anna, forum, topic.topic_id, 1)
    judging.hide(session, written.post_id)
    judging.publish(session, early.post_id)
    session.commit()
    assert recount.everything(session) == 0
