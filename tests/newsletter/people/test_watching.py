"""Another secret is noticed, and nobody is written to until somebody accepts it."""

from sqlalchemy import select

from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.people import addresses, log, watching
from baukasten_newsletter.people.models import ConsentKind, Person
from tests.newsletter.conftest import add_subscriber


def test_the_secret_is_remembered_once_and_another_one_noticed(session):
    assert not watching.is_other_secret(session)
    watching.note_secret(session)
    assert not watching.is_other_secret(session)
    watching.note(session, secret=b"that of before")
    watching.note_secret(session)
    assert watching.is_other_secret(session)
    assert watching.problems(session)[0] == str(watching.OTHER_SECRET)


def test_who_subscribed_is_known_under_the_new_secret_with_all_entries(session, letters):
    row = add_subscriber(session, address="anna@post.example", fingerprint=b"under the old one")
    add_subscriber(session, address="ben@post.example", fingerprint=b"another old one")
    log.write(session, ConsentKind.CONFIRMED, b"under the old one")
    watching.note(session, secret=b"that of before")
    assert watching.accept_secret(session) == 2
    assert not watching.is_other_secret(session)
    new = addresses.fingerprint(session, row.address)
    assert session.scalar(select(Subscriber.fingerprint).where(Subscriber.id == row.id)) == new
    assert [one.kind for one in log.entries(session, new)] == [ConsentKind.CONFIRMED]
    assert log.entries(session, b"under the old one") == []
    assert session.scalars(select(Person.fingerprint)).all() == [new]
