"""What moderation does to posts, and what follows for their topics."""

import pytest
from sqlalchemy import select, update

from baukasten.errors import Conflict
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef, Outcome, Ruling, Verdict, Visibility
from baukasten_forum import judging, listing, recount, service
from baukasten_forum.answers import service as answers
from baukasten_forum.models import Post, Topic
from baukasten_forum.staff import joining
from baukasten_forum.stages import accepting
from baukasten_forum.writing import withdrawing


@pytest.fixture
def held(monkeypatch):
    """From here on everything is held."""
    monkeypatch.setattr(moderation, "screen", lambda *_: Verdict(Ruling.HOLD))


@pytest.fixture
def thread(session, forum, topic, anna, ben):
    """A topic by Anna with replies by Ben (2, 3) and Anna (4)."""
    for number, member in enumerate((ben, ben, anna), 2):
        service.reply(session, member, forum, topic.topic_id, body=f"Antwort {number}")
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


def accepted(session, topic):
    return session.scalar(select(Topic.accepted_number).where(Topic.id == topic.topic_id))


def drift(session, topic):
    """What counting anew changes."""
    return recount.topics(session, [topic.topic_id])


def test_a_folded_post_counts_on_and_a_folded_topic_stays_in_lists(session, forum, thread, anna):
    judging.fold(session, post_id(session, 1))
    judging.fold(session, post_id(session, 4))
    folded = [(1, "folded"), (2, "published"), (3, "published"), (4, "folded")]
    assert state(session, thread) == ("folded", 3, anna.id, folded)
    assert listing.counts(session, forum.id).contributions == 4
    for number in (1, 4):
        judging.restore(session, post_id(session, number))
    assert state(session, thread)[:2] == ("published", 3)
    assert drift(session, thread) == 0


def test_what_was_removed_comes_back_to_its_place(session, thread, anna, ben):
    fourth = post_id(session, 4)
    judging.remove(session, fourth)
    assert state(session, thread)[1:3] == (2, ben.id)
    assert state(session, thread)[3][-1] == (4, "removed")
    judging.restore(session, fourth)
    assert state(session, thread)[:3] == ("published", 3, anna.id)
    judging.remove(session, post_id(session, 1))
    assert state(session, thread)[0] == "removed"
    judging.restore(session, post_id(session, 1))
    assert (state(session, thread)[0], drift(session, thread)) == ("published", 0)


@pytest.mark.parametrize("back", [judging.publish, judging.restore])
def test_a_post_that_waits_again_has_no_number_and_comes_back_to_its_own(
    session, forum, thread, anna, ben, back
):
    fourth = post_id(session, 4)
    judging.hold(session, fourth)
    assert state(session, thread)[1:3] == (2, ben.id)
    assert state(session, thread)[3][-1] == (None, "held")
    assert service.reply(session, ben, forum, thread.topic_id, body="Weiter").number == 5
    back(session, fourth)
    assert state(session, thread)[1:3] == (4, ben.id)
    assert (4, "published") in state(session, thread)[3]
    assert drift(session, thread) == 0


def test_a_topic_that_waits_again_comes_back_with_its_replies(session, thread, anna):
    first = post_id(session, 1)
    judging.hold(session, first)
    assert state(session, thread)[:2] == ("held", 3)
    assert drift(session, thread) == 0
    judging.reject(session, first)
    assert state(session, thread)[0] == "removed"
    judging.restore(session, first)
    published = [(number, "published") for number in (1, 2, 3, 4)]
    assert state(session, thread) == ("published", 3, anna.id, published)
    assert drift(session, thread) == 0


def test_its_author_may_take_back_what_waits_again_and_the_replies_stay(session, forum, thread, anna):
    first = post_id(session, 1)
    judging.hold(session, first)
    withdrawing.withdraw_held(session, anna, forum, first)
    assert state(session, thread)[0] == "published"
    assert state(session, thread)[3][0] == (1, "withdrawn")
    assert drift(session, thread) == 0


def test_the_answer_to_a_question_is_its_answer_again_when_it_comes_back(
    session, forum, thread, moderator, anna
):
    session.execute(update(Topic).values(kind="question"))
    accepting.accept(session, moderator, forum, thread.topic_id, 2)
    for leave in (judging.hide, judging.remove, judging.hold):
        second = post_id(session, 2)
        leave(session, second)
        assert accepted(session, thread) is None
        judging.restore(session, second)
        assert accepted(session, thread) == 2
    judging.fold(session, second)
    assert accepted(session, thread) == 2
    judging.hide(session, second)
    accepting.accept(session, moderator, forum, thread.topic_id, 3)
    judging.restore(session, second)
    assert accepted(session, thread) == 3
    judging.hide(session, post_id(session, 3))
    assert accepted(session, thread) is None


@pytest.mark.parametrize("leave", [judging.hide, judging.remove, judging.hold])
def test_an_answer_of_the_town_speaks_for_the_topic_as_long_as_it_is_in_view(
    session, forum, thread, moderator, leave
):
    facts = answers.Facts("Bauamt", Outcome.EXAMINATION)
    at = (thread.topic_id, 1)
    given = answers.answer(session, moderator, forum, at, body="Wir prüfen das gern.", facts=facts)

    def said():
        session.expire_all()
        found = session.scalar(select(Topic).where(Topic.id == thread.topic_id))
        return found.answers, found.outcome, found.answered_at is not None

    assert said() == (1, "examination", True)
    leave(session, given.post_id)
    assert said() == (0, "open", False)
    judging.restore(session, given.post_id)
    assert said() == (1, "examination", True)
    assert drift(session, thread) == 0


def test_a_title_known_from_before_follows_its_text_and_comes_back(session, forum, thread, moderator, ben):
    other = service.open_topic(session, ben, forum, title="Kran drehen", body="Bitte drehen.")
    joining.merge(session, moderator, forum, other.topic_id, thread.topic_id)
    for leave in (judging.remove, judging.hold, judging.hide):
        leave(session, other.post_id)
        assert state(session, other)[0] == "hidden"
        judging.restore(session, other.post_id)
        assert state(session, other)[0] == "published"
