"""Tables of the town's rules: a version is never changed once it is in force."""

import datetime as dt

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class RuleSet(TenantOwned, Timestamps, Base):
    """One version of a town's rules; without a moment of publication it is being written."""

    __tablename__ = "moderation_ruleset"
    __table_args__ = tenant_args(
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "version"),
        Index("ix_moderation_ruleset_author", "tenant_id", "author_id"),
        Index(
            "uq_moderation_ruleset_draft",
            "tenant_id",
            unique=True,
            postgresql_where=text("published_at IS NULL"),
        ),
    )

    version: Mapped[int]
    intro: Mapped[str] = mapped_column(server_default="")
    changes: Mapped[str] = mapped_column(server_default="")
    """What is new, in a sentence, for those who know the version before."""
    published_at: Mapped[dt.datetime | None]
    author_id: Mapped[int | None]


class Rule(TenantOwned, Base):
    """One rule of a version; its key stays the same from version to version."""

    __tablename__ = "moderation_rule"
    __table_args__ = tenant_args(
        tenant_key("ruleset_id", "moderation_ruleset"),
        UniqueConstraint("tenant_id", "ruleset_id", "key"),
        UniqueConstraint("tenant_id", "ruleset_id", "position"),
    )

    ruleset_id: Mapped[int]
    position: Mapped[int]
    key: Mapped[str]
    title: Mapped[str]
    body: Mapped[str] = mapped_column(server_default="")
    exempt: Mapped[str] = mapped_column(server_default="")
    """What the rule does not forbid, so that moderators do not reach too far."""
