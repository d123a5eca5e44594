"""Join, split and move: where posts, numbers, supports, follows and reading positions go, and the way back."""

import datetime as dt

import pytest
from sqlalchemy import text

from baukasten import clock
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten_forum import outcomes, recount, service
from baukasten_forum.staff import carrying, joining, undoing

EVERYTHING = {
    "topics": "SELECT id, title, kind, visibility, outcome, state, replies, supports, answers, answered_at, "
    "accepted_number, merged_into, last_number, last_post_at, last_author_id FROM forum_topic ORDER BY id",
    "posts": "SELECT id, topic_id, number, kind, visibility, supports, thanks, reply_to FROM forum_post ORDER BY id",
    "follows": "SELECT member_id, topic_id, level FROM forum_follow ORDER BY member_id, topic_id",
    "positions": "SELECT member_id, topic_id, number FROM forum_position ORDER BY member_id, topic_id",
    "reactions": "SELECT post_id, member_id, kind FROM forum_reaction ORDER BY post_id, member_id, kind",
}


def state(session, *, without=0):
    """All that anybody can see of the forum, except of one topic."""
    return {
        what: [
            tuple(row)
            for row in session.execute(text(query))
            if without not in (getattr(row, "topic_id", None), row[0] if what == "topics" else None)
        ]
        for what, query in EVERYTHING.items()
    }


def numbers(session, topic_id):
    """The texts of a topic by number."""
    query = text("SELECT number, body FROM forum_post WHERE topic_id = :topic ORDER BY number")
    return dict(session.execute(query, {"topic": topic_id}).all())


def position(session, member, topic_id):
    query = text("SELECT number FROM forum_position WHERE member_id = :member AND topic_id = :topic")
    return session.scalar(query, {"member": member.id, "topic": topic_id})


def follow(session, member, forum, topic_id, level="follow"):
    session.execute(
        text(
            "INSERT INTO forum_follow (tenant_id, member_id, module_id, topic_id, level) "
            "VALUES (platform.current_tenant(), :member, :module, :topic, :level)"
        ),
        {"member": member.id, "module": forum.id, "topic": topic_id, "level": level},
    )


def support(session, member, post_id):
    session.execute(
        text(
            "INSERT INTO forum_reaction (tenant_id, post_id, member_id, kind) "
            "VALUES (platform.current_tenant(), :post, :member, 'support')"
        ),
        {"post": post_id, "member": member.id},
    )


@pytest.fixture
def clara(new_member):
    return new_member(name="Clara Moor")


@pytest.fixture
def steps(session, forum, anna, ben):
    """An idea with three replies."""
    return begin(session, forum, anna, ben, "Treppe ins Wasser", "abc")


@pytest.fixture
def stairs(session, forum, anna, ben):
    """Another idea on the same thing, with two replies."""
    return begin(session, forum, ben, anna, "Stufen am Kai", "xy")


def begin(session, forum, author, other, title, replies):
    written = service.open_topic(session, author, forum, title=title, body=title)
    session.execute(text("UPDATE forum_topic SET kind = 'idea'"))
    for body in replies:
        service.reply(session, other, forum, written.topic_id, body=body)
    session.commit()
    return written


@pytest.fixture
def lively(session, forum, steps, stairs, anna, ben, clara):
    """People follow, read and support both; an official answer stands in the second."""
    follow(session, clara, forum, stairs.topic_id)
    follow(session, ben, forum, steps.topic_id, "mute")
    carrying.set_positions(session, steps.topic_id, {anna.id: 4, ben.id: 2})
    carrying.set_positions(session, stairs.topic_id, {anna.id: 2, ben.id: 3, clara.id: 3})
    support(session, clara, stairs.post_id)
    support(session, ben, steps.post_id)
    session.execute(
        text("UPDATE forum_post SET kind = 'answer', outcome = 'adopted' WHERE topic_id = :t AND number = 3"),
        {"t": stairs.topic_id},
    )
    recount.everything(session)
    outcomes.settle(session, stairs.topic_id)
    return stairs.topic_id, steps.topic_id


def test_a_join_puts_the_posts_at_the_end(session, forum, steps, stairs, moderator):
    joining.merge(session, moderator, forum, stairs.topic_id, steps.topic_id)
    assert numbers(session, steps.topic_id) == {
        1: "Treppe ins Wasser", 2: "a", 3: "b", 4: "c", 5: "Stufen am Kai", 6: "x", 7: "y",
    }  # fmt: skip
    assert numbers(session, stairs.topic_id) == {}
    addresses = session.execute(
        text(
            "SELECT a.number, p.topic_id, p.number FROM forum_address a JOIN forum_post p ON p.id = a.post_id "
            "WHERE a.topic_id = :old ORDER BY a.number"
        ),
        {"old": stairs.topic_id},
    )
    there = steps.topic_id
    assert [tuple(row) for row in addresses] == [(1, there, 5), (2, there, 6), (3, there, 7)]
    assert recount.everything(session) == 0


def test_people_go_along(session, forum, lively, moderator, anna, ben, clara):
    stairs, steps = lively
    joining.merge(session, moderator, forum, stairs, steps)
    # Anna had read all of the one and two of the other; Ben goes on where he stopped; Clara never opened this one.
    assert [position(session, who, steps) for who in (anna, ben, clara)] == [6, 2, None]
    rows = session.execute(
        text("SELECT member_id, level FROM forum_follow WHERE topic_id = :t ORDER BY level"), {"t": steps}
    )
    assert [tuple(row) for row in rows] == [(clara.id, "follow"), (ben.id, "mute")]
    facts = session.execute(
        text("SELECT supports, answers, replies, last_number FROM forum_topic WHERE id = :t"), {"t": steps}
    )
    assert tuple(facts.one()) == (2, 1, 6, 7)


def test_a_join_taken_back_leaves_nothing_behind(session, forum, lively, moderator):
    stairs, steps = lively
    before = state(session)
    operation = joining.merge(session, moderator, forum, stairs, steps)
    session.commit()
    assert state(session) != before
    undoing.undo(session, moderator, forum, operation)
    session.commit()
    assert state(session) == before
    assert recount.everything(session) == 0


def test_a_split_begins_a_topic_with_the_posts(session, forum, steps, moderator, anna, ben, clara):
    carrying.set_positions(session, steps.topic_id, {anna.id: 3, clara.id: 1})
    follow(session, clara, forum, steps.topic_id)
    new, _operation = joining.split(session, moderator, forum, steps.topic_id, {4, 3}, title="Neu")
    assert numbers(session, new) == {1: "b", 2: "c"}
    assert numbers(session, steps.topic_id) == {1: "Treppe ins Wasser", 2: "a"}
    assert [position(session, who, new) for who in (anna, clara)] == [1, None]
    assert session.scalar(text("SELECT level FROM forum_follow WHERE topic_id = :t"), {"t": new}) == "follow"
    rest = session.execute(
        text("SELECT last_number, next_number, replies FROM forum_topic WHERE id = :t"), {"t": steps.topic_id}
    )
    assert tuple(rest.one()) == (2, 5, 1), "nothing is unread for who read up to 2, and no number comes again"
    assert recount.everything(session) == 0


def test_a_split_taken_back_keeps_what_was_written_meanwhile(session, forum, lively, moderator, ben):
    _stairs, steps = lively
    before = state(session)
    new, operation = joining.split(session, moderator, forum, steps, {3, 4}, title="Neu")
    session.commit()
    undoing.undo(session, moderator, forum, operation)
    assert state(session, without=new) == before
    new, operation = joining.split(session, moderator, forum, steps, {3, 4}, title="Neu")
    service.reply(session, ben, forum, new, body="später")
    session.commit()
    undoing.undo(session, moderator, forum, operation)
    assert numbers(session, steps) == {1: "Treppe ins Wasser", 2: "a", 3: "b", 4: "c", 5: "später"}
    gone = session.execute(
        text("SELECT merged_into, visibility FROM forum_topic WHERE id = :t"), {"t": new}
    ).one()
    assert tuple(gone) == (steps, "removed")
    assert recount.everything(session) == 0


def test_joined_then_split_then_all_undone(session, forum, lively, moderator):
    stairs, steps = lively
    before = state(session)
    joined = joining.merge(session, moderator, forum, stairs, steps)
    new, parted = joining.split(session, moderator, forum, steps, {5, 6}, title="Wieder zwei")
    session.commit()
    with pytest.raises(Conflict):
        undoing.undo(session, moderator, forum, joined)
    session.rollback()
    undoing.undo(session, moderator, forum, parted)
    undoing.undo(session, moderator, forum, joined)
    session.commit()
    assert state(session, without=new) == before
    assert recount.everything(session) == 0


def test_single_posts_move_and_come_back(session, forum, lively, moderator):
    stairs, steps = lively
    session.execute(text("UPDATE forum_topic SET accepted_number = 3 WHERE id = :t"), {"t": steps})
    session.commit()
    before = state(session)
    operation = joining.move(session, moderator, forum, steps, {3}, stairs)
    assert numbers(session, stairs) == {1: "Stufen am Kai", 2: "x", 3: "y", 4: "b"}
    undoing.undo(session, moderator, forum, operation)
    session.commit()
    assert state(session) == before


def test_what_waits_goes_along_and_keeps_waiting(session, forum, steps, stairs, moderator):
    held = "UPDATE forum_post SET visibility = 'held', number = NULL WHERE topic_id = :t AND number = 3"
    session.execute(text(held), {"t": stairs.topic_id})
    recount.topics(session, [stairs.topic_id])
    session.commit()
    before = state(session)
    operation = joining.merge(session, moderator, forum, stairs.topic_id, steps.topic_id)
    assert None in numbers(session, steps.topic_id)
    undoing.undo(session, moderator, forum, operation)
    assert state(session) == before


def test_a_day_later_it_stays(session, forum, steps, stairs, moderator):
    operation = joining.merge(session, moderator, forum, stairs.topic_id, steps.topic_id)
    session.commit()
    assert [one.id for one in undoing.recent(session, forum)] == [operation]
    with clock.turned(clock.now() + dt.timedelta(hours=24, seconds=1)):
        assert undoing.recent(session, forum) == []
        with pytest.raises(Conflict):
            undoing.undo(session, moderator, forum, operation)


def test_undoing_twice_is_refused(session, forum, steps, stairs, moderator):
    operation = joining.merge(session, moderator, forum, stairs.topic_id, steps.topic_id)
    undoing.undo(session, moderator, forum, operation)
    with pytest.raises(Conflict):
        undoing.undo(session, moderator, forum, operation)


def test_only_staff_may(session, forum, steps, stairs, anna):
    with pytest.raises(Denied):
        joining.merge(session, anna, forum, stairs.topic_id, steps.topic_id)
    with pytest.raises(Denied):
        joining.split(session, anna, forum, steps.topic_id, {2}, title="Neu")
    with pytest.raises(Denied):
        joining.move(session, anna, forum, steps.topic_id, {2}, stairs.topic_id)
    with pytest.raises(Denied):
        undoing.undo(session, anna, forum, 1)


@pytest.mark.parametrize("chosen", [set(), {1}, {1, 2}, set(range(2, 300))])
def test_what_cannot_leave_is_refused(session, forum, steps, moderator, chosen):
    with pytest.raises(Invalid):
        joining.split(session, moderator, forum, steps.topic_id, chosen, title="Neu")


def test_missing_things_are_not_found(session, forum, steps, stairs, moderator):
    with pytest.raises(NotFound):
        joining.split(session, moderator, forum, steps.topic_id, {2, 99}, title="Neu")
    with pytest.raises(NotFound):
        joining.merge(session, moderator, forum, steps.topic_id, 999_999)
    with pytest.raises(NotFound):
        joining.split(session, moderator, forum, steps.topic_id, {2}, title="Neu", category_id=5)
    with pytest.raises(Invalid):
        joining.merge(session, moderator, forum, steps.topic_id, steps.topic_id)
    joining.merge(session, moderator, forum, stairs.topic_id, steps.topic_id)
    with pytest.raises(NotFound):
        joining.merge(session, moderator, forum, steps.topic_id, stairs.topic_id)


def test_topics_change_their_category_and_back(session, forum, steps, stairs, moderator):
    session.execute(
        text(
            "INSERT INTO forum_category (tenant_id, module_id, slug, title) "
            "VALUES (platform.current_tenant(), :module, 'ufer', 'Ufer')"
        ),
        {"module": forum.id},
    )
    category = session.scalar(text("SELECT id FROM forum_category"))
    operation = joining.sort(session, moderator, forum, [steps.topic_id, stairs.topic_id], category)
    chosen = text("SELECT category_id FROM forum_topic ORDER BY id")
    assert session.scalars(chosen).all() == [category, category]
    undoing.undo(session, moderator, forum, operation)
    assert session.scalars(chosen).all() == [None, None]


def test_each_is_told_once(session, forum, lively, moderator, mailbox, anna, ben, clara):
    stairs, steps = lively
    session.execute(text("DELETE FROM notice"))
    session.commit()
    joining.merge(session, moderator, forum, stairs, steps)
    session.commit()
    mailbox.deliver()
    told = text("SELECT member_id, count(*) FROM notice WHERE type = 'forum.moved' GROUP BY member_id")
    assert dict(session.execute(told).all()) == {anna.id: 1, ben.id: 1, clara.id: 1}
