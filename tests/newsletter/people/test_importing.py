"""Bringing people in: with an origin, never those who want no mail or have left, each row with its outcome."""

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.errors import Denied, Invalid
from baukasten_newsletter.keys import SubscriberState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import addresses, importing, log, service, suppression, topics
from baukasten_newsletter.people.importing import NewSubscriber, Origin, Outcome
from tests.newsletter.conftest import add_subscriber, add_topic

LIST = Origin("Liste aus dem Bürgerbüro, Mai 2026")


@pytest.fixture
def first(session, letters):
    return topics.listed(session, letters.id)[0].id


@pytest.fixture
def bring(session, letters, admin):
    def do(*rows, origin=LIST):
        return list(importing.take(session, admin, letters, rows, origin, "de"))

    return do


def test_each_row_tells_what_became_of_it(session, letters, first, bring):
    harbour = add_topic(session, letters, "hafen", "Hafen")
    add_subscriber(session, first, address="kennt@post.example")
    gone = add_subscriber(session, first, address="weg@post.example")
    service.leave(session, gone.id, how="page")
    suppression.suppress(session, addresses.fingerprint(session, "nie@post.example"), suppression.OWN_WISH)
    told = bring(
        NewSubscriber(2, "Neu@Post.example", "Nele\r\nBcc: x@y.example", "en", (first, harbour)),
        NewSubscriber(3, "neu@post.example", topics=(first,)),
        NewSubscriber(4, "kennt@post.example", topics=(first, harbour)),
        NewSubscriber(5, "weg@post.example", topics=(first,)),
        NewSubscriber(6, "nie@post.example", topics=(first,)),
        NewSubscriber(7, "keine Adresse", topics=(first,)),
    )
    assert [(one.line, one.outcome) for one in told] == [
        (2, Outcome.ADDED),
        (3, Outcome.KNOWN),
        (4, Outcome.WIDENED),
        (5, Outcome.LEFT),
        (6, Outcome.SUPPRESSED),
        (7, Outcome.INVALID),
    ]
    row = session.get(Subscriber, (session.tenant_id, told[0].subscriber_id))
    assert (row.address, row.name, row.language, row.state) == (
        "neu@post.example",
        "Nele Bcc: x@y.example",
        "en",
        SubscriberState.ACTIVE,
    )
    (entry,) = log.entries(session, row.fingerprint)
    assert (entry.kind, entry.how, entry.topics) == (
        "imported",
        LIST.words,
        "Stadtbrief: Stadtbrief\nStadtbrief: Hafen",
    )
    assert told[5].error
    assert session.scalar(select(Subscriber.id).where(Subscriber.address == "nie@post.example")) is None


def test_an_import_confirms_a_request_that_waits(session, letters, first, bring):
    row = add_subscriber(
        session, address="wartet@post.example", state=SubscriberState.PENDING, confirmed_at=None
    )
    session.add(Subscription(subscriber_id=row.id, topic_id=first, state="pending", since=clock.now()))
    session.flush()
    (told,) = bring(NewSubscriber(1, "wartet@post.example", topics=(first,)))
    session.expire_all()
    assert told.outcome is Outcome.WIDENED
    assert row.state == SubscriberState.ACTIVE
    assert session.scalars(select(Subscription.state)).all() == ["active"]


def test_without_an_origin_nobody_is_brought_in(bring, first):
    with pytest.raises(Invalid):
        bring(NewSubscriber(1, "neu@post.example", topics=(first,)), origin=Origin("  "))


def test_only_administrators_bring_people_in(session, letters, first, moderator):
    with pytest.raises(Denied):
        list(importing.take(session, moderator, letters, [], LIST, "de"))


def test_taking_an_import_twice_changes_nothing(session, first, bring):
    rows = [NewSubscriber(n, f"a{n}@post.example", topics=(first,)) for n in range(20)]
    assert {one.outcome for one in bring(*rows)} == {Outcome.ADDED}
    before = log.verify(session)
    assert {one.outcome for one in bring(*rows)} == {Outcome.KNOWN}
    assert before is log.verify(session) is None
