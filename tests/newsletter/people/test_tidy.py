"""Forgetting: requests after two weeks, addresses a month after leaving, whose the proofs are after three years."""

import datetime as dt

import pytest
from sqlalchemy import create_engine, select, text

from baukasten.plugin.work import Work, begin
from baukasten_newsletter.keys import Frequency, SubscriberState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import addresses, joining, log, service, tidy, topics
from baukasten_newsletter.people.joining import Wish
from baukasten_newsletter.people.models import Consent, Person
from tests.newsletter.conftest import add_subscriber

DAY = dt.timedelta(days=1)
NEW = "neu@post.example"


@pytest.fixture
def first(session, letters):
    return topics.listed(session, letters.id)[0].id


@pytest.fixture
def later(session, morning, turn):
    """Tidies up so many days after the begin."""

    def go(days):
        turn(morning + days * DAY)
        tidy.tidy(session)

    return go


def known(session):
    return session.scalars(select(Subscriber.address).order_by(Subscriber.address)).all()


def ask(session, letters, first, address=NEW):
    joining.ask(session, letters, Wish(address, [first], "de", "", Frequency.AT_ONCE), log.NOWHERE)
    session.commit()


def test_a_request_that_nobody_confirms_is_forgotten(session, letters, first, later):
    ask(session, letters, first)
    later(14)
    assert known(session) == [NEW]
    later(14.1)
    assert known(session) == []
    assert [row.kind for row in log.entries(session, addresses.fingerprint(session, NEW))] == ["requested"]


def test_a_newer_request_waits_its_own_time(session, letters, first, later, turn, morning):
    ask(session, letters, first)
    turn(morning + 10 * DAY)
    ask(session, letters, first)
    later(15)
    assert known(session) == [NEW]
    later(25)
    assert known(session) == []


def test_confirmed_ones_stay(session, letters, first, later):
    add_subscriber(session, first, address="bleibt@post.example")
    session.commit()
    later(4000)
    assert known(session) == ["bleibt@post.example"]


def test_an_address_is_forgotten_a_month_after_leaving(session, first, later):
    row = add_subscriber(session, first, address=NEW)
    service.leave(session, row.id, how="page")
    session.commit()
    later(30)
    assert known(session) == [NEW]
    later(30.1)
    assert known(session) == []
    entries = log.entries(session, addresses.fingerprint(session, NEW))
    assert [(entry.kind, entry.how) for entry in entries] == [
        ("withdrawn", "page"),
        ("erased", "30 days after leaving"),
    ]


def test_a_request_of_somebody_undeliverable_leaves_with_its_time_alone(session, letters, first, later):
    add_subscriber(session, first, address=NEW, state=SubscriberState.UNDELIVERABLE)
    session.commit()
    ask(session, letters, first)
    later(15)
    assert known(session) == [NEW]
    assert session.scalars(select(Subscription.state)).all() == ["active"]


def test_whose_a_proof_is_is_forgotten_after_three_whole_years(session, first, later, turn):
    row = add_subscriber(session, first, address=NEW)
    service.leave(session, row.id, how="page")
    session.commit()
    later(31)
    before = session.scalars(select(Consent.hash).order_by(Consent.number)).all()
    for moment, there in (
        (dt.datetime(2038, 12, 31, 12, tzinfo=dt.UTC), 1),
        (dt.datetime(2039, 1, 2, tzinfo=dt.UTC), 0),
    ):
        turn(moment)
        tidy.tidy(session)
        assert len(session.scalars(select(Person.id)).all()) == there
    assert log.entries(session, addresses.fingerprint(session, NEW)) == []
    # The entries and their chain stay.
    assert session.scalars(select(Consent.hash).order_by(Consent.number)).all() == before
    assert log.verify(session) is None


def test_a_log_that_is_not_whole_is_told_to_operators_each_night(
    session, database, database_urls, town, letters, first, caplog
):
    ask(session, letters, first)
    session.commit()
    begin(session, Work(0, 1, town, frozenset(), {}))
    tidy.check(session)
    assert caplog.messages == []
    session.commit()
    engine = create_engine(database_urls.owner)
    with engine.begin() as connection:
        change = text("UPDATE newsletter_consent SET how = 'paper' WHERE number = 1 AND tenant_id = :id")
        connection.execute(change, {"id": town.id})
    engine.dispose()
    tidy.check(session)
    assert caplog.messages == [f"{town.slug}: the log of consents is broken from entry 1 on"]
