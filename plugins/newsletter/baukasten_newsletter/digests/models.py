"""Tables of the digests: what each person is told on a day, and the days on which the news were gathered."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key

ZERO = text("0")


class Digest(TenantOwned, Base):
    """What one person is told on one day; it counts as told unless its delivery failed or was skipped.

    There is no other cursor: the row is written with the delivery in one transaction, so that neither can be
    without the other, and what did not go out is news again for the next digest.
    """

    __tablename__ = "newsletter_digest"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("issue_id", "newsletter_issue"),
        tenant_key("subscriber_id", "newsletter_subscriber"),
        UniqueConstraint("tenant_id", "subscriber_id", "day"),
        Index("ix_newsletter_digest_issue", "tenant_id", "issue_id"),
        Index("ix_newsletter_digest_day", "tenant_id", "day"),
    )

    issue_id: Mapped[int]
    subscriber_id: Mapped[int]
    day: Mapped[dt.date]
    """In the town's time zone."""
    keys: Mapped[list[str]]
    """Names of the items in their order; the words are asked for when the mail is written."""


class DigestDay(TenantOwned, Base):
    """A day on which the news of the town were gathered, whether or not there were any."""

    __tablename__ = "newsletter_digest_day"
    bumps_generation = False
    __table_args__ = tenant_args(UniqueConstraint("tenant_id", "day"))

    day: Mapped[dt.date]
    gathered_at: Mapped[dt.datetime]
    items: Mapped[int] = mapped_column(server_default=ZERO)
    people: Mapped[int] = mapped_column(server_default=ZERO)
