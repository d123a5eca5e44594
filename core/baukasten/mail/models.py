"""Tables of the domains from which towns send, and of the keys that sign for them."""

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class MailDomain(TenantOwned, Timestamps, Base):
    """A domain from which a town sends or sent, and what DNS said about it when it was last asked."""

    __tablename__ = "mail_domain"
    __table_args__ = tenant_args(UniqueConstraint("tenant_id", "domain"))
    bumps_generation: ClassVar[bool] = False

    domain: Mapped[str]
    """In ASCII and small letters."""
    findings: Mapped[dict[str, Any] | None]
    checked_at: Mapped[dt.datetime | None]


class MailKey(TenantOwned, Timestamps, Base):
    """A key that signs for a domain: new until its DNS record was seen, then active, at last retired."""

    __tablename__ = "mail_key"
    __table_args__ = tenant_args(
        UniqueConstraint("tenant_id", "domain_id", "selector"),
        tenant_key("domain_id", "mail_domain"),
        Index(
            "uq_mail_key_new",
            "tenant_id",
            "domain_id",
            "algorithm",
            unique=True,
            postgresql_where=text("active_since IS NULL AND retired_at IS NULL"),
        ),
        Index(
            "uq_mail_key_active",
            "tenant_id",
            "domain_id",
            "algorithm",
            unique=True,
            postgresql_where=text("active_since IS NOT NULL AND retired_at IS NULL"),
        ),
        CheckConstraint("algorithm IN ('rsa', 'ed25519')", name="algorithm"),
        CheckConstraint("locked IS NOT NULL OR retired_at IS NOT NULL", name="locked"),
    )
    bumps_generation: ClassVar[bool] = False

    domain_id: Mapped[int]
    selector: Mapped[str]
    algorithm: Mapped[str]
    public: Mapped[str]
    """As ``p=`` of the DNS record has it."""
    locked: Mapped[bytes | None]
    """The private part, locked; gone when the key is retired."""
    active_since: Mapped[dt.datetime | None]
    retired_at: Mapped[dt.datetime | None]
