"""Sign-ins: a secret in a cookie, its hash in the database, good at one host only."""

import datetime as dt
from typing import Any

from sqlalchemy import select, text, update

from baukasten import clock, ids
from baukasten.db.session import Database, Scope
from baukasten.errors import NotFound
from baukasten.identity.models import SignIn
from baukasten.web.here import Identity

LIFE, IDLE = dt.timedelta(days=30), dt.timedelta(days=14)
CONSOLE_LIFE, CONSOLE_IDLE = dt.timedelta(hours=12), dt.timedelta(hours=1)
"""An operator's session reaches across towns, so it is short."""
SEEN_EVERY = dt.timedelta(minutes=10)
LONGEST_AGENT = 200

FOUND = "platform.find_session(:asked, :tenant, :moment, :idle_since)"
"""The one way from a secret to an account; use it in FROM, with the values of ``asked_by``."""
FIND = text(f"SELECT * FROM {FOUND}")  # noqa: S608 - a constant
ACT_AS = text("SELECT set_config('app.account_id', :account, true)")


def asked_by(token: str, tenant_id: int | None) -> dict[str, Any]:
    """Give the values that FOUND asks with."""
    now = clock.now()
    idle = CONSOLE_IDLE if tenant_id is None else IDLE
    return {"asked": ids.sha256(token), "tenant": tenant_id, "moment": now, "idle_since": now - idle}


def identity_of(row: Any) -> Identity:
    """Give the person of a row of FOUND."""
    return Identity(
        account_id=row.account_id,
        session_id=row.session_id,
        email=row.email,
        confirmed=row.confirmed,
        is_operator=row.is_operator,
        display_name=row.display_name,
    )


def find(session: Scope, token: str) -> Identity | None:
    """Give the person whom a cookie's secret stands for in the session's town; nothing for one that is over."""
    row = session.execute(FIND, asked_by(token, session.tenant_id)).one_or_none()
    return None if row is None else identity_of(row)


def act_as(session: Scope, account_id: int) -> None:
    """Let the session see and change this account's own rows from here on; only after a proof that it is theirs."""
    session.account_id = account_id
    session.execute(ACT_AS, {"account": str(account_id)})


def start(session: Scope, account_id: int, *, host: str = "", user_agent: str = "") -> str:
    """Sign an account in at the session's town and give the secret for the cookie; always a new one."""
    act_as(session, account_id)
    now, secret = clock.now(), ids.token()
    life = CONSOLE_LIFE if session.tenant_id is None else LIFE
    session.add(
        SignIn(
            token_sha256=ids.sha256(secret),
            account_id=account_id,
            tenant_id=session.tenant_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + life,
            host=host,
            user_agent=user_agent[:LONGEST_AGENT],
        )
    )
    session.flush()
    return secret


def touch(database: Database, identity: Identity, last_seen_at: dt.datetime) -> None:
    """Note that a session is in use, at most every ten minutes; in a transaction of its own."""
    now = clock.now()
    if now - last_seen_at < SEEN_EVERY:
        return
    with database.session(None, identity.account_id) as session:
        session.execute(update(SignIn).where(SignIn.id == identity.session_id).values(last_seen_at=now))
        session.commit()


def list_own(session: Scope, account_id: int) -> list[SignIn]:
    """Give an account's open sessions in all towns, the last used first."""
    query = select(SignIn).where(
        SignIn.account_id == account_id, SignIn.revoked_at.is_(None), SignIn.expires_at > clock.now()
    )
    return list(session.scalars(query.order_by(SignIn.last_seen_at.desc(), SignIn.id.desc())))


def end(session: Scope, account_id: int, session_id: int) -> None:
    """End one of an account's own sessions, from its next request on; raises NotFound for somebody else's.

    Acts as the account.
    """
    act_as(session, account_id)
    ended = session.scalars(
        _ending().where(SignIn.id == session_id, SignIn.account_id == account_id).returning(SignIn.id)
    ).all()
    if not ended:
        raise NotFound


def end_all(session: Scope, account_id: int, *, keep: int | None = None, tenant_id: int | None = None) -> int:
    """End an account's sessions but ``keep``, in all towns or in one; gives how many. Acts as the account."""
    act_as(session, account_id)
    statement = _ending().where(SignIn.account_id == account_id, SignIn.revoked_at.is_(None))
    if keep is not None:
        statement = statement.where(SignIn.id != keep)
    if tenant_id is not None:
        statement = statement.where(SignIn.tenant_id == tenant_id)
    return len(session.scalars(statement.returning(SignIn.id)).all())


def _ending() -> Any:
    return update(SignIn).values(revoked_at=clock.now())
