"""Requests that wait for the link in a mail: asked for once, armed by the letter, used once, in one town."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update

from baukasten import clock, ids
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.identity.models import Token
from baukasten.jobs import queue
from baukasten.plugin.text import lazy

_ = lazy("core")
SEND_LETTER = "identity.send_letter"


class Purpose(StrEnum):
    """What a link completes."""

    CONFIRM = "confirm"
    RECOVER = "recover"
    CHANGE_EMAIL = "change_email"


LIFE = {
    Purpose.CONFIRM: dt.timedelta(hours=48),
    Purpose.RECOVER: dt.timedelta(hours=1),
    Purpose.CHANGE_EMAIL: dt.timedelta(hours=24),
}


def ask(session: Scope, purpose: Purpose, email: str, *, account_id: int | None = None, **data: Any) -> Token:
    """Note a request and queue its letter; what the letter says is decided later, so nobody can time the answer."""
    now = clock.now()
    token = Token(
        purpose=purpose,
        email=email,
        account_id=account_id,
        tenant_id=session.tenant_id,
        data=data,
        created_at=now,
        expires_at=now + LIFE[purpose],
    )
    session.add(token)
    session.flush()
    queue.enqueue(session, SEND_LETTER, token_id=token.id)
    return token


def arm(token: Token, secret: str = "") -> str:
    """Give the secret for a letter's link, a fresh one unless told; another letter's link stops working."""
    secret = secret or ids.token()
    token.token_sha256 = ids.sha256(secret)
    return secret


def retire(token: Token) -> None:
    """Put an answered request out of use, and forget what it carried."""
    token.used_at = clock.now()
    token.data = {}


def peek(session: Scope, secret: str, *purposes: Purpose) -> Token:
    """Give the request that a link would complete, without completing it; raises NotFound for a spent link."""
    token = session.scalar(select(Token).where(*_open(session, secret, purposes)))
    if token is None:
        raise NotFound(_("This link has been used or is too old. Please ask for a new one."))
    return token


def use(session: Scope, secret: str, *purposes: Purpose) -> Token:
    """Complete a request: of any number of people who follow the link at once, one gets it. Raises NotFound."""
    claimed: Token | None = session.scalar(
        update(Token).where(*_open(session, secret, purposes)).values(used_at=clock.now()).returning(Token)
    )
    if claimed is None:
        raise NotFound(_("This link has been used or is too old. Please ask for a new one."))
    return claimed


def drop_others(session: Scope, purpose: Purpose, email: str) -> None:
    """Put the other open requests of an address out of use."""
    # Those that somebody is just following are left alone: waiting for each other would be a deadlock, and
    # they come to nothing anyway.
    others = (
        select(Token.id)
        .where(Token.purpose == purpose, Token.email == email, Token.used_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    session.execute(update(Token).where(Token.id.in_(others)).values(used_at=clock.now(), data={}))


def _open(session: Scope, secret: str, purposes: tuple[Purpose, ...]) -> tuple[Any, ...]:
    """Match by hash, town, purpose and time; the row's lock in the database compares the town once more."""
    return (
        Token.token_sha256 == ids.sha256(secret),
        Token.tenant_id.is_not_distinct_from(session.tenant_id),
        Token.purpose.in_(purposes),
        Token.used_at.is_(None),
        Token.expires_at > clock.now(),
    )
