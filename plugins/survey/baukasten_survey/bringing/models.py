"""Tables of bringing in: a file in pieces until it was read, how far it got, and what is to be looked at."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key

ZERO, FALSE, EMPTY, LIST, NOTHING = (text(one) for one in ("0", "false", "''", "'[]'::jsonb", "'{}'::jsonb"))


class ImportState(StrEnum):
    """How far a file got."""

    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"
    """Thrown away before it was read to its end."""


class SurveyImport(TenantOwned, Base):
    """One file of another program; of a survey one at a time is read."""

    __tablename__ = "survey_import"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        tenant_key("created_by", "membership", ondelete="SET NULL"),
        Index("ix_survey_import_survey", "tenant_id", "survey_id", "id"),
        Index("ix_survey_import_created_by", "tenant_id", "created_by"),
        Index(
            "uq_survey_import_reading",
            "tenant_id",
            "survey_id",
            unique=True,
            postgresql_where=text("state = 'reading'"),
        ),
    )

    survey_id: Mapped[int]
    created_by: Mapped[int | None]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    """When it got on last."""
    file_name: Mapped[str]
    bytes: Mapped[int]
    revision: Mapped[int]
    """Of the survey when the file was sent; whoever saved since is not overwritten."""
    with_responses: Mapped[bool] = mapped_column(server_default=FALSE)
    state: Mapped[str]
    problem: Mapped[str] = mapped_column(server_default=EMPTY)
    seen: Mapped[int] = mapped_column(server_default=ZERO)
    """Responses of the file that are dealt with; whoever goes on begins behind them."""
    taken: Mapped[int] = mapped_column(server_default=ZERO)
    """Those of them that had been sent off."""
    lost: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=NOTHING)
    """Columns of the file whose values found no place, and in how many responses."""
    notes: Mapped[list[Any]] = mapped_column(JSONB, server_default=LIST)


class SurveyImportPiece(TenantOwned, Base):
    """A piece of the file as it was sent; gone after the run, or after a day."""

    __tablename__ = "survey_import_piece"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("import_id", "survey_import"), UniqueConstraint("tenant_id", "import_id", "number")
    )

    import_id: Mapped[int]
    number: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
