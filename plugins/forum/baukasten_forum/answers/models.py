"""The table of what staff prepares for the weighing of contributions."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Weighing(TenantOwned, Timestamps, Base):
    """What the administration says about one contribution to those who decide."""

    __tablename__ = "forum_weighing"
    __table_args__ = tenant_args(
        tenant_key("post_id", "forum_post"),
        tenant_key("edited_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "post_id"),
        CheckConstraint("proposal IN ('', 'follow', 'partly', 'not', 'note')", name="proposal"),
        Index("ix_forum_weighing_editor", "tenant_id", "edited_by"),
    )
    bumps_generation = False

    post_id: Mapped[int]
    summary: Mapped[str] = mapped_column(server_default=text("''"))
    statement: Mapped[str] = mapped_column(server_default=text("''"))
    proposal: Mapped[str] = mapped_column(server_default=text("''"))
    """Follow it, in part, not, or take note."""
    version: Mapped[int] = mapped_column(server_default=text("1"))
    edited_by: Mapped[int | None]
    edited_at: Mapped[dt.datetime]
