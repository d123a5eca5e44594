"""Tables of what is not in view: texts that somebody still writes, and earlier wordings."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class SavedDraft(TenantOwned, Timestamps, Base):
    """A text that its author has not sent yet."""

    __tablename__ = "forum_draft"
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership"),
        tenant_key("module_id", "module"),
        UniqueConstraint("tenant_id", "member_id", "module_id", "key"),
        Index("ix_forum_draft_updated", "tenant_id", "updated_at"),
        Index("ix_forum_draft_module", "tenant_id", "module_id"),
    )
    bumps_generation = False

    member_id: Mapped[int]
    module_id: Mapped[int]
    key: Mapped[str]
    """What is being written: ``new``, ``reply:<topic>``, ``edit:<post>`` or ``plan:<plan>``."""
    title: Mapped[str] = mapped_column(server_default=text("''"))
    body: Mapped[str] = mapped_column(server_default=text("''"))
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """The form's further fields: kind, category, files."""
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Counted up with each saving, so that two devices do not overwrite each other unseen."""
    updated_at: Mapped[dt.datetime]


class Revision(TenantOwned, Base):
    """A wording that a post once had."""

    __tablename__ = "forum_revision"
    __table_args__ = tenant_args(
        tenant_key("post_id", "forum_post"),
        tenant_key("edited_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "post_id", "number"),
        Index("ix_forum_revision_editor", "tenant_id", "edited_by"),
    )

    post_id: Mapped[int]
    number: Mapped[int]
    """1 for the first wording."""
    title: Mapped[str] = mapped_column(server_default=text("''"))
    """The topic's title then, of posts that carry one."""
    body: Mapped[str]
    written_at: Mapped[dt.datetime]
    """Since when this wording stood."""
    edited_by: Mapped[int | None]
    """Who replaced it."""
    by_staff: Mapped[bool] = mapped_column(server_default=text("false"))
    closed: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether the public no longer reads this wording and those before it: staff replaced it, or asked for that."""
    reason: Mapped[str] = mapped_column(server_default=text("''"))


class Wording(TenantOwned, Timestamps, Base):
    """A new wording of a post that somebody looks at before it replaces the one in view."""

    __tablename__ = "forum_wording"
    __table_args__ = tenant_args(
        tenant_key("post_id", "forum_post"),
        tenant_key("edited_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "post_id"),
        Index("ix_forum_wording_editor", "tenant_id", "edited_by"),
    )
    bumps_generation = False

    post_id: Mapped[int]
    title: Mapped[str] = mapped_column(server_default=text("''"))
    body: Mapped[str]
    edited_by: Mapped[int | None]
    by_staff: Mapped[bool] = mapped_column(server_default=text("false"))
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    visibility: Mapped[str]
    """``held`` while it waits, ``removed`` once it was refused."""
