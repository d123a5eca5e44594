"""Tables of open texts: categories, who sorted what into them, what was decided, and what everybody reads."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key
from baukasten_survey.models import EMPTY


class QuoteState(StrEnum):
    """Where a quote is on its way."""

    CHOSEN = "chosen"
    """Waits for somebody to release it."""
    RELEASED = "released"
    BACK = "back"
    """Taken back: nobody reads it any more."""


class Category(TenantOwned, Base):
    """What texts of one question are sorted into."""

    __tablename__ = "survey_category"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "question", "name"),
    )

    survey_id: Mapped[int]
    question: Mapped[str]
    """Name of the text, such as ``q7`` or ``q7.other``."""
    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=EMPTY)
    """What belongs to it and what does not, for those who sort."""
    place: Mapped[int]


class Coder(TenantOwned, Base):
    """Somebody who sorts the texts of a question; without the member, only a number is left of them."""

    __tablename__ = "survey_coder"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "survey_id", "question", "member_id"),
        UniqueConstraint("tenant_id", "survey_id", "question", "number"),
        Index("ix_survey_coder_member", "tenant_id", "member_id"),
    )

    survey_id: Mapped[int]
    question: Mapped[str]
    number: Mapped[int]
    member_id: Mapped[int | None]
    done_at: Mapped[dt.datetime | None]
    """Since when what others did may be seen, and nothing be taken back."""


class Coding(TenantOwned, Base):
    """The one category that a coder gave a text."""

    __tablename__ = "survey_coding"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("coder_id", "survey_coder"),
        tenant_key("response_id", "survey_response"),
        tenant_key("category_id", "survey_category", ondelete="NO ACTION"),
        UniqueConstraint("tenant_id", "coder_id", "response_id"),
        Index("ix_survey_coding_response", "tenant_id", "response_id"),
        Index("ix_survey_coding_category", "tenant_id", "category_id"),
    )

    coder_id: Mapped[int]
    response_id: Mapped[int]
    category_id: Mapped[int | None]
    """Nothing where the text fits no category."""
    at: Mapped[dt.datetime]


class Decision(TenantOwned, Base):
    """What a text belongs to that two coders sorted differently."""

    __tablename__ = "survey_decision"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        tenant_key("response_id", "survey_response"),
        tenant_key("category_id", "survey_category", ondelete="NO ACTION"),
        tenant_key("decided_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "response_id", "question"),
        Index("ix_survey_decision_survey", "tenant_id", "survey_id", "question"),
        Index("ix_survey_decision_category", "tenant_id", "category_id"),
        Index("ix_survey_decision_decided_by", "tenant_id", "decided_by"),
    )

    survey_id: Mapped[int]
    question: Mapped[str]
    response_id: Mapped[int]
    category_id: Mapped[int | None]
    decided_by: Mapped[int | None]
    at: Mapped[dt.datetime]


class Coded(TenantOwned, Base):
    """How often each category came, protected, as everybody may read it; never changed (ADR 22)."""

    __tablename__ = "survey_coded"
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        tenant_key("frozen_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "survey_id", "question"),
        Index("ix_survey_coded_frozen_by", "tenant_id", "frozen_by"),
    )

    survey_id: Mapped[int]
    question: Mapped[str]
    labels: Mapped[list[list[str]]] = mapped_column(JSONB)
    """Keys of the table's cells, each with the category's name."""
    table: Mapped[dict[str, Any]] = mapped_column("cells", JSONB)
    at: Mapped[dt.datetime]
    frozen_by: Mapped[int | None]


class Quote(TenantOwned, Base):
    """A text as everybody reads it; the answer itself stays as it was given."""

    __tablename__ = "survey_quote"
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        tenant_key("response_id", "survey_response"),
        tenant_key("chosen_by", "membership", ondelete="SET NULL"),
        tenant_key("released_by", "membership", ondelete="SET NULL"),
        UniqueConstraint("tenant_id", "response_id", "question"),
        Index("ix_survey_quote_survey", "tenant_id", "survey_id", "question"),
        Index("ix_survey_quote_chosen_by", "tenant_id", "chosen_by"),
        Index("ix_survey_quote_released_by", "tenant_id", "released_by"),
    )

    survey_id: Mapped[int]
    question: Mapped[str]
    response_id: Mapped[int]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=QuoteState.CHOSEN)
    place: Mapped[int]
    """Drawn by lot when it is chosen, so that the order tells nothing of the answers'."""
    chosen_by: Mapped[int | None]
    released_by: Mapped[int | None]
    at: Mapped[dt.datetime]
