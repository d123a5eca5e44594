"""The table of plans that people remark on."""

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Plan(TenantOwned, Timestamps, Base):
    """A text in numbered passages, or a picture on which one shows a place."""

    __tablename__ = "forum_plan"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        CheckConstraint("kind IN ('text', 'picture')", name="kind"),
        CheckConstraint("kind <> 'picture' OR media_id IS NOT NULL", name="picture"),
        Index("ix_forum_plan_module", "tenant_id", "module_id", "position"),
    )

    module_id: Mapped[int]
    kind: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=text("''"))
    body: Mapped[str] = mapped_column(server_default=text("''"))
    passages: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """The text's blocks as safe HTML, in order; a passage's number is its place, from 1."""
    media_id: Mapped[int | None]
    """The picture's file; kept by the core, so without a key that the database checks."""
    position: Mapped[int] = mapped_column(server_default=text("0"))
