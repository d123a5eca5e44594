"""What was judged, answered or taken back while staff moved it: no side says what is not so."""

import pytest
from sqlalchemy import select

from baukasten.access.members import get as member_of
from baukasten.errors import Conflict, Invalid
from baukasten.moderation import service as moderation
from baukasten.plugin.refs import ContentRef, Outcome, Role
from baukasten.privacy.erase import erase_member
from baukasten_forum import recount, service
from baukasten_forum.answers import service as answers
from baukasten_forum.keys import TopicKind
from baukasten_forum.models import Post, Topic
from baukasten_forum.staff import joining, undoing
from baukasten_forum.stages import accepting
from baukasten_forum.writing import withdrawing

ADOPTED = answers.Facts("Bauamt", Outcome.ADOPTED)


def adopt(session, moderator, forum, topic):
    where, words = (topic.topic_id, 1), "Wir bauen die Stufen im Mai."
    return answers.answer(session, moderator, forum, where, body=words, facts=ADOPTED)


@pytest.fixture
def other(session, forum, ben):
    """Another topic, of Ben, with one reply of his."""
    written = service.open_topic(session, ben, forum, title="Ein anderes Thema", body="Anderes.")
    service.reply(session, ben, forum, written.topic_id, body="Noch etwas.")
    session.commit()
    return written


@pytest.fixture
def question(session, forum, anna, ben):
    """A question of Anna that Ben's reply, number 2, answers."""
    module = forum.__class__(**{**plain(forum), "settings": {**forum.settings, "kinds": list(TopicKind)}})
    written = service.open_topic(session, anna, module, title="Wann?", body="Wann denn?", kind="question")
    service.reply(session, ben, module, written.topic_id, body="Morgen.")
    service.reply(session, anna, module, written.topic_id, body="Danke.")
    accepting.accept(session, anna, module, written.topic_id, 2)
    session.commit()
    return written


def plain(row):
    return {name: getattr(row, name) for name in row.__slots__}


def facts(session, topic_id, *names):
    session.expire_all()
    return session.execute(
        select(*(getattr(Topic, name) for name in names)).where(Topic.id == topic_id)
    ).one()


def ref(session, topic_id, number):
    query = select(Post.id).where(Post.topic_id == topic_id, Post.number == number)
    return ContentRef("forum.post", session.scalar(query))


def hide(session, moderator, what):
    moderation.hide(session, moderator, what, rule="Regel 1", facts="Werbung")


def test_a_topic_hidden_while_it_stood_in_another_comes_back_hidden(
    session, browse, forum, topic, other, anna, moderator
):
    service.reply(session, anna, forum, topic.topic_id, body="Eine Antwort.")
    done = joining.merge(session, moderator, forum, topic.topic_id, other.topic_id)
    hide(session, moderator, ContentRef("forum.post", topic.post_id))
    undoing.undo(session, moderator, forum, done)
    session.commit()
    assert facts(session, topic.topic_id, "visibility", "merged_into") == ("hidden", None)
    guest = browse()
    assert guest.get(f"{forum.path}{topic.topic_id}-{topic.slug}").status_code == 404
    assert "Treppe ins Wasser" not in guest.get(forum.path).text
    assert recount.everything(session) == 0
    moderation.restore(session, moderator, ContentRef("forum.post", topic.post_id))
    assert facts(session, topic.topic_id, "visibility", "replies") == ("published", 1)


def test_a_question_whose_answer_left_view_is_open_again(session, forum, question, ben, moderator):
    hide(session, moderator, ref(session, question.topic_id, 2))
    assert facts(session, question.topic_id, "accepted_number") == (None,)


def test_an_answer_withdrawn_while_it_stood_elsewhere_is_none_after_undoing(
    session, forum, question, other, ben, moderator
):
    done = joining.move(session, moderator, forum, question.topic_id, [2], other.topic_id)
    assert facts(session, question.topic_id, "accepted_number") == (None,)
    withdrawing.withdraw(session, ben, forum, other.topic_id, 3)
    undoing.undo(session, moderator, forum, done)
    assert facts(session, question.topic_id, "accepted_number", "replies") == (None, 1)
    assert recount.everything(session) == 0


def test_the_outcome_goes_and_comes_with_the_towns_answer(session, forum, topic, other, moderator):
    written = adopt(session, moderator, forum, topic)
    assert facts(session, topic.topic_id, "outcome", "answers") == ("adopted", 1)
    done = joining.move(session, moderator, forum, topic.topic_id, [written.number], other.topic_id)
    assert facts(session, topic.topic_id, "outcome", "answers") == ("open", 0)
    # What was said about another contribution is not said about this one.
    assert facts(session, other.topic_id, "outcome", "answers") == ("open", 1)
    undoing.undo(session, moderator, forum, done)
    assert facts(session, topic.topic_id, "outcome", "answers") == ("adopted", 1)
    assert facts(session, other.topic_id, "outcome", "answers") == ("open", 0)
    assert recount.everything(session) == 0


def test_an_answer_hidden_while_the_topic_stood_elsewhere_decides_nothing(
    session, forum, topic, other, moderator, new_member
):
    # Made before anything is written: the town's log has one end, and whoever writes to it holds it.
    colleague = new_member(Role.MODERATOR)
    written = adopt(session, moderator, forum, topic)
    done = joining.merge(session, moderator, forum, topic.topic_id, other.topic_id)
    hide(session, colleague, ContentRef("forum.post", written.post_id))
    undoing.undo(session, moderator, forum, done)
    assert facts(session, topic.topic_id, "outcome", "answers", "answered_at") == ("open", 0, None)
    assert recount.everything(session) == 0


def test_undoing_after_somebody_is_erased_names_nobody(session, browse, forum, topic, other, anna, moderator):
    service.reply(session, anna, forum, topic.topic_id, body="Eine Antwort.")
    done = joining.merge(session, moderator, forum, topic.topic_id, other.topic_id)
    assert member_of(session, anna.id).display_name == "Anna Torf"
    erase_member(session, member_id=anna.id)
    undoing.undo(session, moderator, forum, done)
    session.commit()
    page = browse().get(f"{forum.path}{topic.topic_id}-{topic.slug}").text
    assert "Breite <strong>Stufen</strong>" in page
    assert "Anna Torf" not in page
    assert "Anna Torf" not in browse(moderator).get(f"{forum.path}ordnen").text
    assert recount.everything(session) == 0


def test_a_notice_of_staff_begins_no_topic(session, forum, topic, anna, moderator):
    written = adopt(session, moderator, forum, topic)
    answers.take_back(
        session, moderator, forum, topic.topic_id, written.number, reason="Ein Irrtum des Bauamts."
    )
    with pytest.raises(Invalid):
        joining.split(session, moderator, forum, topic.topic_id, [written.number], title="Irrtum")


def test_notices_of_moved_posts_do_not_name_a_hidden_topic(
    session, browse, forum, topic, other, anna, moderator, mailbox
):
    joining.merge(session, moderator, forum, topic.topic_id, other.topic_id)
    session.commit()
    mailbox.deliver()
    page = "/konto/hinweise"
    assert "Ein anderes Thema" in browse(anna).get(page).text
    hide(session, moderator, ContentRef("forum.post", other.post_id))
    session.commit()
    assert "Ein anderes Thema" not in browse(anna).get(page).text


def test_notices_of_replies_do_not_name_a_hidden_topic(
    session, browse, forum, topic, anna, ben, moderator, mailbox
):
    service.reply(session, ben, forum, topic.topic_id, body="Eine Antwort.")
    session.commit()
    mailbox.deliver()
    assert "Treppe ins Wasser" in browse(anna).get("/konto/hinweise").text
    hide(session, moderator, ContentRef("forum.post", topic.post_id))
    session.commit()
    assert "Treppe ins Wasser" not in browse(anna).get("/konto/hinweise").text


def test_nothing_moves_back_to_a_topic_that_was_joined_since(session, forum, topic, other, ben, moderator):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    third = service.open_topic(session, ben, forum, title="Ein drittes", body="Drittes.")
    moved = joining.move(session, moderator, forum, topic.topic_id, [2], other.topic_id)
    merged = joining.merge(session, moderator, forum, topic.topic_id, third.topic_id)
    session.commit()
    with pytest.raises(Conflict):
        undoing.undo(session, moderator, forum, moved)
    session.rollback()
    undoing.undo(session, moderator, forum, merged)
    undoing.undo(session, moderator, forum, moved)
    session.commit()
    assert facts(session, topic.topic_id, "replies", "merged_into") == (1, None)
    assert recount.everything(session) == 0
