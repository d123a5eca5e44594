"""Tables of results: what was counted, frozen for good, and what of it everybody may read."""

import datetime as dt
from typing import Any

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key
from baukasten_survey.models import EMPTY, FALSE, LIST, OBJECT


class Freeze(TenantOwned, Base):
    """The protected tables of those who answered one version since the freeze before; never changed (ADR 22)."""

    __tablename__ = "survey_freeze"
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "number"),
    )

    survey_id: Mapped[int]
    number: Mapped[int]
    version: Mapped[int]
    day: Mapped[dt.date]
    last_id: Mapped[int]
    """The last response that is in it."""
    people: Mapped[int]
    tables: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Publication(TenantOwned, Base):
    """What a town says about the results of a survey, and which questions everybody sees."""

    __tablename__ = "survey_publication"
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id"),
    )

    survey_id: Mapped[int]
    published_at: Mapped[dt.datetime | None]
    """Since when everybody may read it; nothing before, and after it was taken back."""
    running: Mapped[bool] = mapped_column(server_default=FALSE)
    """Whether figures are frozen while answers still come in; each step holds more back."""
    headline: Mapped[str] = mapped_column(server_default=EMPTY)
    lead: Mapped[str] = mapped_column(server_default=EMPTY)
    steps: Mapped[list[str]] = mapped_column(JSONB, server_default=LIST)
    """What happens next, one sentence each."""
    shown: Mapped[list[list[str]]] = mapped_column(JSONB, server_default=LIST)
    """Codes of the questions in their order, each with what it found in words, or nothing."""
    crossings: Mapped[list[list[str]]] = mapped_column(JSONB, server_default=LIST)
    """Pairs of codes that are crossed, chosen before the first freeze."""
    open_data: Mapped[list[str]] = mapped_column(JSONB, server_default=LIST)
    """Codes of the columns of the file of single responses, chosen before the first freeze."""
    licence: Mapped[str] = mapped_column(server_default=text("'dl-de/by-2-0'"))
    """Under which files may be used; see ``results.licences``."""
    population: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=OBJECT)
    """By the code of a characteristic, how many people of the town are in each of its classes."""
