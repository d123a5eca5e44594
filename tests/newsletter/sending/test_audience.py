"""Who gets an issue is counted out as it is sent: each person once, and everybody who is left out with the reason."""

import pytest
from sqlalchemy import select

from baukasten_newsletter.keys import Frequency, SubscriberState, SubscriptionState
from baukasten_newsletter.models import Delivery, Subscription
from baukasten_newsletter.people import suppression
from baukasten_newsletter.sending import audience
from baukasten_newsletter.sending.audience import Standing, TopicShare, masked
from tests.newsletter.conftest import DAY, NOW, add_subscriber, add_topic
from tests.newsletter.sending.conftest import add_issue


@pytest.fixture
def mixed(session, letters, morning):
    """An issue for two topics, and everybody who may have chosen one of them."""
    hall, market = add_topic(session, letters), add_topic(session, letters, "markt", "Markt", position=1)
    other = add_topic(session, letters, "sport", "Sport")
    reached = [
        add_subscriber(session, hall),
        add_subscriber(session, hall, market),
        add_subscriber(session, market, other),
        add_subscriber(session, hall, paused_until=NOW),
    ]
    add_subscriber(session, other)
    add_subscriber(session, hall, state=SubscriberState.LEFT)
    add_subscriber(session, hall, state=SubscriberState.PENDING)
    add_subscriber(session, hall, market, state=SubscriberState.UNDELIVERABLE)
    add_subscriber(session, hall, paused_until=NOW + DAY)
    add_subscriber(session, hall, frequency=Frequency.WEEKLY)
    pending = add_subscriber(session, market)
    session.scalars(
        select(Subscription).where(Subscription.subscriber_id == pending.id)
    ).one().state = SubscriptionState.PENDING
    never = add_subscriber(session, hall)
    suppression.suppress(session, never.fingerprint, suppression.OWN_WISH)
    return add_issue(session, letters, hall, market), reached


def test_everybody_is_counted_once_and_whoever_is_left_out_with_the_reason(session, mixed):
    issue, reached = mixed
    found = audience.audience(session, issue.id)
    assert found.reached == len(reached) == 4
    assert found.topics == (TopicShare("Aus dem Rathaus", 3), TopicShare("Markt", 2))
    assert found.twice == 1
    assert found.left_out == {
        Standing.UNDELIVERABLE: 1,
        Standing.PAUSED: 1,
        Standing.OTHERWISE: 1,
        Standing.SUPPRESSED: 1,
    }
    assert len(found.sample) == 4
    assert all("…@p….example" in one for one in found.sample)


def test_the_snapshot_has_exactly_these_people_and_done_twice_adds_nobody(session, mixed):
    issue, reached = mixed
    assert audience.snapshot(session, issue) == 4
    assert audience.snapshot(session, issue) == 0
    rows = session.scalars(select(Delivery).where(Delivery.issue_id == issue.id)).all()
    assert {row.subscriber_id for row in rows} == {one.id for one in reached}
    assert {(row.state, row.domain, row.language) for row in rows} == {("pending", "post.example", "de")}


def test_an_issue_without_topics_reaches_nobody(session, letters, morning):
    issue = add_issue(session, letters)
    found = audience.audience(session, issue.id)
    assert (found.reached, found.topics, found.twice, found.left_out, found.sample) == (0, (), 0, {}, ())
    assert audience.snapshot(session, issue) == 0


def test_another_town_is_not_reached(database, session, letters, other_town, mixed):
    issue, _reached = mixed
    session.commit()
    with database.session(other_town.id) as elsewhere:
        assert audience.audience(elsewhere, issue.id).reached == 0


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("anna.torf@post.example", "a…@p….example"),
        ('"a b@c"@xn--mller-kva.example', '"…@x….example'),
        ("a@localhost", "a…@…localhost"),
    ],
)
def test_masked_addresses_tell_nobody_who_it_is(address, shown):
    assert masked(address) == shown
