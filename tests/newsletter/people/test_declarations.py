"""Declarations: stored as they were shown, a version for each wording, and never changed."""

import pytest
from sqlalchemy import create_engine, select, text

from baukasten_newsletter.people import addresses, declarations, log
from baukasten_newsletter.people.log import Circumstances
from baukasten_newsletter.people.models import ConsentKind, Declaration
from tests.newsletter.conftest import open_list


def test_each_wording_of_a_language_is_a_version(session):
    first = declarations.store(session, "Ja.", "de")
    assert declarations.store(session, "Ja.", "de") == first
    assert declarations.store(session, "Ja, bitte.", "de").version == 2
    assert declarations.store(session, "Ja.", "en").version == 1
    assert len(session.scalars(select(Declaration.id)).all()) == 3


def test_towns_count_their_own_versions(session, database, other_town):
    declarations.store(session, "Ja.", "de")
    with database.session(other_town.id) as there:
        assert declarations.store(there, "Nein.", "de").version == 1


def test_a_town_may_have_words_of_its_own_in_its_own_language(database, town):
    module = open_list(database, town, declaration="Ich will den Brief.")
    assert declarations.words(module, "Stadt", "de", "de") == "Ich will den Brief."
    assert declarations.words(module, "Stadt", "en", "de").startswith("I want to get “Stadtbrief”")


@pytest.mark.parametrize(
    "change", ["text = 'Alles.'", "text = 'Alles.', sha256 = encode(sha256('Alles.'), 'hex')"]
)
def test_words_that_were_changed_later_are_found(session, database_urls, change):
    fingerprint = addresses.fingerprint(session, "anna@post.example")
    log.write(session, ConsentKind.REQUESTED, fingerprint)
    stored = declarations.store(session, "Ja.", "de")
    log.write(session, ConsentKind.CONFIRMED, fingerprint, at=Circumstances(stored.id, stored.sha256, "de"))
    session.commit()
    assert log.verify(session) is None
    engine = create_engine(database_urls.owner)
    with engine.begin() as connection:
        statement = f"UPDATE newsletter_declaration SET {change} WHERE id = {stored.id}"  # noqa: S608 - our own words
        connection.execute(text(statement))
    engine.dispose()
    session.rollback()
    assert log.verify(session) == 2
