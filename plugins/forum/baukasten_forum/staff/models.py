"""Tables of what staff did with topics and posts, and what staff notes about them."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Operation(TenantOwned, Timestamps, Base):
    """One thing that staff did, with all that undoing it needs."""

    __tablename__ = "forum_operation"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("actor_id", "membership", ondelete="SET NULL"),
        tenant_key("undone_by", "membership", ondelete="SET NULL"),
        CheckConstraint("kind IN ('move', 'split', 'merge', 'sort')", name="kind"),
        Index("ix_forum_operation_module", "tenant_id", "module_id", "created_at"),
        Index("ix_forum_operation_actor", "tenant_id", "actor_id"),
        Index("ix_forum_operation_undoer", "tenant_id", "undone_by"),
    )
    bumps_generation = False

    module_id: Mapped[int]
    kind: Mapped[str]
    actor_id: Mapped[int | None]
    before: Mapped[dict[str, Any]]
    """What was where, as ids and numbers, never texts."""
    undone_at: Mapped[dt.datetime | None]
    undone_by: Mapped[int | None]


class Note(TenantOwned, Timestamps, Base):
    """What staff tells each other about a topic or a post; never in view of anybody else."""

    __tablename__ = "forum_note"
    __table_args__ = tenant_args(
        tenant_key("topic_id", "forum_topic"),
        tenant_key("post_id", "forum_post"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        Index("ix_forum_note_topic", "tenant_id", "topic_id"),
        Index("ix_forum_note_post", "tenant_id", "post_id"),
        Index("ix_forum_note_author", "tenant_id", "author_id"),
    )
    bumps_generation = False

    topic_id: Mapped[int]
    post_id: Mapped[int | None]
    author_id: Mapped[int | None]
    body: Mapped[str]
