"""Tables of the consultation hours."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Slot(TenantOwned, Timestamps, Base):
    """A date at which somebody is there to talk."""

    __tablename__ = "stranger_slot"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("host_id", "membership", ondelete="SET NULL"),
        CheckConstraint("seats > 0", name="seats"),
        Index("ix_stranger_slot_module", "tenant_id", "module_id", "begins_at"),
    )

    module_id: Mapped[int]
    host_id: Mapped[int | None]
    begins_at: Mapped[dt.datetime]
    place: Mapped[str]
    seats: Mapped[int]
    seen: Mapped[int] = mapped_column(server_default="0")
    paused: Mapped[bool] = mapped_column(server_default=text("false"))
    """Nobody is reminded while the town has the plugin switched off."""


class Signup(TenantOwned, Timestamps, Base):
    """A person's line on the list of a date."""

    __tablename__ = "stranger_signup"
    __table_args__ = tenant_args(
        tenant_key("slot_id", "stranger_slot"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "slot_id", "member_id"),
        Index("ix_stranger_signup_member", "tenant_id", "member_id"),
    )

    slot_id: Mapped[int]
    member_id: Mapped[int | None]
    line: Mapped[str]
    visibility: Mapped[str]
    reminded_at: Mapped[dt.datetime | None]
