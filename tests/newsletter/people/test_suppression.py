"""Never again: in one town or in all, by keyed hash alone."""

import pytest
from sqlalchemy import select, text

from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, log, suppression
from tests.newsletter.conftest import add_subscriber

ANNA, BERT = "anna@post.example", "bert@post.example"


@pytest.fixture
def anna(session):
    return addresses.fingerprint(session, ANNA)


@pytest.fixture
def elsewhere(database, other_town):
    with database.session(other_town.id) as opened:
        yield opened


@pytest.fixture(autouse=True)
def nobody_left(database, anna):
    yield
    with database.session(None) as session:
        session.execute(text("SELECT platform.allow_mail(:one)"), {"one": anna})
        session.commit()


def kinds(session, fingerprint):
    return [entry.kind for entry in log.entries(session, fingerprint)]


def reached(session):
    return set(session.scalars(select(Subscriber.address).where(suppression.unsuppressed(Subscriber))))


def test_never_again_holds_in_its_town_alone_and_is_logged_once(session, elsewhere, anna):
    for opened in (session, elsewhere):
        add_subscriber(opened, address=ANNA)
        add_subscriber(opened, address=BERT)
    suppression.suppress(session, anna, suppression.OWN_WISH)
    suppression.suppress(session, anna, suppression.COMPLAINT)
    assert suppression.is_suppressed(session, [ANNA, BERT]) == {ANNA}
    assert suppression.is_suppressed(elsewhere, [ANNA, BERT]) == set()
    assert (reached(session), reached(elsewhere)) == ({BERT}, {ANNA, BERT})
    assert kinds(session, anna) == ["suppressed"]


def test_never_again_from_nobody_holds_in_all_towns(session, elsewhere, anna):
    for opened in (session, elsewhere):
        add_subscriber(opened, address=ANNA)
    suppression.suppress(session, anna, suppression.OWN_WISH, everywhere=True)
    session.commit()
    assert suppression.is_suppressed(elsewhere, [ANNA]) == {ANNA}
    assert (reached(session), reached(elsewhere)) == (set(), set())
    # Another town's staff cannot take it back, its owner can.
    suppression.lift(elsewhere, anna)
    assert suppression.is_suppressed(elsewhere, [ANNA]) == {ANNA}
    suppression.lift(session, anna, everywhere=True)
    session.commit()
    assert suppression.is_suppressed(elsewhere, [ANNA]) == set()
    assert kinds(session, anna) == ["suppressed", "lifted"]


def test_lifting_what_is_not_there_is_no_entry(session, anna):
    suppression.lift(session, anna, everywhere=True)
    assert kinds(session, anna) == []


def test_asking_about_nobody_asks_nothing(session, statements):
    with statements() as seen:
        assert suppression.is_suppressed(session, []) == set()
    assert seen == []


def test_no_table_of_suppressions_holds_an_address(session, anna):
    suppression.suppress(session, anna, suppression.OWN_WISH)
    rows = session.execute(text("SELECT to_jsonb(s)::text FROM newsletter_suppression s")).scalars().all()
    assert len(rows) == 1
    assert "anna" not in rows[0]
