"""A request's place opens one session when it is needed, and gives it back."""

import pytest
from sqlalchemy import text

from baukasten.errors import NotFound
from baukasten.web.here import Here, Identity


def test_hosts_of_the_platform_have_no_town(database):
    with pytest.raises(NotFound):
        _ = Here(database).tenant


def test_the_session_has_the_scope_of_town_and_person(database, town):
    place = Here(database, site=town, identity=Identity(7, 1, "a@b.example", confirmed=True))
    session = place.session
    asked = text("SELECT current_setting('app.tenant_id'), current_setting('app.account_id')")
    assert session.execute(asked).one() == (str(town.id), "7")
    assert place.session is session
    place.close()
    assert not session.in_transaction()
    place.close()


def test_after_a_broken_statement_the_session_goes_on(database, town):
    place = Here(database, site=town)
    with pytest.raises(Exception, match="division by zero"):
        place.session.execute(text("SELECT 1/0"))
    place.undo()
    asked = text("SELECT current_setting('app.tenant_id')")
    assert place.session.execute(asked).scalar_one() == str(town.id)
    place.close()


def test_without_a_session_there_is_nothing_to_undo(database, town):
    place = Here(database, site=town)
    place.undo()
    place.close()
    assert place._session is None


def test_a_database_that_went_away_breaks_no_answer(database, town):
    place, other = Here(database, site=town), Here(database, site=town)
    backend = place.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
    # Only its own role may end a backend: both connections are the app's.
    other.session.execute(text("SELECT pg_terminate_backend(:backend)"), {"backend": backend})
    place.close()
    other.close()
    assert place._session is None
    assert place.session.execute(text("SELECT 1")).scalar_one() == 1
    place.close()
