"""Levels of following: chosen for a forum, a category, a topic; the narrowest counts."""

import pytest
from sqlalchemy import text

from baukasten.errors import NotFound
from baukasten_forum.following import levels
from baukasten_forum.following.levels import Matter
from baukasten_forum.keys import Level
from tests.forum.conftest import open_forum


def rows(session):
    found = session.execute(
        text("SELECT member_id, module_id, category_id, topic_id, level FROM forum_follow ORDER BY id")
    )
    return [tuple(row) for row in found]


def test_a_choice_is_one_row_and_changes(session, forum, topic, ben):
    matter = Matter(forum.id, None, topic.topic_id)
    levels.choose(session, ben, matter, Level.FOLLOW)
    levels.choose(session, ben, matter, Level.MUTE)
    levels.choose(session, ben, Matter(forum.id), Level.FOLLOW)
    levels.choose(session, ben, Matter(forum.id), Level.FOLLOW)
    assert rows(session) == [
        (ben.id, forum.id, None, topic.topic_id, "mute"),
        (ben.id, forum.id, None, None, "follow"),
    ]


def test_taking_a_choice_back_leaves_the_others(session, forum, topic, ben, anna):
    for member in (anna, ben):
        levels.choose(session, member, Matter(forum.id, None, topic.topic_id), Level.FOLLOW)
    levels.choose(session, ben, Matter(forum.id), Level.MUTE)
    levels.choose(session, ben, Matter(forum.id, None, topic.topic_id), None)
    assert rows(session) == [
        (anna.id, forum.id, None, topic.topic_id, "follow"),
        (ben.id, forum.id, None, None, "mute"),
    ]


@pytest.mark.parametrize(
    ("chosen", "counts"),
    [
        ({}, Level.NORMAL),
        ({"module": "follow"}, Level.FOLLOW),
        ({"module": "follow", "category": "mute"}, Level.MUTE),
        ({"module": "mute", "category": "mute", "topic": "normal"}, Level.NORMAL),
    ],
)
def test_the_narrowest_choice_counts(chosen, counts):
    assert levels.effective(chosen) is counts


def test_only_what_is_in_view_in_this_forum_can_be_followed(session, database, town, forum, topic):
    other = open_forum(database, town, "zweites")
    with pytest.raises(NotFound):
        levels.topic_matter(session, other, topic.topic_id)
    with pytest.raises(NotFound):
        levels.category_matter(session, forum, "fehlt")
    assert levels.topic_matter(session, forum, topic.topic_id) == Matter(forum.id, None, topic.topic_id)
    session.execute(text("UPDATE forum_topic SET visibility = 'hidden'"))
    with pytest.raises(NotFound):
        levels.topic_matter(session, forum, topic.topic_id)


def test_the_list_names_what_is_in_view_and_lets_it_go(session, forum, topic, ben, anna):
    levels.choose(session, ben, Matter(forum.id, None, topic.topic_id), Level.MUTE)
    levels.choose(session, ben, Matter(forum.id), Level.FOLLOW)
    whole, single = levels.chosen(session, ben.id, forum.id)
    assert (whole.topic_id, whole.level) == (None, "follow")
    assert (single.title, single.level) == ("Treppe ins Wasser", "mute")
    with pytest.raises(NotFound):
        levels.drop(session, anna, forum, single.id)
    levels.drop(session, ben, forum, single.id)
    assert [row.id for row in levels.chosen(session, ben.id, forum.id)] == [whole.id]
    levels.choose(session, ben, Matter(forum.id, None, topic.topic_id), Level.MUTE)
    session.execute(text("UPDATE forum_topic SET visibility = 'hidden'"))
    assert [row.id for row in levels.chosen(session, ben.id, forum.id)] == [whole.id]


def test_a_letters_link_silences_one_topic_or_the_new_ones_of_a_forum(session, forum, topic, ben):
    levels.choose(session, ben, Matter(forum.id), Level.FOLLOW)
    levels.silence(session, ben.id, f"topic:{topic.topic_id}")
    levels.silence(session, ben.id, f"module:{forum.id}")
    assert rows(session) == [
        (ben.id, forum.id, None, None, "normal"),
        (ben.id, forum.id, None, topic.topic_id, "mute"),
    ]


@pytest.mark.parametrize("group", ["", "topic:", "topic:x", "topic:999999", "operation:1", "module:-1"])
def test_a_letters_link_about_nothing_changes_nothing(session, forum, topic, ben, group):
    levels.silence(session, ben.id, group)
    levels.silence(session, 10**9, f"topic:{topic.topic_id}")
    assert rows(session) == []


def test_another_town_has_choices_of_its_own(session, database, other_town, forum, topic, ben):
    levels.choose(session, ben, Matter(forum.id), Level.FOLLOW)
    session.commit()
    with database.session(other_town.id) as there:
        assert rows(there) == []
        assert levels.of(there, ben.id, Matter(forum.id)) == {}
    assert levels.of(session, ben.id, Matter(forum.id)) == {"module": "follow"}
