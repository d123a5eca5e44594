"""The table of files that staff asked for."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class State(StrEnum):
    """How far a file got."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    EXPIRED = "expired"


class ExportFile(TenantOwned, Timestamps, Base):
    """One file somebody asked for, from the wish to the end of its week."""

    __tablename__ = "export_file"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module", ondelete="SET NULL"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        CheckConstraint("state IN ('waiting', 'ready', 'failed', 'expired')", name="state"),
        Index("ix_export_file_tenant_id_module_id_id", "tenant_id", "module_id", "id"),
        Index("ix_export_file_tenant_id_member_id", "tenant_id", "member_id"),
        info={"bumps_generation": False},
    )
    bumps_generation = False

    module_id: Mapped[int | None]
    """None once the module was taken away: the file goes with the next tidying."""
    member_id: Mapped[int | None]
    key: Mapped[str]
    format: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=State.WAITING)
    reason: Mapped[str] = mapped_column(server_default="")
    """Why it failed or is gone early; a message id of the town's staff."""
    file_name: Mapped[str] = mapped_column(server_default="")
    media_type: Mapped[str] = mapped_column(server_default="")
    stored_as: Mapped[str] = mapped_column(server_default="")
    """The name in the store; chosen with the wish, so that a second attempt replaces the first."""
    bytes: Mapped[int] = mapped_column(server_default="0")
    finished_at: Mapped[dt.datetime | None]
    expires_at: Mapped[dt.datetime | None]
