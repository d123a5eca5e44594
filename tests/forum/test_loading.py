"""Filling a forum from a description, as the demo does: the same rows as writing would have made."""

from sqlalchemy import select

from baukasten_forum import listing, loading
from baukasten_forum.models import Post, Topic
from tests.forum.conftest import DAY, NOW


def content(anna, ben, *topics):
    return {"members": {"anna": anna.id, "ben": ben.id}, "now": NOW, "topics": topics}


def test_topics_get_their_replies_numbers_and_dates(session, forum, anna, ben):
    replies = [{"by": "ben", "text": "Gern."}, {"by": "anna", "text": "Nein.", "held": True, "key": "wait"}]
    replies.append({"by": "anna", "text": "Danke."})
    topic = {
        "by": "anna",
        "title": "Kran drehen",
        "text": "*Sonntags*",
        "days": 10,
        "until": 2,
        "replies": replies,
    }
    found = loading.load(session, forum, content(anna, ben, topic))
    stored = session.scalars(select(Topic)).one()
    assert (stored.slug, stored.author_id, stored.replies, stored.next_number) == (
        "kran-drehen",
        anna.id,
        2,
        4,
    )
    posts = session.scalars(select(Post).order_by(Post.id)).all()
    assert [(post.number, post.visibility, post.author_id) for post in posts] == [
        (1, "published", anna.id), (2, "published", ben.id), (None, "held", anna.id), (3, "published", anna.id),
    ]  # fmt: skip
    assert (found["wait"].type, found["wait"].id) == ("forum.post", posts[2].id)
    moments = [post.created_at for post in posts]
    assert moments == sorted(moments)
    assert NOW - 11 * DAY < moments[0] < moments[-1] < NOW - DAY
    assert (stored.created_at, stored.last_post_at) == (moments[0], moments[-1])
    assert listing.total(session, forum.id) == 3


def test_a_held_topic_has_no_number_yet(session, forum, anna, ben):
    topic = {"by": "ben", "title": "Geheim", "text": "Noch nicht.", "days": 1, "held": True}
    loading.load(session, forum, content(anna, ben, topic))
    stored = session.scalars(select(Topic)).one()
    assert (stored.visibility, stored.next_number, stored.replies) == ("held", 1, 0)
    assert session.scalars(select(Post.number)).all() == [None]


def test_moments_are_the_same_each_time_by_day_and_never_to_come():
    begin, end = NOW - 9 * DAY, NOW
    moments = loading.spread(begin, end, 40, NOW)
    assert moments == loading.spread(begin, end, 40, NOW)
    assert len(set(moments)) == 40
    assert max(moments) < NOW
    assert all(moment.hour >= loading.AWAKE_FROM for moment in moments)
