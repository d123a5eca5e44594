"""The table of moderators whom another town lends."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Loan(TenantOwned, Timestamps, Base):
    """An invitation to moderate here for a time; the role ends by itself."""

    __tablename__ = "moderation_loan"
    __table_args__ = tenant_args(
        tenant_key("invited_by", "membership", ondelete="SET NULL"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        CheckConstraint("until > created_at", name="until"),
        Index("ix_moderation_loan_invited_by", "tenant_id", "invited_by"),
        Index("ix_moderation_loan_member", "tenant_id", "member_id"),
    )
    bumps_generation = False

    email: Mapped[str]
    """Where the invitation went; emptied when it is taken or has run out."""
    home: Mapped[str] = mapped_column(server_default="")
    """The town that lends, in words."""
    until: Mapped[dt.datetime]
    invited_by: Mapped[int | None]
    member_id: Mapped[int | None]
    ended_at: Mapped[dt.datetime | None]
