"""Tables of the audit log; the database links the entries and lets nobody who serves change them."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import PLATFORM, Base, TenantOwned, tenant_args

QUIET = {"bumps_generation": False}


class AuditEntry(TenantOwned, Base):
    """One deed in a town: who did what to what. No name and no text of a person stands here."""

    __tablename__ = "audit_entry"
    __table_args__ = tenant_args(
        UniqueConstraint("tenant_id", "seq"), Index(None, "tenant_id", "actor_member_id"), info=QUIET
    )
    bumps_generation = False

    seq: Mapped[int]
    """Place in the town's chain, from 1 without gaps; the database gives it."""
    at: Mapped[dt.datetime]
    actor_member_id: Mapped[int | None]
    """A number without a foreign key: erasing a member must not change the chain."""
    action: Mapped[str]
    target: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(TenantOwned, Base):
    """The end of a town's chain, so that cutting entries off its end shows too."""

    __tablename__ = "audit_head"
    __table_args__ = tenant_args(UniqueConstraint("tenant_id"), info=QUIET)
    bumps_generation = False

    seq: Mapped[int]
    hash: Mapped[str]


class PlatformEntry(Base):
    """One deed of an operator that concerns the installation or several towns."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("seq"), {"schema": PLATFORM})

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    seq: Mapped[int]
    at: Mapped[dt.datetime]
    actor_account_id: Mapped[int | None]
    action: Mapped[str]
    target: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    previous: Mapped[str]
    hash: Mapped[str]


class PlatformHead(Base):
    """The end of the installation's chain; a single row."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("single", name="single"), {"schema": PLATFORM})

    single: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]
