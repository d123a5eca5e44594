"""Leaving all or some topics, once however often it is asked; addresses that take no mail."""

import pytest
from sqlalchemy import select

from baukasten_newsletter.keys import SubscriberState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import log, service
from tests.newsletter.conftest import add_subscriber, add_topic


@pytest.fixture
def topics(session, letters):
    return [add_topic(session, letters), add_topic(session, letters, "hafen", "Aus dem Hafen")]


def kept(session, row):
    chosen = select(Subscription.topic_id).where(Subscription.subscriber_id == row.id)
    return sorted(session.scalars(chosen))


def told(session, row):
    return [(entry.kind, entry.topics, entry.how) for entry in log.entries(session, row.fingerprint)]


def state(session, row):
    return session.scalar(select(Subscriber.state).where(Subscriber.id == row.id))


def test_leaving_takes_all_topics_and_is_logged_once(session, topics, morning):
    row = add_subscriber(session, *topics)
    service.leave(session, row.id, how="one-click")
    service.leave(session, row.id, how="one-click")
    session.commit()
    assert kept(session, row) == []
    assert state(session, row) == SubscriberState.LEFT
    words = "Stadtbrief: Aus dem Rathaus\nStadtbrief: Aus dem Hafen"
    assert told(session, row) == [("withdrawn", words, "one-click")]
    assert session.scalar(select(Subscriber.left_at).where(Subscriber.id == row.id)) == morning


def test_leaving_one_topic_keeps_the_other_and_the_last_one_is_all(session, topics):
    row = add_subscriber(session, *topics)
    service.leave(session, row.id, how="page", topics=[topics[0]])
    service.leave(session, row.id, how="page", topics=[topics[0]])
    assert (kept(session, row), state(session, row)) == ([topics[1]], SubscriberState.ACTIVE)
    service.leave(session, row.id, how="page", topics=[topics[1]])
    assert (kept(session, row), state(session, row)) == ([], SubscriberState.LEFT)
    assert [how for _, _, how in told(session, row)] == ["page", "page"]


def test_nobody_is_no_error_and_no_entry(session, topics):
    service.leave(session, 999_999, how="page")
    service.mark_undeliverable(session, 999_999, "mailbox unknown")
    assert log.verify(session) is None


def test_a_subscriber_of_another_town_is_nobody(session, topics, database, other_town):
    row = add_subscriber(session, *topics)
    session.commit()
    with database.session(other_town.id) as there:
        service.leave(there, row.id, how="page")
        service.mark_undeliverable(there, row.id, "mailbox unknown")
        there.commit()
    assert (kept(session, row), state(session, row)) == (sorted(topics), SubscriberState.ACTIVE)


def test_an_address_that_takes_nothing_keeps_its_consent(session, topics):
    row = add_subscriber(session, *topics)
    service.mark_undeliverable(session, row.id, "mailbox unknown")
    service.mark_undeliverable(session, row.id, "mailbox unknown")
    assert (kept(session, row), state(session, row)) == (sorted(topics), SubscriberState.UNDELIVERABLE)
    assert told(session, row) == [("changed", "", "undeliverable: mailbox unknown")]
