"""Filling a forum from a description, as the demo does: the same rows as writing would have made."""

from sqlalchemy import select

from baukasten.plugin import Role
from baukasten_forum import listing, loading, recount
from baukasten_forum.models import Post, Topic
from baukasten_forum.readers import Follow
from baukasten_forum.stages.models import Stage
from baukasten_forum.writing.models import Revision
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


def test_plans_remarks_and_answers_are_loaded(session, forum, anna, ben):
    answer = {"by": "ben", "department": "Bauamt", "outcome": "adopted", "due": 3, "text": "Ja, gern."}
    topic = {"by": "anna", "title": "Breiter", "text": "Bitte.", "days": 9, "outcome": "adopted"}
    topic |= {"plan": "Leitbild", "passage": 2, "replies": [answer]}
    plans = [{"title": "Leitbild", "text": "Eins.\n\nZwei."}]
    loading.load(session, forum, content(anna, ben, topic) | {"plans": plans})
    stored = session.scalars(select(Topic)).one()
    assert (stored.kind, stored.passage, stored.place) == ("remark", 2, "Zwei.")
    post = session.scalars(select(Post).where(Post.number == 2)).one()
    assert (post.kind, post.department, post.outcome) == ("answer", "Bauamt", "adopted")
    assert (stored.answers, stored.answered_at) == (1, post.created_at)
    assert post.due_on == (post.created_at + 3 * DAY).date()


def test_people_and_staff_left_their_marks(session, forum, anna, ben, new_member):
    others = {"anna": anna.id, "ben": ben.id}
    letter = {"by": "ben", "letter": "Opa Kurt", "text": "Mit der Hand."}
    quoting = {"by": "ben", "to": 1, "quote": "Sonntags", "text": "Samstags auch.", "thanks": ["anna"]}
    topic = {
        "by": "anna", "title": "Kran", "kind": "idea", "category": "Kai", "text": "Sonntags drehen.", "days": 9,
        "until": 2, "supports": 1, "views": 40, "pinned": True, "before": "Drehen.", "reason": "Wann fehlte",
        "follows": ["ben"], "read": {"ben": 1}, "replies": [quoting, letter],
    }  # fmt: skip
    found = loading.load(
        session, forum, {"members": others, "now": NOW, "categories": [{"title": "Kai"}], "topics": [topic]}
    )
    assert found == {}
    stored = session.scalars(select(Topic)).one()
    assert (stored.kind, stored.supports, stored.views, stored.replies) == ("idea", 1, 40, 2)
    assert (stored.category_id is None, stored.pinned_at is None) == (False, False)
    first, second, third = session.scalars(select(Post).order_by(Post.number)).all()
    assert (first.edits, first.supports, second.thanks) == (1, 1, 1)
    assert (second.reply_to, f"beitrag/{first.id}" in second.body_html) == (first.id, True)
    assert (third.author_id, third.byline, third.via, third.entered_by) == (
        None,
        "Opa Kurt",
        "letter",
        ben.id,
    )
    assert session.scalars(select(Revision.body)).all() == ["Drehen."]
    assert session.scalars(select(Follow.member_id)).all() == [ben.id]
    assert recount.everything(session) == 0


def test_a_topic_is_joined_and_a_forum_concluded(session, forum, anna, ben, new_member):
    staff = new_member(Role.ADMIN, name="Stadt")
    one = {"by": "anna", "title": "Kaffee", "text": "Ein Café.", "days": 5}
    same = {"by": "ben", "title": "Kaffee auch", "text": "Noch eins.", "days": 3, "merged": "Kaffee"}
    end = {"by": "anna", "title": "Ergebnis", "text": "Es wird gebaut.", "days": 1, "conclusion": True}
    loading.load(session, forum, content(anna, ben, one, same, end) | {"staff": staff})
    topics = {topic.title: topic for topic in session.scalars(select(Topic))}
    assert (topics["Kaffee auch"].merged_into, topics["Kaffee"].replies) == (topics["Kaffee"].id, 1)
    assert topics["Ergebnis"].state == "concluded"
    assert session.scalars(select(Stage.state)).all() == ["concluded"]
