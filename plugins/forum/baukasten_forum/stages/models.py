"""The table of a forum's states, past and to come."""

import datetime as dt

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Stage(TenantOwned, Timestamps, Base):
    """From a moment on a forum is in a state; the newest that has begun counts."""

    __tablename__ = "forum_stage"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("set_by", "membership", ondelete="SET NULL"),
        tenant_key("conclusion_id", "forum_post", ondelete="RESTRICT"),
        UniqueConstraint("tenant_id", "module_id", "starts_at"),
        CheckConstraint(
            "state IN ('announced', 'open', 'replies', 'read_only', 'concluded', 'archived')", name="state"
        ),
        CheckConstraint("state <> 'concluded' OR conclusion_id IS NOT NULL", name="conclusion"),
    )

    module_id: Mapped[int]
    state: Mapped[str]
    starts_at: Mapped[dt.datetime]
    set_by: Mapped[int | None]
    conclusion_id: Mapped[int | None]
    """The post that says what came of the forum."""
