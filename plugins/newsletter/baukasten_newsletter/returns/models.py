"""Tables of what comes back: one row a letter, the letters nobody could read, and how an address fares."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key

EMPTY = text("''")
ANSWER = "answer "
"""How the fingerprint of a refusal on the connection begins; the number of its delivery follows."""


class Return(TenantOwned, Base):
    """One letter that came back about one delivery; without addresses, so that it may stay when people go."""

    __tablename__ = "newsletter_return"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("delivery_id", "newsletter_delivery", ondelete="SET NULL"),
        tenant_key("issue_id", "newsletter_issue", ondelete="SET NULL"),
        tenant_key("subscriber_id", "newsletter_subscriber", ondelete="SET NULL"),
        tenant_key("settled_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "fingerprint"),
        Index("ix_newsletter_return_delivery", "tenant_id", "delivery_id"),
        Index("ix_newsletter_return_issue", "tenant_id", "issue_id", "kind"),
        Index("ix_newsletter_return_subscriber", "tenant_id", "subscriber_id", "at"),
        Index("ix_newsletter_return_settled_by", "tenant_id", "settled_by"),
        CheckConstraint("(settled_by IS NULL) OR (settled_at IS NOT NULL)", name="settled"),
    )

    fingerprint: Mapped[str]
    """The same for each copy of a letter."""
    at: Mapped[dt.datetime]
    delivery_id: Mapped[int | None]
    issue_id: Mapped[int | None]
    subscriber_id: Mapped[int | None]
    kind: Mapped[str]
    """A value of ``classes.Kind``."""
    permanent: Mapped[bool]
    status: Mapped[str] = mapped_column(server_default=EMPTY)
    """The code of RFC 3463, such as ``5.1.1``."""
    said: Mapped[str] = mapped_column(server_default=EMPTY)
    """The other server's answer without addresses."""
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[int | None]
    """Who of the staff looked at what nobody could read."""


class ReturnedLetter(TenantOwned, Base):
    """A letter that nobody could read, as plain text; it goes with the person it is about, and never by itself."""

    __tablename__ = "newsletter_returned_letter"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("return_id", "newsletter_return"),
        tenant_key("subscriber_id", "newsletter_subscriber"),
        UniqueConstraint("tenant_id", "return_id"),
        Index("ix_newsletter_returned_letter_subscriber", "tenant_id", "subscriber_id"),
    )

    return_id: Mapped[int]
    subscriber_id: Mapped[int | None]
    sender: Mapped[str]
    subject: Mapped[str]
    source: Mapped[str]
    size: Mapped[int]
    """Bytes as received; more than the source where it was cut."""


class Score(TenantOwned, Base):
    """How an address fares: a value that halves every thirty days, as it was at a moment."""

    __tablename__ = "newsletter_score"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("subscriber_id", "newsletter_subscriber"),
        UniqueConstraint("tenant_id", "subscriber_id"),
    )

    subscriber_id: Mapped[int]
    value: Mapped[float]
    at: Mapped[dt.datetime]
