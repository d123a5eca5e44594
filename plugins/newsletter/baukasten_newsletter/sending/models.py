"""How fast each domain of recipients is written to, where it asked for less."""

import datetime as dt

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args


class DomainPace(TenantOwned, Base):
    """A domain that asked to be written to more slowly; the row goes once it takes mails as fast as they come."""

    __tablename__ = "newsletter_domain_pace"
    bumps_generation = False
    __table_args__ = tenant_args(
        UniqueConstraint("tenant_id", "domain"),
        CheckConstraint("a_minute >= 1", name="a_minute"),
    )

    domain: Mapped[str]
    """Empty for the mail server itself, which takes all mails of the installation."""
    a_minute: Mapped[int]
    """Mails that may go there in a minute."""
    free_at: Mapped[dt.datetime]
    """When the next one may."""
    slowed_at: Mapped[dt.datetime]
    """When it asked last."""
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    """In its own words."""
