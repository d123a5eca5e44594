"""How far people have read: never back, never past what others wrote, new within a fortnight."""

import datetime as dt

import pytest
from sqlalchemy import text

from baukasten_forum import service
from baukasten_forum.following import levels, positions
from baukasten_forum.following.levels import Matter
from baukasten_forum.keys import Level


def number(session, member, topic):
    values = {"member": member.id, "topic": topic.topic_id}
    query = "SELECT number FROM forum_position WHERE member_id = :member AND topic_id = :topic"
    return session.scalar(text(query), values)


def unread(session, member, topic_ids):
    """Give those of the topics in which a member has something to read, as a list asks for them."""
    return positions.unread_and_levels(session, member, 0, topic_ids)[0]


def fill(session, forum, topic, writer, count):
    for one in range(count):
        service.reply(session, writer, forum, topic.topic_id, body=f"Antwort {one}")


@pytest.mark.parametrize(("seen", "then"), [([5], 5), ([5, 9], 9), ([9, 5], 9), ([5, 5], 5)])
def test_a_place_never_goes_back(session, topic, ben, seen, then):
    for one in seen:
        positions.seen(session, ben, topic.topic_id, one)
    assert number(session, ben, topic) == then


@pytest.mark.parametrize(("before", "own", "then"), [(None, 4, 4), (3, 4, 4), (2, 4, 2), (7, 4, 7)])
def test_an_own_reply_is_no_news_but_hides_none(session, topic, ben, before, own, then):
    if before:
        positions.seen(session, ben, topic.topic_id, before)
    positions.wrote(session, ben.id, topic.topic_id, own)
    assert number(session, ben, topic) == then


def test_new_is_what_is_unread_where_one_was_and_what_is_fresh_where_one_was_not(
    session, forum, topic, anna, ben
):
    old = service.open_topic(session, anna, forum, title="Alt", body="Lange her.")
    session.execute(
        text("UPDATE forum_topic SET created_at = now() - interval '15 days' WHERE id = :id"),
        {"id": old.topic_id},
    )
    own = service.open_topic(session, ben, forum, title="Eigenes", body="Von mir.")
    ids = [topic.topic_id, old.topic_id, own.topic_id]
    assert unread(session, ben, ids) == {topic.topic_id}
    for one in (topic, old):
        positions.seen(session, ben, one.topic_id, 1)
    assert unread(session, ben, ids) == set()
    fill(session, forum, old, anna, 1)
    assert unread(session, ben, ids) == {old.topic_id}
    levels.choose(session, ben, Matter(forum.id, None, old.topic_id), Level.MUTE)
    assert unread(session, ben, ids) == set()
    assert unread(session, ben, []) == set()


def test_a_hidden_last_reply_leaves_nothing_to_read(session, forum, topic, anna, ben):
    positions.seen(session, ben, topic.topic_id, 1)
    fill(session, forum, topic, anna, 1)
    assert unread(session, ben, [topic.topic_id]) == {topic.topic_id}
    session.execute(text("UPDATE forum_topic SET last_number = 1"))
    assert unread(session, ben, [topic.topic_id]) == set()


def test_all_counts_as_read_in_one_forum_or_category(session, forum, topic, anna, ben):
    category = session.scalar(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title) "
            "VALUES (:tenant, :module, 'ufer', 'Ufer') RETURNING id"
        ),
        {"tenant": session.tenant_id, "module": forum.id},
    )
    sorted_in = service.open_topic(session, anna, forum, title="Am Ufer", body="Dort.", category_id=category)
    ids = [topic.topic_id, sorted_in.topic_id]
    positions.seen(session, ben, topic.topic_id, 1)
    fill(session, forum, topic, anna, 3)
    assert unread(session, ben, ids) == set(ids)
    positions.read_all(session, ben, forum.id, category)
    assert unread(session, ben, ids) == {topic.topic_id}
    positions.read_all(session, ben, forum.id)
    assert unread(session, ben, ids) == set()
    assert (number(session, ben, topic), number(session, ben, sorted_in)) == (4, 1)


def test_reading_makes_no_kept_page_stale(session, database, town, forum, topic, ben):
    session.commit()
    generation = text("SELECT value FROM platform.generations() WHERE tenant_id = :town")
    before = session.scalar(generation, {"town": town.id})
    positions.seen(session, ben, topic.topic_id, 1)
    levels.choose(session, ben, Matter(forum.id), Level.FOLLOW)
    positions.read_all(session, ben, forum.id)
    session.commit()
    assert session.scalar(generation, {"town": town.id}) == before


def test_positions_of_one_town_are_none_of_another(session, database, other_town, topic, ben):
    positions.seen(session, ben, topic.topic_id, 1)
    session.commit()
    with database.session(other_town.id) as there:
        assert number(there, ben, topic) is None
        assert unread(there, ben, [topic.topic_id]) == set()


def test_with_the_person_go_places_and_choices(session, topic, forum, anna, ben):
    for member in (anna, ben):
        positions.seen(session, member, topic.topic_id, 1)
        levels.choose(session, member, Matter(forum.id), Level.FOLLOW)
    for answer in session.contract.registry.personal_data.values():
        if answer.plugin == "forum":
            answer.value.erase(session, ben.id)
    for table in ("forum_position", "forum_follow"):
        assert session.scalars(text(f"SELECT member_id FROM {table}")).all() == [anna.id]  # noqa: S608 - two names


def test_fresh_is_a_fortnight():
    assert dt.timedelta(days=14) == positions.FRESH
