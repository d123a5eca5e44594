"""Tables of notices."""

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key

QUIET = {"bumps_generation": False}


class Notice(TenantOwned, Timestamps, Base):
    """Something that concerns one member now."""

    __tablename__ = "notice"
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership"),
        Index("ix_notice_tenant_id_member_id_id", "tenant_id", "member_id", "id"),
        Index(
            "ix_notice_unread", "tenant_id", "member_id", postgresql_where=text("on_page AND read_at IS NULL")
        ),
        Index(
            "ix_notice_mail_due",
            "tenant_id",
            "member_id",
            "type",
            "group_key",
            postgresql_where=text("mail_due"),
        ),
        Index("ix_notice_tenant_id_created_at", "tenant_id", "created_at"),
        info=QUIET,
    )
    bumps_generation = False

    member_id: Mapped[int]
    type: Mapped[str]
    group_key: Mapped[str] = mapped_column(server_default="")
    """Notices of one type and group within a burst become one mail."""
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    path: Mapped[str] = mapped_column(server_default="")
    reply_purpose: Mapped[str | None]
    """With ``reply_target``: the mailbox and the matter that an answer to the mail goes to."""
    reply_target: Mapped[int | None]
    content_type: Mapped[str | None]
    """With ``content_id``: what the notice is about, so that it disappears while that is hidden."""
    content_id: Mapped[int | None]
    on_page: Mapped[bool] = mapped_column(Boolean)
    read_at: Mapped[dt.datetime | None]
    mail_due: Mapped[bool] = mapped_column(Boolean)
    """Waits for its mail; over once it was sent, read, hidden or unsubscribed."""
    mailed_at: Mapped[dt.datetime | None]


class NoticePreference(TenantOwned, Base):
    """A member wants no mails of a type; no row means mails."""

    __tablename__ = "notice_preference"
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership"), UniqueConstraint("tenant_id", "member_id", "type"), info=QUIET
    )
    bumps_generation = False

    member_id: Mapped[int]
    type: Mapped[str]
