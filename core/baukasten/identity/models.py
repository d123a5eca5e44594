"""Tables of accounts, sessions and the requests that a mail confirms."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Boolean, ForeignKey, Identity, Index, Integer, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import PLATFORM, Base, Timestamps

_ACCOUNT = f"{PLATFORM}.account.id"
_TENANT = f"{PLATFORM}.tenant.id"


class Account(Timestamps, Base):
    """A person, once for all towns; sees only itself, and only while the session acts for it."""

    __tablename__ = "account"
    __table_args__ = ({"schema": PLATFORM},)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str | None]
    display_name: Mapped[str] = mapped_column(server_default="")
    confirmed_at: Mapped[dt.datetime | None]
    is_operator: Mapped[bool] = mapped_column(Boolean, server_default=false())
    closed_at: Mapped[dt.datetime | None]


class SignIn(Timestamps, Base):
    """One browser, signed in at one town or, without a tenant, at the operator's host."""

    __tablename__ = "session"
    __table_args__ = (Index("ix_session_account_id", "account_id"), {"schema": PLATFORM})

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(_ACCOUNT, ondelete="CASCADE"))
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"))
    last_seen_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]
    host: Mapped[str] = mapped_column(server_default="")
    """Where the browser signed in; a person sees all towns here, a town sees none of the others."""
    user_agent: Mapped[str] = mapped_column(server_default="")


class Token(Timestamps, Base):
    """Something asked for that the link in a mail completes, once."""

    __tablename__ = "token"
    __table_args__ = (
        Index("ix_token_account_id", "account_id"),
        Index("ix_token_expires_at", "expires_at"),
        {"schema": PLATFORM},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    purpose: Mapped[str]
    token_sha256: Mapped[str | None] = mapped_column(unique=True)
    """Nothing until the mail is written: until then no link works."""
    account_id: Mapped[int | None] = mapped_column(ForeignKey(_ACCOUNT, ondelete="CASCADE"))
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey(_TENANT, ondelete="CASCADE"))
    email: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class RateLimit(Base):
    """How often something was tried within a window; the key is a keyed hash that changes daily."""

    __tablename__ = "rate_limit"
    __table_args__ = ({"schema": PLATFORM},)

    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[dt.datetime] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(Integer)
