"""The table of uploaded pictures and papers; the files themselves lie in the town's store."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class MediaKind(StrEnum):
    """What a file is for people: something to look at, or something to take away."""

    PICTURE = "picture"
    PAPER = "paper"


MODULE = "core.module"
"""As ``content_type``: what belongs to a placed module itself, such as the picture of a plan, by the module's id."""


class Media(TenantOwned, Timestamps, Base):
    """One upload; it belongs to nobody but its uploader until a contribution takes it."""

    __tablename__ = "media"
    __table_args__ = tenant_args(
        tenant_key("uploader_id", "membership", ondelete="SET NULL"),
        CheckConstraint("kind IN ('picture', 'paper')", name="kind"),
        CheckConstraint("(content_type IS NULL) = (content_id IS NULL)", name="content"),
        Index("ix_media_content", "tenant_id", "content_type", "content_id", "position"),
        Index("ix_media_uploader", "tenant_id", "uploader_id"),
        Index("ix_media_loose", "tenant_id", "created_at", postgresql_where=text("content_id IS NULL")),
    )
    bumps_generation = False  # nobody sees an upload before it is attached; what is says so itself

    uploader_id: Mapped[int | None]
    kind: Mapped[str]
    name: Mapped[str]
    """What the uploader called it, cleaned, with the ending of what is stored."""
    media_type: Mapped[str]
    bytes: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    alt: Mapped[str | None]
    """What a picture shows, in words; empty for mere decoration, nothing until the uploader has said."""
    sha256: Mapped[str]
    stored_as: Mapped[str]
    """Name of the file in the town's store; of a picture the large one."""
    stored_small: Mapped[str] = mapped_column(server_default="")
    content_type: Mapped[str | None]
    content_id: Mapped[int | None]
    position: Mapped[int] = mapped_column(server_default="0")
    """Place among the files of its contribution."""
