"""The list of cases: its order, its filters, its pages, and whose cases stand on it."""

import datetime as dt

import pytest
from sqlalchemy import update

from baukasten import clock
from baukasten.moderation.models import Case
from baukasten.moderation.queue import counts, cursors, listing
from baukasten.moderation.queue.filters import LONG_PAGE, PAGE, Filters, Order, State, Why

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def ids(session, moderator, **asked):
    return [line.id for line in listing.page(session, moderator, Filters(**asked)).lines]


def change(session, case_ids, **values):
    session.execute(update(Case).where(Case.id.in_(case_ids)).values(**values))
    session.commit()


def test_the_oldest_and_most_reported_stand_first(session, moderator, cases, hours_ago):
    young, old, loud = (cases(1, held=False, order_at=hours_ago(hours))[0] for hours in (1, 9, 12))
    assert ids(session, moderator) == [loud, old, young]


def test_pages_of_equal_places_neither_lose_nor_repeat_a_case(session, moderator, cases):
    made = cases(7, order_at=NOON)
    seen, after = [], ""
    for _page in range(4):
        found = listing.page(session, moderator, Filters(after=after, limit=2))
        seen += [line.id for line in found.lines]
        after = found.more
    assert (seen, after) == (made, "")


@pytest.mark.parametrize("order", list(Order))
def test_every_order_pages_to_its_end(session, moderator, cases, order):
    made = cases(5, guess=0.25)
    seen: list[int] = []
    after = ""
    while len(seen) < 9:
        found = listing.page(session, moderator, Filters(order=order, after=after, limit=2))
        seen += [line.id for line in found.lines]
        after = found.more
        if not after:
            break
    assert sorted(seen) == made


def test_newest_and_guess_begin_at_the_other_end(session, moderator, cases, hours_ago):
    old, new = (cases(1, created_at=hours_ago(hours))[0] for hours in (5, 1))
    assert ids(session, moderator, order=Order.NEWEST) == [new, old]
    change(session, [old], guess=0.9)
    assert ids(session, moderator, order=Order.GUESS) == [old, new]


def test_filters_show_what_they_say(session, moderator, anna, cases, hours_ago, forum):
    held, reported = cases(1)[0], cases(1, held=False)[0]
    mine = cases(1, holder_id=moderator.id, held_until=clock.now() + dt.timedelta(minutes=5))[0]
    left = cases(1, holder_id=moderator.id, held_until=hours_ago(1))[0]
    late = cases(1, due_at=hours_ago(1))[0]
    second = cases(1, proposed_by=moderator.id, proposal={})[0]
    closed = cases(1, closed_at=hours_ago(1))[0]
    waiting = [held, reported, mine, left, late, second]
    assert ids(session, moderator) == waiting
    assert ids(session, moderator, state=State.MINE) == [mine]
    assert ids(session, anna, state=State.MINE) == []
    assert ids(session, moderator, state=State.LATE) == [late]
    assert ids(session, moderator, state=State.SECOND) == [second]
    assert ids(session, moderator, state=State.APPEALS) == []
    assert ids(session, moderator, state=State.CLOSED) == [closed]
    assert ids(session, moderator, why=Why.REPORTED) == [reported]
    assert ids(session, moderator, why=Why.HELD) == [one for one in waiting if one != reported]
    assert ids(session, moderator, kind="forum.post") == waiting
    assert ids(session, moderator, kind="nobody.knows") == []
    assert ids(session, moderator, project_id=forum.project.id) == waiting
    assert ids(session, moderator, project_id=10**17) == []
    counted = counts.by_state(session, moderator)
    assert counted == {State.OPEN: 6, State.MINE: 1, State.LATE: 1, State.APPEALS: 0, State.SECOND: 1}


def test_a_line_says_what_it_is_about_and_with_whom(session, moderator, cases):
    (case,) = cases(1, holder_id=moderator.id, held_until=clock.now() + dt.timedelta(minutes=5))
    (line,) = listing.page(session, moderator, Filters()).lines
    assert (line.id, line.module, line.project) == (case, "Ideen-Forum", "Der Alte Torfhafen")
    assert line.content is not None
    assert (line.content.excerpt, line.holder_id, line.holder, line.late) == (
        "Satz 0",
        moderator.id,
        "Mo",
        False,
    )


def test_another_town_sees_nothing_of_it(session, database, other_town, new_member, moderator, cases):
    made = cases(3)
    with database.session(other_town.id) as elsewhere:
        assert ids(elsewhere, moderator) == []
        assert listing.by_id(elsewhere, made) == []
        assert counts.by_state(elsewhere, moderator)[State.OPEN] == 0
    assert sorted(line.id for line in listing.by_id(session, made)) == made


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-",
        "1",
        "x-1",
        "1-x",
        "1--1",
        "9" * 40 + "-1",
        "1-" + "9" * 30,
        "nan-1",
        "inf-2",
        "\0-1",
        "0x1.9p99999-1",
    ],
)
def test_a_place_that_nobody_wrote_is_the_beginning(session, moderator, cases, written):
    made = cases(2)
    for order in Order:
        assert sorted(ids(session, moderator, after=written, order=order)) == made


def test_a_place_is_read_as_it_was_written():
    moment = dt.datetime(2026, 5, 4, 3, 2, 1, 987_654, tzinfo=dt.UTC)
    assert cursors.read(cursors.write(moment, 7), listing.CASE.c.order_at) == (moment, 7)
    assert cursors.read(cursors.write(0.1 + 0.2, 8), listing.CASE.c.guess) == (0.1 + 0.2, 8)


def test_filters_survive_an_address_and_refuse_what_they_do_not_know():
    asked = Filters(State.LATE, Order.NEWEST, Why.HELD, "forum.post", 3, "1-2", LONG_PAGE)
    assert Filters.read(asked.values()) == asked
    assert Filters().values() == {}
    strange = {"stand": "x", "folge": "'", "grund": "\0", "verfahren": "-1", "zahl": "1000000", "art": "\0"}
    assert Filters.read(strange) == Filters(limit=PAGE)
