"""Tables of screening: what members have written so far, what came in lately, what is checked beforehand where."""

import datetime as dt

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class AuthorRecord(TenantOwned, Base):
    """How a member has written so far; a newcomer has none."""

    __tablename__ = "moderation_author"
    __table_args__ = tenant_args(
        tenant_key("member_id", "membership"),
        Index("uq_moderation_author_member", "tenant_id", "member_id", unique=True),
    )
    bumps_generation = False

    member_id: Mapped[int]
    published: Mapped[int] = mapped_column(server_default="0")
    """Contributions that came into view, each counted once, whatever became of it later."""
    first_at: Mapped[dt.datetime | None]
    rules_version: Mapped[int] = mapped_column(server_default="-1")
    """The rules that the member has seen; -1 for none, 0 for the platform's own."""


class Submission(TenantOwned, Timestamps, Base):
    """One contribution that came in lately, for counting and comparing; kept for days, not for good."""

    __tablename__ = "moderation_submission"
    __table_args__ = tenant_args(
        tenant_key("author_id", "membership"),
        Index("ix_moderation_submission_author", "tenant_id", "author_id", "created_at"),
        Index("ix_moderation_submission_print", "tenant_id", "fingerprint", "created_at"),
        Index("ix_moderation_submission_created", "tenant_id", "created_at"),
        Index("ix_moderation_submission_content", "tenant_id", "content_type", "content_id"),
        Index(
            "uq_moderation_submission_proof",
            "tenant_id",
            "proof",
            unique=True,
            postgresql_where=text("proof <> ''"),
        ),
    )
    bumps_generation = False

    author_id: Mapped[int | None]
    module_id: Mapped[int | None]
    content_type: Mapped[str]
    content_id: Mapped[int | None]
    fingerprint: Mapped[str] = mapped_column(server_default="")
    """Hash of the text without case, space and marks; equal for the same words, empty for few of them."""
    ruling: Mapped[str]
    code: Mapped[str] = mapped_column(server_default="")
    proof: Mapped[str] = mapped_column(server_default="")
    """The puzzle that was solved for it; none serves twice."""
    seen_at: Mapped[dt.datetime | None]
    """When it first came into view, and so was counted for its author."""


class Precheck(TenantOwned, Base):
    """Whose contributions are looked at before they come into view: in a module, in a phase, or everywhere."""

    __tablename__ = "moderation_precheck"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("phase_id", "project_phase"),
        CheckConstraint("level IN ('nobody', 'newcomers', 'everybody')", name="level"),
        CheckConstraint("module_id IS NULL OR phase_id IS NULL", name="one"),
        Index(
            "uq_moderation_precheck",
            "tenant_id",
            "module_id",
            "phase_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_moderation_precheck_phase", "tenant_id", "phase_id"),
    )
    bumps_generation = False

    module_id: Mapped[int | None]
    phase_id: Mapped[int | None]
    level: Mapped[str] = mapped_column(server_default=text("'nobody'"))
