"""Tables of the forum: topics in a placed module, and the posts in them."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.plugin import Outcome, Visibility
from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key

SHOWN = (Visibility.PUBLISHED, Visibility.FOLDED)
"""What everybody sees."""
IS_SHOWN = text("visibility IN ('published', 'folded')")
"""The same, as the partial indexes have it: only literals let PostgreSQL choose them for every query."""


def _shown_index(name: str, *columns: str) -> Index:
    """Give an index in the order of a list, over what everybody sees."""
    return Index(name, "tenant_id", "module_id", *columns, postgresql_where=IS_SHOWN)


class Topic(TenantOwned, Timestamps, Base):
    """A contribution that others reply to; its text is the post with number 1."""

    __tablename__ = "forum_topic"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module", ondelete="RESTRICT"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        tenant_key("last_author_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "module_id", "external_id"),
        CheckConstraint("next_number >= 1 AND replies >= 0", name="numbers"),
        _shown_index("ix_forum_topic_active", "last_post_at", "id"),
        _shown_index("ix_forum_topic_new", "created_at", "id"),
        _shown_index("ix_forum_topic_replies", "replies", "id"),
        Index("ix_forum_topic_author", "tenant_id", "author_id"),
        Index("ix_forum_topic_last_author", "tenant_id", "last_author_id"),
    )

    module_id: Mapped[int]
    title: Mapped[str]
    slug: Mapped[str]
    author_id: Mapped[int | None]
    visibility: Mapped[str] = mapped_column(server_default=Visibility.PUBLISHED)
    outcome: Mapped[str] = mapped_column(server_default=Outcome.OPEN)
    replies: Mapped[int] = mapped_column(server_default="0")
    """Replies that everybody sees; counted where they change, so that lists count nothing."""
    next_number: Mapped[int] = mapped_column(server_default="1")
    """What the next post that comes into view is called; 1 until the topic itself was in view."""
    last_post_at: Mapped[dt.datetime]
    last_author_id: Mapped[int | None]
    external_id: Mapped[str | None]
    """What another system called the contribution; the key of a repeated import."""
    source_url: Mapped[str] = mapped_column(server_default="")


class Post(TenantOwned, Timestamps, Base):
    """One text in a topic; its number is given when it comes into view, and stays with it."""

    __tablename__ = "forum_post"
    __table_args__ = tenant_args(
        tenant_key("topic_id", "forum_topic"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "topic_id", "number"),
        UniqueConstraint("tenant_id", "author_id", "nonce"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("number IS NOT NULL OR visibility NOT IN ('published', 'folded')", name="shown"),
        Index("ix_forum_post_waiting", "tenant_id", "topic_id", postgresql_where=text("number IS NULL")),
    )

    topic_id: Mapped[int]
    number: Mapped[int | None]
    author_id: Mapped[int | None]
    body: Mapped[str]
    body_html: Mapped[str]
    sanitiser_version: Mapped[int]
    visibility: Mapped[str] = mapped_column(server_default=Visibility.PUBLISHED)
    nonce: Mapped[str | None]
    """The form's own mark, so that a double click does not say it twice."""
