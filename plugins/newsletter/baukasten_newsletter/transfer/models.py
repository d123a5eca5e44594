"""Tables of bringing in: a file in pieces until it was read, how far it got, and what became of each row."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, tenant_args, tenant_key

EMPTY, NOTHING = text("''"), text("'{}'::jsonb")


class ImportState(StrEnum):
    """How far a file got."""

    CHECKING = "checking"
    CHECKED = "checked"
    """Everybody can read what would become of each row; nobody was brought in."""
    TAKING = "taking"
    DONE = "done"
    FAILED = "failed"
    DROPPED = "dropped"
    """Thrown away, or nobody decided within a week."""


class Import(TenantOwned, Base):
    """One file of people, and the origin of their consent."""

    __tablename__ = "newsletter_import"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        tenant_key("created_by", "membership", ondelete="SET NULL"),
        Index("ix_newsletter_import_module", "tenant_id", "module_id", "id"),
        Index("ix_newsletter_import_created_by", "tenant_id", "created_by"),
    )

    module_id: Mapped[int]
    created_by: Mapped[int | None]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    """When its state changed last."""
    file_name: Mapped[str]
    bytes: Mapped[int]
    state: Mapped[str]
    problem: Mapped[str] = mapped_column(server_default=EMPTY)
    """Why it failed, with the row."""
    language: Mapped[str]
    """Of those whose row says none."""
    topics: Mapped[list[int]] = mapped_column(JSONB)
    agreed: Mapped[str] = mapped_column(server_default=EMPTY)
    """To what people agreed, where their row does not say it."""
    agreed_when: Mapped[str] = mapped_column(server_default=EMPTY)
    how: Mapped[str] = mapped_column(server_default=EMPTY)
    done_row: Mapped[int] = mapped_column(server_default=text("0"))
    """The last row that is dealt with in this state; whoever goes on begins behind it."""
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=NOTHING)
    """How many rows would have which result, as the trial found."""
    taken: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=NOTHING)
    """The same, as it came."""


class ImportPiece(TenantOwned, Base):
    """A piece of the file as it was sent; gone after the run, or after a week."""

    __tablename__ = "newsletter_import_piece"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("import_id", "newsletter_import"), UniqueConstraint("tenant_id", "import_id", "number")
    )

    import_id: Mapped[int]
    number: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ImportReport(TenantOwned, Base):
    """What became of some rows, by their numbers; without addresses, which stand in the town's own file."""

    __tablename__ = "newsletter_import_report"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("import_id", "newsletter_import"),
        UniqueConstraint("tenant_id", "import_id", "is_trial", "number"),
    )

    import_id: Mapped[int]
    number: Mapped[int]
    """The last row of them."""
    is_trial: Mapped[bool]
    rows: Mapped[list[Any]] = mapped_column(JSONB)
    """Lists of number, result, and what is wrong."""
