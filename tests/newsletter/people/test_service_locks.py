"""People, then lists, then the log: whoever takes locks in one order never waits in a circle."""

import threading

import pytest
from sqlalchemy import select, text

from baukasten import clock
from baukasten_newsletter.keys import SubscriberState, SubscriptionState
from baukasten_newsletter.models import Subscriber, Subscription
from baukasten_newsletter.people import importing, joining, service, suppression, tidy
from baukasten_newsletter.people.importing import NewSubscriber, Origin
from tests.newsletter.conftest import DAY, add_subscriber, add_topic

ROUNDS = 12
PATIENCE = text("SET LOCAL lock_timeout = '30s'")


@pytest.fixture
def topic(session, letters):
    made = add_topic(session, letters)
    session.commit()
    return made


def test_forgetting_requests_waits_for_nobody_who_confirms(session, database, town, topic):
    with clock.turned(clock.now() - 20 * DAY):
        row = add_subscriber(session, topic, state=SubscriberState.PENDING)
        waits = {"state": SubscriptionState.PENDING}
        session.query(Subscription).filter_by(subscriber_id=row.id).update(waits)
    session.commit()
    with database.session(town.id) as confirming:
        service.locked(confirming, row.id)
        with database.session(town.id) as tidying:
            tidying.execute(PATIENCE)
            tidy.tidy(tidying)
        assert joining.confirm(confirming, row.id)
        confirming.commit()
    session.rollback()
    assert session.scalars(select(Subscriber.state)).all() == [SubscriberState.ACTIVE]


def test_leaving_for_ever_and_a_list_of_another_program_wait_for_each_other_in_no_circle(
    session, database, town, letters, topic, admin
):
    people = [add_subscriber(session, topic) for _number in range(ROUNDS)]
    rows = [(one.id, one.address, one.fingerprint) for one in people]
    session.commit()
    start, failed = threading.Barrier(2), []

    def leave():
        with database.session(town.id) as leaving:
            for number, _address, fingerprint in rows:
                start.wait(60)
                service.never(leaving, number, fingerprint, suppression.OWN_WISH, how="page")
                leaving.commit()

    def bring():
        with database.session(town.id) as bringing:
            for _number, address, _fingerprint in rows:
                start.wait(60)
                known = [
                    NewSubscriber(1, one, topics=(topic,)) for _id, one, _print in rows if one != address
                ]
                importing.take(bringing, admin, letters, known, Origin("Liste"), "de", [address])
                bringing.commit()

    def guarded(deed):
        try:
            deed()
        except Exception as error:  # noqa: BLE001 - shown by the test
            failed.append(error)
            start.abort()

    threads = [threading.Thread(target=guarded, args=(deed,)) for deed in (leave, bring)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    session.rollback()
    assert session.scalars(select(Subscriber.state).distinct()).all() == [SubscriberState.LEFT]
