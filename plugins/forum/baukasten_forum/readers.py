"""Tables of readers' own marks: what they follow, how far they read, what they support."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class Follow(TenantOwned, Timestamps, Base):
    """How closely a member follows a forum, one category of it, or one topic; the narrowest counts."""

    __tablename__ = "forum_follow"
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership"),
        tenant_key("module_id", "module"),
        tenant_key("category_id", "forum_category"),
        tenant_key("topic_id", "forum_topic"),
        UniqueConstraint(
            "tenant_id",
            "member_id",
            "module_id",
            "category_id",
            "topic_id",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("level IN ('mute', 'normal', 'follow')", name="level"),
        Index("ix_forum_follow_topic", "tenant_id", "topic_id"),
        Index("ix_forum_follow_category", "tenant_id", "category_id"),
        Index("ix_forum_follow_module", "tenant_id", "module_id"),
    )
    bumps_generation = False

    member_id: Mapped[int]
    module_id: Mapped[int]
    category_id: Mapped[int | None]
    topic_id: Mapped[int | None]
    level: Mapped[str]


class Position(TenantOwned, Base):
    """How far a member has read in a topic, by the number of a post."""

    __tablename__ = "forum_position"
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership"),
        tenant_key("topic_id", "forum_topic"),
        UniqueConstraint("tenant_id", "member_id", "topic_id"),
        Index("ix_forum_position_topic", "tenant_id", "topic_id"),
    )
    bumps_generation = False

    member_id: Mapped[int]
    topic_id: Mapped[int]
    number: Mapped[int]
    read_at: Mapped[dt.datetime]


class Reaction(TenantOwned, Timestamps, Base):
    """A member's support of a post or thanks for it; without a person once the account is closed."""

    __tablename__ = "forum_reaction"
    __table_args__ = tenant_args(
        tenant_key("post_id", "forum_post"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "post_id", "member_id", "kind"),
        CheckConstraint("kind IN ('support', 'thanks')", name="kind"),
        Index("ix_forum_reaction_member", "tenant_id", "member_id"),
    )

    post_id: Mapped[int]
    member_id: Mapped[int | None]
    kind: Mapped[str]
