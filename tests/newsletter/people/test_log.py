"""The log of consents: numbered, chained, never changed; a tampered row is found."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from baukasten_newsletter.people import addresses, log
from baukasten_newsletter.people.models import ConsentKind


@pytest.fixture
def anna(session):
    return addresses.fingerprint(session, "anna@post.example")


@pytest.fixture
def three(session, anna):
    """Three entries, committed."""
    for kind in (ConsentKind.REQUESTED, ConsentKind.MAILED, ConsentKind.CONFIRMED):
        log.write(session, kind, anna, "Stadtbrief: Aus dem Rathaus")
    session.commit()
    return anna


@pytest.fixture
def tamper(database_urls, town):
    """Changes the log as somebody could who owns the database."""
    engine = create_engine(database_urls.owner)

    def do(statement):
        with engine.begin() as connection:
            here = connection.execute(text(f"{statement} AND tenant_id = {town.id}"))
            assert here.rowcount == 1

    yield do
    engine.dispose()


def test_entries_are_numbered_and_chained(session, three):
    rows = log.entries(session, three)
    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.previous for row in rows] == ["", rows[0].hash, rows[1].hash]
    assert log.verify(session) is None
    assert log.verify_of(session, three) is None


def test_each_town_has_a_chain_of_its_own(session, three, database, other_town):
    with database.session(other_town.id) as there:
        log.write(there, ConsentKind.REQUESTED, three)
        assert [row.number for row in log.entries(there, three)] == [1]
        assert log.verify(there) is None


def test_an_empty_log_is_whole(session):
    assert log.verify(session) is None


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland"])
def test_the_hash_does_not_depend_on_who_asks(session, three, zone):
    session.execute(text("SELECT set_config('timezone', :zone, true)"), {"zone": zone})
    session.execute(text("SET LOCAL bytea_output = 'escape'"))
    assert log.verify(session) is None
    assert log.verify_of(session, three) is None


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ("UPDATE newsletter_consent SET at = at + interval '1 microsecond' WHERE number = 2", 2),
        ("UPDATE newsletter_consent SET topics = 'Stadtbrief: Alles' WHERE number = 1", 1),
        ("UPDATE newsletter_consent SET person = gen_random_uuid() WHERE number = 3", 3),
        ("UPDATE newsletter_consent SET actor_member_id = 7 WHERE number = 2", 2),
        ("DELETE FROM newsletter_consent WHERE number = 2", 2),
        ("DELETE FROM newsletter_consent WHERE number = 3", 3),
        ("DELETE FROM newsletter_consent WHERE number = 1", 1),
    ],
)
def test_a_tampered_row_is_found(session, three, tamper, change, first):
    tamper(change)
    assert log.verify(session) == first
    # Of the person's own entries, what was changed shows by itself, and what was taken out by the next one.
    left = [row.number for row in log.entries(session, three)]
    if first in left:
        assert log.verify_of(session, three) == first


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE newsletter_consent SET topics = ''",
        "DELETE FROM newsletter_consent",
        "UPDATE newsletter_consent_head SET number = 0",
        "DELETE FROM newsletter_consent_head",
        "UPDATE newsletter_declaration SET text = ''",
        "DELETE FROM newsletter_declaration",
        "SELECT platform.link_row()",
    ],
)
def test_who_serves_changes_nothing(session, three, change):
    with pytest.raises(DBAPIError):
        session.execute(text(change))


@pytest.fixture
def granted(database_urls):
    """Somebody gave the serving role rights by mistake."""
    engine = create_engine(database_urls.owner)
    with engine.begin() as connection:
        connection.execute(text("GRANT UPDATE, DELETE ON newsletter_consent TO baukasten_app"))
    yield
    with engine.begin() as connection:
        connection.execute(text("REVOKE UPDATE, DELETE ON newsletter_consent FROM baukasten_app"))
    engine.dispose()


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize(
    "change", ["DELETE FROM newsletter_consent", "UPDATE newsletter_consent SET how = ''"]
)
def test_not_even_with_rights_does_who_serves_change_an_entry(session, three, change):
    with pytest.raises(DBAPIError, match="added and read"):
        session.execute(text(change))
    session.rollback()
    assert log.verify(session) is None
    session.rollback()
