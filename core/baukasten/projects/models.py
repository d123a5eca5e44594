"""Tables of the consultations."""

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key

DRAFT, PUBLISHED, ARCHIVED = "draft", "published", "archived"
NO_LIST = text("'[]'")


class Project(TenantOwned, Timestamps, Base):
    """A consultation: what it is about, where, until when, who decides."""

    __tablename__ = "project"
    __table_args__ = tenant_args(
        UniqueConstraint("tenant_id", "slug"),
        CheckConstraint("state IN ('draft', 'published', 'archived')", name="state"),
        Index("ix_project_time", "tenant_id", "state", "ends_at"),
    )

    slug: Mapped[str]
    title: Mapped[str]
    question: Mapped[str] = mapped_column(server_default="")
    """What the town wants to know, as people would ask it."""
    summary: Mapped[str] = mapped_column(server_default="")
    description: Mapped[str] = mapped_column(server_default="")
    description_html: Mapped[str] = mapped_column(server_default="")
    can_influence: Mapped[list[str]] = mapped_column(server_default=NO_LIST)
    fixed: Mapped[list[str]] = mapped_column(server_default=NO_LIST)
    place: Mapped[str] = mapped_column(server_default="")
    contact: Mapped[str] = mapped_column(server_default="")
    decides: Mapped[str] = mapped_column(server_default="")
    result: Mapped[str] = mapped_column(server_default="")
    """What came of it, in one or two sentences; shown when it is over."""
    result_at: Mapped[dt.datetime | None]
    """When it was first said what came of it; later wordings change nothing."""
    picture: Mapped[str] = mapped_column(server_default="harbour")
    state: Mapped[str] = mapped_column(server_default=DRAFT)
    starts_at: Mapped[dt.datetime | None]
    """Begin of the first phase; kept beside the phases so that lists need one table."""
    ends_at: Mapped[dt.datetime | None]
    changed_at: Mapped[dt.datetime]
    published_at: Mapped[dt.datetime | None]


class Phase(TenantOwned, Base):
    """A dated stretch of a project; decides which features of its modules are open."""

    __tablename__ = "project_phase"
    __table_args__ = tenant_args(
        tenant_key("project_id", "project"),
        UniqueConstraint("tenant_id", "project_id", "position"),
        CheckConstraint("ends_at > starts_at", name="dates"),
    )

    project_id: Mapped[int]
    position: Mapped[int]
    title: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    """The first moment that no longer belongs to the phase, so that phases may touch."""
    features: Mapped[list[str]] = mapped_column(server_default=NO_LIST)


class Module(TenantOwned, Timestamps, Base):
    """A plugin's kind placed on the site or in a project; plugins' rows point here."""

    __tablename__ = "module"
    __table_args__ = tenant_args(
        tenant_key("project_id", "project"),
        # The site's own modules have no project and share one set of addresses.
        UniqueConstraint("tenant_id", "project_id", "slug", postgresql_nulls_not_distinct=True),
    )

    project_id: Mapped[int | None]
    kind: Mapped[str]
    slug: Mapped[str]
    title: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    position: Mapped[int]
    visible: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
