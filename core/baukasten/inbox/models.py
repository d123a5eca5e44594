"""The table of letters that came in."""

import datetime as dt

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, tenant_args, tenant_key


class ReceivedMail(TenantOwned, Base):
    """One letter: who answered what, and, until that is done, its bytes."""

    __tablename__ = "mail_received"
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership"),
        UniqueConstraint("tenant_id", "fingerprint"),
        Index("ix_mail_received_member", "tenant_id", "member_id", "at"),
        Index("ix_mail_received_at", "tenant_id", "at"),
        info={"bumps_generation": False},
    )
    bumps_generation = False

    fingerprint: Mapped[str]
    """Hash of the Message-ID: a second copy of a letter is no second answer."""
    at: Mapped[dt.datetime]
    purpose: Mapped[str]
    member_id: Mapped[int | None]
    """Empty for reports about mails to somebody who is no member."""
    target_id: Mapped[int]
    recipient: Mapped[str]
    sender: Mapped[str | None]
    """The return path; NULL where the server did not say."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    outcome: Mapped[str] = mapped_column(server_default=text("'waiting'"))
