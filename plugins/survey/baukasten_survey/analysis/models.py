"""Tables of the analysis: what is known of the population, and counts that took too long for a request."""

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key


class Margin(TenantOwned, Base):
    """How one question would be answered by everybody, as registers know it; answers are weighted to it."""

    __tablename__ = "survey_margin"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "code"),
    )

    survey_id: Mapped[int]
    code: Mapped[str]
    """The question."""
    shares: Mapped[list[list[Any]]] = mapped_column(JSONB)
    """Pairs of an answer's code and how many people, or which share of them, it stands for."""


class Kept(TenantOwned, Base):
    """What one selection counted, kept for a day; its figures name nobody."""

    __tablename__ = "survey_analysis"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "digest"),
        Index("ix_survey_analysis_at", "tenant_id", "at"),
    )

    survey_id: Mapped[int]
    digest: Mapped[str]
    """Of the selection, so that it is found again."""
    at: Mapped[dt.datetime]
    """When it was asked for; once it is counted, when that was."""
    rows: Mapped[list[list[Any]] | None] = mapped_column(JSONB)
    """What the database counted; nothing while it still does."""
