"""Writing: topics and replies, their numbers, the double click, closed phases, races."""

import threading

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.access import members
from baukasten.errors import Closed, Denied, Invalid, NotFound
from baukasten.plugin.refs import Standing, Visibility
from baukasten_forum import service
from baukasten_forum.models import Post, Topic
from tests.forum.conftest import DAY


def facts(session, topic_id):
    """Title, slug, visibility, replies, next number."""
    columns = (Topic.title, Topic.slug, Topic.visibility, Topic.replies, Topic.next_number)
    return tuple(session.execute(select(*columns).where(Topic.id == topic_id)).one())


def numbers(session, topic_id):
    query = select(Post.number).where(Post.topic_id == topic_id).order_by(Post.id)
    return list(session.scalars(query))


def test_a_topic_is_its_first_post(session, forum, anna):
    written = service.open_topic(
        session, anna, forum, title="  Treppe   ins Wasser ", body="Breite **Stufen**."
    )
    assert (written.slug, written.number) == ("treppe-ins-wasser", 1)
    assert facts(session, written.topic_id) == ("Treppe ins Wasser", "treppe-ins-wasser", "published", 0, 2)
    post = session.scalar(select(Post))
    assert (post.body, post.author_id) == ("Breite **Stufen**.", anna.id)
    assert post.body_html == "<p>Breite <strong>Stufen</strong>.</p>\n"


def test_replies_are_numbered_and_counted(session, forum, topic, anna, ben):
    first = service.reply(session, ben, forum, topic.topic_id, body="Gern.")
    second = service.reply(session, anna, forum, topic.topic_id, body="Danke.")
    assert [first.number, second.number] == [2, 3]
    assert facts(session, topic.topic_id)[3:] == (2, 4)
    last = session.execute(select(Topic.last_author_id)).scalar()
    assert last == anna.id


def test_the_same_form_says_it_once(session, forum, topic, ben):
    first = service.reply(session, ben, forum, topic.topic_id, body="Gern.", nonce="n1")
    again = service.reply(session, ben, forum, topic.topic_id, body="Gern.", nonce="n1")
    assert first == again
    assert facts(session, topic.topic_id)[3:] == (1, 3)
    one = service.open_topic(session, ben, forum, title="Kran", body="Soll sich drehen.", nonce="n2")
    assert service.open_topic(session, ben, forum, title="Kran", body="Soll sich drehen.", nonce="n2") == one
    assert session.query(Topic).count() == 2


def test_two_people_may_have_the_same_mark(session, forum, topic, anna, ben):
    service.reply(session, ben, forum, topic.topic_id, body="Gern.", nonce="n1")
    service.reply(session, anna, forum, topic.topic_id, body="Danke.", nonce="n1")
    assert numbers(session, topic.topic_id) == [1, 2, 3]


@pytest.mark.parametrize(
    ("title", "body", "field"), [("", "Text", "title"), ("x" * 151, "Text", "title"), ("T", " \n", "body")]
)
def test_what_is_missing_is_named(session, forum, anna, title, body, field):
    with pytest.raises(Invalid) as refused:
        service.open_topic(session, anna, forum, title=title, body=body)
    assert list(refused.value.errors) == [field]
    assert session.query(Topic).count() == 0


def test_a_phase_that_ended_closes_writing(session, noon, forum, topic, ben):
    with clock.turned(noon + 12 * DAY), pytest.raises(Closed):
        service.reply(session, ben, forum, topic.topic_id, body="Zu spät.")
    assert facts(session, topic.topic_id)[3:] == (0, 2)


def test_muted_members_do_not_write(session, forum, topic, ben, moderator):
    members.set_standing(
        session,
        moderator,
        ben.id,
        Standing.MUTED,
        reason="Wiederholte Beleidigungen",
        until=clock.now() + DAY,
    )
    with pytest.raises(Denied):
        service.reply(session, members.ref(session, ben.id), forum, topic.topic_id, body="Trotzdem.")


def test_other_forums_and_towns_are_unknown(session, database, forum, topic, ben, other_town, new_member):
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as elsewhere, pytest.raises(NotFound):
        service.reply(elsewhere, stranger, forum, topic.topic_id, body="Hallo.")
    with pytest.raises(NotFound):
        service.reply(session, ben, forum, topic.topic_id + 1_000, body="Hallo.")


def test_fifty_at_once_get_numbers_without_gaps(database, session, town, forum, topic, ben):
    begin = threading.Barrier(50)
    failures = []

    def write(number):
        with database.session(town.id) as own:
            begin.wait()
            try:
                service.reply(own, ben, forum, topic.topic_id, body=f"Antwort {number}", nonce=f"n{number}")
                own.commit()
            except Exception as error:  # noqa: BLE001 - shown by the assertion below
                failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(numbers(session, topic.topic_id)) == list(range(1, 52))
    assert facts(session, topic.topic_id)[3:] == (50, 52)


def test_the_same_form_at_once_says_it_once(database, session, town, forum, topic, ben):
    begin = threading.Barrier(5)
    found = []

    def write():
        with database.session(town.id) as own:
            begin.wait()
            found.append(service.reply(own, ben, forum, topic.topic_id, body="Gern.", nonce="n1"))
            own.commit()

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5
    assert len(set(found)) == 1
    assert numbers(session, topic.topic_id) == [1, 2]
    assert facts(session, topic.topic_id)[3:] == (1, 3)
    assert session.query(Post).filter(Post.visibility == Visibility.PUBLISHED).count() == 2
