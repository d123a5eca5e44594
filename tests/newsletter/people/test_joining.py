"""Requests count as the last mail showed them; what an account agrees to has its date."""

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten_newsletter.keys import SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import addresses, joining, log
from baukasten_newsletter.people.joining import Wish
from tests.newsletter.conftest import DAY, NOW, add_topic

ANNA = "anna@post.example"


@pytest.fixture
def topics(session, letters):
    return [add_topic(session, letters), add_topic(session, letters, "hafen", "Aus dem Hafen")]


def stored(session):
    subscriber = session.execute(select(*Subscriber.__table__.c)).all()
    chosen = select(Subscription.topic_id, Subscription.state, Subscription.since)
    print_of = addresses.fingerprint(session, ANNA)
    return subscriber, session.execute(chosen).all(), [row.number for row in log.entries(session, print_of)]


def test_the_latest_request_takes_the_place_of_one_that_waits(session, letters, topics):
    joining.ask(session, letters, Wish(ANNA, topics[:1], "de", "Anna"), log.NOWHERE)
    before = stored(session)
    assert [row.topic_id for row in before[1]] == topics[:1]
    joining.ask(session, letters, Wish(ANNA, topics[1:], "en", "Anne"), log.NOWHERE)
    (row,), chosen, entries = stored(session)
    assert (row.name, row.language, [one.topic_id for one in chosen]) == ("Anne", "en", topics[1:])
    assert len(entries) == 2
    assert row.id == before[0][0].id


def test_an_account_agrees_now_to_what_it_asked_for_before(session, letters, topics, admin, morning):
    joining.ask(session, letters, Wish(ANNA, topics[:1], "de"), log.NOWHERE)
    clock.set_to(NOW + DAY)
    joining.agree(session, admin, Wish(ANNA, topics, "de"), log.NOWHERE)
    agreed = (SubscriptionState.ACTIVE, NOW + DAY)
    assert [tuple(row) for row in stored(session)[1]] == [(topic, *agreed) for topic in topics]
    clock.set_to(NOW + 2 * DAY)
    joining.agree(session, admin, Wish(ANNA, topics, "de"), log.NOWHERE)
    assert {row.since for row in stored(session)[1]} == {NOW + DAY}, "what counts already keeps its date"
