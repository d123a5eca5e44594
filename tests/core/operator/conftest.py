"""A browser at the operator's host, and whoever sits before it."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from baukasten.config import Config
from baukasten.db.session import Database
from baukasten.identity import service, sessions
from baukasten.web.pagecache import SESSION_COOKIE


@pytest.fixture
def at_console(client_of, base_config: Config, database: Database) -> Callable[[int], FlaskClient]:
    """Sign an account in at the operator's host."""

    def make(account_id: int) -> FlaskClient:
        with database.session(None) as session:
            secret = sessions.start(session, account_id, host=base_config.operator_host, user_agent="tests")
            session.commit()
        client = client_of(base_config.operator_host)
        client.set_cookie(SESSION_COOKIE, secret, domain=base_config.operator_host, secure=True)
        return client

    return make


@pytest.fixture
def operator(at_console, new_account, database) -> FlaskClient:
    """Give an operator's browser."""
    account_id = new_account("Operatorin")
    with database.operator_session() as session:
        service.appoint_operator(session, account_id)
        session.commit()
    return at_console(account_id)


@pytest.fixture
def statements(database):
    """Note each statement of app and operator."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        seen.append(statement)

    for engine in (database.app, database.operator):
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in (database.app, database.operator):
        event.remove(engine, "before_cursor_execute", note)
