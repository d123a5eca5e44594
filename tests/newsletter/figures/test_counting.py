"""Issues in numbers: each delivery once, leavers by the issue before, and no domain that gives somebody away."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten import clock
from baukasten.errors import NotFound
from baukasten_newsletter.figures import counting
from baukasten_newsletter.figures.counting import Counts, Month
from baukasten_newsletter.keys import DeliveryState
from baukasten_newsletter.people import log, service
from baukasten_newsletter.people.models import ConsentKind
from baukasten_newsletter.returns.classes import Kind
from tests.newsletter.conftest import NOW, add_subscriber, add_topic, open_list

ZONE = "Europe/Berlin"


def test_each_delivery_is_counted_by_what_became_of_it(world):
    one = world.issue(number=7, visits=12)
    world.deliver(one, 4)
    world.deliver(one, 2, DeliveryState.PENDING)
    world.deliver(one, 1, DeliveryState.SENDING)
    world.deliver(one, 1, DeliveryState.DEFERRED)
    world.deliver(one, 1, DeliveryState.FAILED, reason="5.1.1")
    world.deliver(one, 2, DeliveryState.SKIPPED, reason="left")
    world.deliver(one, 1, DeliveryState.SKIPPED, reason="paused")
    (bounced,) = world.deliver(one, 1, DeliveryState.BOUNCED)
    world.deliver(one, 1, DeliveryState.COMPLAINED)
    world.came_back(bounced, Kind.USER_UNKNOWN)
    world.deliver(world.issue(), 3)
    found = counting.issue(world.session, world.module, one)
    assert found.counts == Counts(
        snapshot=14, handed_over=6, waiting=3, deferred=1, failed=1, bounced=1, complained=1, skipped=3
    )
    assert found.skipped == {"left": 2, "paused": 1}
    assert found.returns == {Kind.USER_UNKNOWN: 1}
    assert (found.number, found.subject, found.visits) == (7, "Sommer", 12)


def test_issues_follow_each_other_and_drafts_are_none(world):
    old = world.issue(subject="")
    world.issue(started_at=None, state="draft")
    new = world.issue(subject="Winter")
    found = counting.issues(world.session, world.module)
    assert [(one.id, one.subject) for one in found] == [(new, "Winter"), (old, "")]
    assert [one.id for one in counting.issues(world.session, world.module, before=new)] == [old]


def test_who_leaves_is_counted_once_for_the_issue_before(world):
    def leave(days, how="one-click"):
        with clock.turned(NOW + dt.timedelta(days=days)):
            row = add_subscriber(world.session, world.topic)
            service.leave(world.session, row.id, how=how)

    first = world.issue()
    second = world.issue(started_at=NOW + dt.timedelta(days=3))
    for days in (-1, 1, 2, 4, 9, 11):
        leave(days)
    leave(1, "complaint")
    found = {one.id: one.left for one in counting.issues(world.session, world.module)}
    assert found == {first: 2, second: 2}


def test_other_lists_do_not_count(world, database, town):
    other = open_list(database, town, slug="kultur", title="Kultur 100%_x")
    topic = add_topic(world.session, other, slug="t", title="Stadtbrief: Bühne")
    mine, foreign = world.issue(), world.issue(other)
    row = add_subscriber(world.session, topic)
    service.leave(world.session, row.id, how="one-click")
    assert [one.left for one in counting.issues(world.session, world.module)] == [0]
    assert [one.left for one in counting.issues(world.session, other)] == [1]
    with pytest.raises(NotFound):
        counting.issue(world.session, world.module, foreign)
    assert counting.issue(world.session, world.module, mine).id == mine


def test_growth_by_month_of_the_town(world):
    # Half an hour before midnight in Greenwich it is April in Berlin.
    evening = dt.datetime(2035, 3, 31, 22, 30, tzinfo=dt.UTC)
    with clock.turned(evening):
        log.write(world.session, ConsentKind.CONFIRMED, b"a" * 32, "Stadtbrief: Aus dem Rathaus")
    log.write(world.session, ConsentKind.IMPORTED, b"b" * 32, "Stadtbrief: Aus dem Rathaus")
    log.write(world.session, ConsentKind.CONFIRMED, b"c" * 32, "Kultur: Bühne")
    service.leave(world.session, add_subscriber(world.session, world.topic).id, how="one-click")
    with clock.turned(evening):
        found = counting.growth(world.session, world.module, ZONE)
    assert found == [Month(dt.date(2035, 4, 1), 1, 0), Month(dt.date(2035, 3, 1), 1, 1)]


def test_small_domains_stand_together(world):
    one = world.issue()
    world.deliver(one, 6, domain="gross.example")
    world.deliver(one, 5, domain="mittel.example")
    for name in ("eins", "zwei"):
        world.deliver(one, 1, DeliveryState.BOUNCED, domain=f"{name}.example")
    found = counting.domains(world.session, one)
    # Two people alone would be known as well, so the smallest domain joins them.
    assert [(name, counts.snapshot, counts.bounced) for name, counts in found] == [
        ("gross.example", 6, 0),
        ("", 7, 2),
    ]


@given(st.dictionaries(st.text("abc", min_size=1, max_size=4), st.integers(1, 12), max_size=8))
def test_nobody_is_given_away_and_nobody_lost(sizes):
    found = counting.together({name: Counts(snapshot=size) for name, size in sizes.items()})
    assert sum(counts.snapshot for _name, counts in found) == sum(sizes.values())
    assert all(counts.snapshot >= counting.LEAST for name, counts in found if name)
    if len(found) > 1:
        assert min(counts.snapshot for _name, counts in found) >= counting.LEAST
