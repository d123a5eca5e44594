"""The table of members."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import PLATFORM, Base, TenantOwned, tenant_args

ONLY_CITIZEN = """roles <> '["citizen"]'"""


class Membership(TenantOwned, Base):
    """An account in one town; without an account once the person is gone."""

    __tablename__ = "membership"
    __table_args__ = tenant_args(
        UniqueConstraint("tenant_id", "account_id"),
        CheckConstraint(
            """jsonb_typeof(roles) = 'array' AND roles <@ '["citizen", "resident", "moderator", "admin"]'""",
            name="roles",
        ),
        CheckConstraint("standing IN ('active', 'muted', 'suspended')", name="standing"),
        CheckConstraint("standing = 'active' OR standing_reason <> ''", name="reason"),
        Index("ix_membership_tenant_id_name", "tenant_id", text("lower(display_name)"), "id"),
        Index("ix_membership_tenant_id_staff", "tenant_id", "id", postgresql_where=text(ONLY_CITIZEN)),
    )

    account_id: Mapped[int | None] = mapped_column(ForeignKey(f"{PLATFORM}.account.id", ondelete="SET NULL"))
    display_name: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(server_default=text("""'["citizen"]'"""))
    standing: Mapped[str] = mapped_column(server_default="active")
    standing_until: Mapped[dt.datetime | None]
    standing_reason: Mapped[str] = mapped_column(server_default="")
    limits: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Measures in one module each, by its id: ``standing``, ``reason`` and ``until``, as for the whole town."""
    moderator_until: Mapped[dt.datetime | None]
    """End of a loan from another town; the role of a moderator counts no longer then."""
    hidden_name: Mapped[str] = mapped_column(server_default="")
    """The name that moderators took out of view; empty while the member's own name stands."""
    joined_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
