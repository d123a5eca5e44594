"""Support and thanks: pressed once, counted right, offered as the town says."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.errors import Closed, Denied, NotFound
from baukasten_forum import judging, recount, service
from baukasten_forum.following import reactions
from baukasten_forum.keys import ReactionKind, TopicKind
from baukasten_forum.readers import Reaction
from tests.forum.conftest import DAY, open_forum

SUPPORT, THANKS = ReactionKind.SUPPORT, ReactionKind.THANKS


def set_up(forum, **settings):
    return dataclasses.replace(forum, settings={**forum.settings, **settings})


@pytest.fixture
def everything(forum):
    return set_up(forum, support="all", thanks=True)


def counters(session, topic):
    query = (
        "SELECT t.supports, p.supports, p.thanks FROM forum_topic t "
        "JOIN forum_post p ON p.topic_id = t.id WHERE t.id = :id ORDER BY p.number"
    )
    return [tuple(row) for row in session.execute(text(query), {"id": topic.topic_id})]


def press(session, member, module, topic, number=1, kind=SUPPORT, *, pressed=True):
    return reactions.react(session, member, module, topic.topic_id, number, kind, pressed=pressed)


def test_a_press_counts_once_and_can_be_taken_back(session, everything, topic, ben):
    assert [press(session, ben, everything, topic).count for _ in range(2)] == [1, 1]
    assert press(session, ben, everything, topic, kind=THANKS).count == 1
    assert counters(session, topic) == [(1, 1, 1)]
    assert [press(session, ben, everything, topic, pressed=False).count for _ in range(2)] == [0, 0]
    assert counters(session, topic) == [(0, 0, 1)]


def test_support_of_a_reply_stays_with_the_reply(session, everything, topic, anna, ben):
    service.reply(session, ben, everything, topic.topic_id, body="Gern.")
    press(session, anna, everything, topic, 2)
    assert counters(session, topic) == [(0, 0, 0), (0, 1, 0)]


def test_nobody_supports_themselves(session, everything, topic, anna):
    with pytest.raises(Denied):
        press(session, anna, everything, topic)
    assert counters(session, topic) == [(0, 0, 0)]


@pytest.mark.parametrize(
    ("settings", "kind", "number", "found"),
    [
        ({}, TopicKind.IDEA, 1, (SUPPORT, THANKS)),
        ({}, TopicKind.IDEA, 2, (THANKS,)),
        ({}, TopicKind.DISCUSSION, 1, (THANKS,)),
        ({"support": "all"}, TopicKind.QUESTION, 7, (SUPPORT, THANKS)),
        ({"support": "none", "thanks": False}, TopicKind.IDEA, 1, ()),
        ({"thanks": False}, TopicKind.IDEA, 1, (SUPPORT,)),
        ({"support": "all"}, TopicKind.IDEA, 0, ()),
    ],
)
def test_the_town_says_what_can_be_pressed(forum, settings, kind, number, found):
    assert reactions.offered(set_up(forum, **settings), kind, number, "post") == found
    assert reactions.offered(set_up(forum, **settings), kind, number, "notice") == ()


def test_what_is_not_offered_is_refused(session, forum, topic, ben):
    with pytest.raises(Denied):
        press(session, ben, set_up(forum, support="none"), topic)


@pytest.mark.parametrize("what", ["hidden", "missing", "other"])
def test_what_is_not_in_view_cannot_be_pressed(session, database, town, everything, topic, ben, what):
    if what == "hidden":
        judging.hide(session, topic.post_id)
    module = set_up(open_forum(database, town, "zweites"), support="all") if what == "other" else everything
    with pytest.raises(NotFound):
        press(session, ben, module, topic, 9 if what == "missing" else 1)


def test_when_the_phase_is_over_nothing_counts_any_more(session, noon, everything, topic, ben):
    with clock.turned(noon + 12 * DAY), pytest.raises(Closed):
        press(session, ben, everything, topic)
    assert counters(session, topic) == [(0, 0, 0)]


def test_fifty_presses_at_once_leave_no_drift(session, database, town, everything, topic, new_member):
    people = [new_member() for _ in range(10)]

    def work(turn):
        with database.session(town.id) as own:
            press(own, people[turn % 10], everything, topic, pressed=turn % 10 < 7 or turn < 30)
            own.commit()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(50)))
    counted = session.scalar(text("SELECT count(*) FROM forum_reaction"))
    assert counters(session, topic) == [(counted, counted, 0)]
    assert 7 <= counted <= 10
    assert recount.reactions(session, [topic.topic_id]) == recount.topics(session, [topic.topic_id]) == 0


def test_an_erased_supporter_still_counts_without_a_name(session, everything, topic, ben):
    press(session, ben, everything, topic)
    session.commit()
    for answer in session.contract.registry.personal_data.values():
        if answer.plugin == "forum":
            answer.value.erase(session, ben.id)
    assert [row.member_id for row in session.query(Reaction)] == [None]
    assert counters(session, topic) == [(1, 1, 0)]
    assert recount.reactions(session, [topic.topic_id]) == 0


def test_another_towns_post_does_not_exist(session, database, everything, topic, other_town, new_member):
    stranger = new_member(where=other_town)
    with database.session(other_town.id) as there, pytest.raises((NotFound, Closed)):
        press(there, stranger, everything, topic)
