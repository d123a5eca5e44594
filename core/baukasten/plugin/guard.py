"""Keeping a plugin's failing statement from spoiling the caller's transaction.

PostgreSQL refuses every statement after a failed one until something is rolled back. A savepoint around each
call would cure that at two statements a call that asks the database, too dear for a page that may ask six
things. So a caller that only reads goes without: when the transaction turns out to have failed, the whole of it
is rolled back, which loses nothing; the next statement begins a new one, to which the session tells the tenant
again. A caller that writes (the default), or a session that holds changes, gets a savepoint; SQLAlchemy sets it
at the plugin's first statement, so a plugin that asks nothing costs nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy import Connection
from sqlalchemy.orm import Session

SETTLED = "baukasten.plugin.settled"
SWALLOWED = "the error of a statement was swallowed"


class SpoiltTransactionError(Exception):
    """A plugin left the session in a state that the caller's next statement would have tripped over."""


@contextmanager
def kept_whole(session: Session | None, *, reading: bool) -> Iterator[None]:
    """Run a block that may break the transaction, and leave the session usable; the block's error goes on.

    Raises SpoiltTransactionError when the block swallowed a failed statement, or left changes while reading.
    """
    if session is None:
        yield
    elif reading and not _holds_changes(session):
        with _nothing_written(session):
            yield
    elif not session.in_transaction():
        with _nothing_before(session):
            yield
    else:
        with _savepoint(session):
            yield


@contextmanager
def _nothing_written(session: Session) -> Iterator[None]:
    try:
        yield
        _refuse_swallowed(session)
        if _pending(session):
            raise SpoiltTransactionError("changes were left in a session that only reads")
    finally:
        if _is_spoilt(session) or _pending(session):
            session.rollback()


@contextmanager
def _nothing_before(session: Session) -> Iterator[None]:
    try:
        yield
        session.flush()
        _refuse_swallowed(session)
    except Exception:
        session.rollback()
        raise


@contextmanager
def _savepoint(session: Session) -> Iterator[None]:
    # Asked for inside, the connection would set the savepoint even for a plugin that needs none.
    connection = session.connection()
    with session.begin_nested():
        yield
        # Releasing the savepoint of a failed transaction would fail without rolling back to it.
        if _has_failed(connection):
            raise SpoiltTransactionError(SWALLOWED)


def settle(session: Session | None) -> None:
    """Write out the caller's changes before a plugin is asked, so that their errors are not blamed on it."""
    if session is not None and _pending(session):
        session.flush()
        session.info[SETTLED] = session.get_transaction()


def _pending(session: Session) -> bool:
    return bool(session.new or session.dirty or session.deleted)


def _holds_changes(session: Session) -> bool:
    settled = session.info.get(SETTLED)
    if settled is not None and settled is session.get_transaction():
        return True
    return session.in_nested_transaction() or getattr(session, "written", False)


def _refuse_swallowed(session: Session) -> None:
    if _is_spoilt(session):
        raise SpoiltTransactionError(SWALLOWED)


def _is_spoilt(session: Session) -> bool:
    if not session.in_transaction():
        return False
    return not session.is_active or _has_failed(session.connection())


def _has_failed(connection: Connection) -> bool:
    if connection.invalidated:
        return True  # the server is gone; asked for its state, the connection would hide why
    driver: Any = connection.connection.dbapi_connection
    # Known to the client library; asks the server nothing.
    return bool(driver.info.transaction_status == TransactionStatus.INERROR)
