"""Keeping a plugin's failing statement from spoiling the caller's transaction.

PostgreSQL refuses every statement after a failed one until something is rolled back. A savepoint around each
call would cure that at two statements a call, too dear for a page that may ask the database six things. So a
caller that only reads goes without: when the transaction turns out to have failed, the whole of it is rolled
back, which loses nothing; the next statement begins a new one, to which the session tells the tenant again.
A caller that writes (the default), or a session that holds changes, gets a savepoint.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg.pq import TransactionStatus
from sqlalchemy.orm import Session


@contextmanager
def kept_whole(session: Session | None, *, reading: bool) -> Iterator[None]:
    """Run a block that may break the transaction, and leave the session usable; the block's error goes on."""
    if session is None:
        yield
    elif reading and not _holds_changes(session):
        try:
            yield
        finally:
            # Also without an error: a plugin may have swallowed that of its own statement, or have left
            # changes lying about that a later statement of somebody else would trip over.
            if _is_spoilt(session) or _pending(session):
                session.rollback()
    else:
        with session.begin_nested():
            yield


def settle(session: Session | None) -> None:
    """Write out the caller's changes before a plugin is asked, so that their errors are not blamed on it."""
    if session is not None and _pending(session):
        session.flush()


def _pending(session: Session) -> bool:
    return bool(session.new or session.dirty or session.deleted)


def _holds_changes(session: Session) -> bool:
    return _pending(session) or session.in_nested_transaction() or getattr(session, "written", False)


def _is_spoilt(session: Session) -> bool:
    if not session.in_transaction():
        return False
    if not session.is_active:
        return True
    driver: Any = session.connection().connection.dbapi_connection
    # Known to the client library; asks the server nothing.
    return bool(driver.info.transaction_status == TransactionStatus.INERROR)
