"""Tables of moderation: cases, the reports that make them, the decisions that end them."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class CaseCause(StrEnum):
    """Why somebody has to look."""

    HELD = "held"
    REPORTED = "reported"


class Measure(StrEnum):
    """What a decision does to a contribution."""

    PUBLISH = "publish"
    REJECT = "reject"
    HIDE = "hide"
    RESTORE = "restore"
    KEEP = "keep"


STRICT_MEASURES = ("reject", "hide")
"""Measures against a contribution; the database refuses them without a reason."""


class Case(TenantOwned, Timestamps, Base):
    """One contribution that somebody has to look at; several reports make one case."""

    __tablename__ = "moderation_case"
    __table_args__ = tenant_args(
        Index(
            "uq_moderation_case_open",
            "tenant_id",
            "content_type",
            "content_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_moderation_case_queue",
            "tenant_id",
            "created_at",
            "id",
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    bumps_generation = False

    cause: Mapped[str]
    content_type: Mapped[str]
    content_id: Mapped[int]
    code: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    reports: Mapped[int] = mapped_column(server_default="0")
    closed_at: Mapped[dt.datetime | None]


class Report(TenantOwned, Timestamps, Base):
    """One person's report; the excerpt is what the reporter saw."""

    __tablename__ = "moderation_report"
    __table_args__ = tenant_args(
        tenant_key("case_id", "moderation_case"),
        tenant_key("reporter_id", "membership", ondelete="SET NULL"),
        Index("ix_moderation_report_case", "tenant_id", "case_id"),
        Index("ix_moderation_report_reporter", "tenant_id", "reporter_id"),
    )
    bumps_generation = False

    case_id: Mapped[int]
    reporter_id: Mapped[int | None]
    reason: Mapped[str]
    explanation: Mapped[str] = mapped_column(server_default="")
    excerpt: Mapped[str] = mapped_column(server_default="")
    receipt: Mapped[str]


class Decision(TenantOwned, Timestamps, Base):
    """One measure: which rule, which facts, by whom, whether a machine took part."""

    __tablename__ = "moderation_decision"
    __table_args__ = tenant_args(
        tenant_key("case_id", "moderation_case", ondelete="SET NULL"),
        tenant_key("actor_id", "membership", ondelete="SET NULL"),
        CheckConstraint("measure NOT IN ('reject', 'hide') OR (rule <> '' AND facts <> '')", name="reason"),
        Index("ix_moderation_decision_content", "tenant_id", "content_type", "content_id", "id"),
        Index("ix_moderation_decision_actor", "tenant_id", "actor_id"),
        Index("ix_moderation_decision_case", "tenant_id", "case_id"),
    )
    bumps_generation = False

    case_id: Mapped[int | None]
    content_type: Mapped[str]
    content_id: Mapped[int]
    measure: Mapped[str]
    rule: Mapped[str] = mapped_column(server_default="")
    facts: Mapped[str] = mapped_column(server_default="")
    automated: Mapped[bool] = mapped_column(server_default=text("false"))
    actor_id: Mapped[int | None]
