"""Tables of the forum: categories and topics in a placed module, the posts in them, and where posts once stood."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.plugin import Outcome, Visibility
from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key
from baukasten_forum.keys import PostKind, TopicKind, TopicState, Via

SHOWN = (Visibility.PUBLISHED, Visibility.FOLDED)
"""What everybody sees."""
IS_SHOWN = text("visibility IN ('published', 'folded')")
"""The same, as the partial indexes have it: only literals let PostgreSQL choose them for every query."""
ZERO, NO, EMPTY = text("0"), text("false"), text("''")


def _shown_index(name: str, *columns: str) -> Index:
    """Give an index in the order of a list, over what everybody sees."""
    return Index(name, "tenant_id", "module_id", *columns, postgresql_where=IS_SHOWN)


class Category(TenantOwned, Timestamps, Base):
    """A subject that topics of a forum are sorted under."""

    __tablename__ = "forum_category"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"), UniqueConstraint("tenant_id", "module_id", "slug")
    )

    module_id: Mapped[int]
    slug: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=EMPTY)
    position: Mapped[int] = mapped_column(server_default=ZERO)
    closed: Mapped[bool] = mapped_column(server_default=NO)
    """Whether new topics may no longer be put here; what is there stays."""


class Topic(TenantOwned, Timestamps, Base):
    """A contribution that others reply to; its text is the post with number 1."""

    __tablename__ = "forum_topic"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module", ondelete="RESTRICT"),
        tenant_key("category_id", "forum_category", ondelete="SET NULL"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        tenant_key("last_author_id", "membership", ondelete="SET NULL"),
        tenant_key("merged_into", "forum_topic", ondelete="SET NULL"),
        tenant_key("plan_id", "forum_plan", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "module_id", "external_id"),
        CheckConstraint("next_number >= 1 AND replies >= 0 AND supports >= 0 AND views >= 0", name="numbers"),
        CheckConstraint("state <> 'concluded' OR conclusion_number IS NOT NULL", name="conclusion"),
        _shown_index("ix_forum_topic_active", "last_post_at", "id"),
        _shown_index("ix_forum_topic_new", "created_at", "id"),
        _shown_index("ix_forum_topic_replies", "replies", "id"),
        _shown_index("ix_forum_topic_supports", "supports", "id"),
        _shown_index("ix_forum_topic_views", "views", "id"),
        _shown_index("ix_forum_topic_category", "category_id", "last_post_at", "id"),
        Index(
            "ix_forum_topic_unanswered", "tenant_id", "module_id", "created_at", "id",
            postgresql_where=text("visibility IN ('published', 'folded') AND answered_at IS NULL"),
        ),
        Index(
            "ix_forum_topic_pinned", "tenant_id", "module_id", postgresql_where=text("pinned_at IS NOT NULL")
        ),
        Index("ix_forum_topic_plan", "tenant_id", "plan_id", "passage"),
        Index("ix_forum_topic_author", "tenant_id", "author_id"),
        Index("ix_forum_topic_last_author", "tenant_id", "last_author_id"),
        Index("ix_forum_topic_merged", "tenant_id", "merged_into"),
    )  # fmt: skip

    module_id: Mapped[int]
    category_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(server_default=TopicKind.DISCUSSION)
    title: Mapped[str]
    slug: Mapped[str]
    author_id: Mapped[int | None]
    byline: Mapped[str] = mapped_column(server_default=EMPTY)
    """The name of an author without an account: who wrote a letter, who wrote in the system before."""
    visibility: Mapped[str] = mapped_column(server_default=Visibility.PUBLISHED)
    outcome: Mapped[str] = mapped_column(server_default=Outcome.OPEN)
    state: Mapped[str] = mapped_column(server_default=TopicState.OPEN)
    state_reason: Mapped[str] = mapped_column(server_default=EMPTY)
    """What staff says to everybody about a locked or archived topic."""
    state_since: Mapped[dt.datetime | None]
    """When the state was set; empty while it is open from the beginning."""
    closes_at: Mapped[dt.datetime | None]
    """The first moment at which nobody may write here any more."""
    slow_seconds: Mapped[int] = mapped_column(server_default=ZERO)
    """How long one person waits between two replies here."""
    pinned_at: Mapped[dt.datetime | None]
    replies: Mapped[int] = mapped_column(server_default="0")
    """Replies that everybody sees; counted where they change, so that lists count nothing."""
    supports: Mapped[int] = mapped_column(server_default=ZERO)
    """Supports of the post with number 1, counted beside it."""
    views: Mapped[int] = mapped_column(server_default=ZERO)
    next_number: Mapped[int] = mapped_column(server_default="1")
    """What the next post that comes into view is called; 1 until the topic itself was in view. Never goes back."""
    last_number: Mapped[int] = mapped_column(server_default=ZERO)
    """Number of the last post in view; who read as far has nothing unread."""
    answers: Mapped[int] = mapped_column(server_default=ZERO)
    """Official answers in view."""
    answered_at: Mapped[dt.datetime | None]
    """When the town first answered with what is still in view."""
    accepted_number: Mapped[int | None]
    """The reply that answers a question."""
    conclusion_number: Mapped[int | None]
    merged_into: Mapped[int | None]
    """Where everything went; the row stays, so that the old address leads there."""
    plan_id: Mapped[int | None]
    passage: Mapped[int | None]
    """Number of the passage of a plan's text."""
    x: Mapped[int | None]
    y: Mapped[int | None]
    """The place on a plan's picture, in ten thousandths of its width and height."""
    place: Mapped[str] = mapped_column(server_default=EMPTY)
    """The place in the author's words."""
    last_post_at: Mapped[dt.datetime]
    last_author_id: Mapped[int | None]
    last_byline: Mapped[str] = mapped_column(server_default=EMPTY)
    external_id: Mapped[str | None]
    """What another system called the contribution; the key of a repeated import."""
    source_url: Mapped[str] = mapped_column(server_default="")


class Post(TenantOwned, Timestamps, Base):
    """One text in a topic; its number is given when it comes into view, and stays with it."""

    __tablename__ = "forum_post"
    __table_args__ = tenant_args(
        tenant_key("topic_id", "forum_topic"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        tenant_key("entered_by", "membership", ondelete="SET NULL"),
        tenant_key("reply_to", "forum_post", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "topic_id", "number"),
        UniqueConstraint("tenant_id", "author_id", "nonce"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("number IS NOT NULL OR visibility NOT IN ('published', 'folded')", name="shown"),
        CheckConstraint("supports >= 0 AND thanks >= 0", name="reactions"),
        Index("ix_forum_post_waiting", "tenant_id", "topic_id", postgresql_where=text("number IS NULL")),
        Index("ix_forum_post_reply", "tenant_id", "reply_to", postgresql_where=text("reply_to IS NOT NULL")),
        Index("ix_forum_post_answers", "tenant_id", "topic_id", postgresql_where=text("kind <> 'post'")),
        Index("ix_forum_post_entered", "tenant_id", "entered_by"),
    )

    topic_id: Mapped[int]
    number: Mapped[int | None]
    kept_number: Mapped[int | None]
    """Where it comes back to, of one that waits again after it was in view; its ``number`` is empty meanwhile."""
    was_accepted: Mapped[bool] = mapped_column(server_default=NO)
    """Whether it answered its topic's question when it left view."""
    kind: Mapped[str] = mapped_column(server_default=PostKind.POST)
    author_id: Mapped[int | None]
    byline: Mapped[str] = mapped_column(server_default=EMPTY)
    """The name of an author without an account; what is shown where ``author_id`` is empty."""
    entered_by: Mapped[int | None]
    """Who typed in what came by letter."""
    via: Mapped[str] = mapped_column(server_default=Via.PAGE)
    reply_to: Mapped[int | None]
    """The post that this one replies to, wherever that moves."""
    body: Mapped[str]
    body_html: Mapped[str]
    sanitiser_version: Mapped[int]
    visibility: Mapped[str] = mapped_column(server_default=Visibility.PUBLISHED)
    edits: Mapped[int] = mapped_column(server_default=ZERO)
    """Earlier wordings that everybody may read."""
    edited_at: Mapped[dt.datetime | None]
    staff_edited: Mapped[bool] = mapped_column(server_default=NO)
    """Whether one of its wordings is the moderators', which everybody is told."""
    supports: Mapped[int] = mapped_column(server_default=ZERO)
    thanks: Mapped[int] = mapped_column(server_default=ZERO)
    department: Mapped[str] = mapped_column(server_default=EMPTY)
    """Who answers for the town."""
    outcome: Mapped[str | None]
    """What the town's answer says becomes of the contribution."""
    due_on: Mapped[dt.date | None]
    """When the town will say more."""
    nonce: Mapped[str | None]
    """The form's own mark, so that a double click does not say it twice."""
    external_id: Mapped[str | None]
    """What another system called the post."""


class Address(TenantOwned, Base):
    """A number that a post once had in a topic; old links lead to where it is now."""

    __tablename__ = "forum_address"
    __table_args__ = tenant_args(
        tenant_key("topic_id", "forum_topic"),
        tenant_key("post_id", "forum_post"),
        UniqueConstraint("tenant_id", "topic_id", "number"),
        Index("ix_forum_address_post", "tenant_id", "post_id"),
    )

    topic_id: Mapped[int]
    number: Mapped[int]
    post_id: Mapped[int]


class Permalink(TenantOwned, Base):
    """An address of another system that a topic or post had there; path with query, without host."""

    __tablename__ = "forum_permalink"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("post_id", "forum_post"),
        UniqueConstraint("tenant_id", "module_id", "path"),
        Index("ix_forum_permalink_post", "tenant_id", "post_id"),
    )

    module_id: Mapped[int]
    path: Mapped[str]
    post_id: Mapped[int]


class Mention(TenantOwned, Base):
    """Somebody whom a post calls by name."""

    __tablename__ = "forum_mention"
    __table_args__ = tenant_args(
        tenant_key("post_id", "forum_post"),
        tenant_key("member_id", "membership"),
        UniqueConstraint("tenant_id", "post_id", "member_id"),
        Index("ix_forum_mention_member", "tenant_id", "member_id"),
    )
    bumps_generation = False

    post_id: Mapped[int]
    member_id: Mapped[int]
    name: Mapped[str]
    """What stands in the text, which stays when the person changes their name."""


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
