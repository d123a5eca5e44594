"""Tables of surveys: what is asked, who may answer, what was answered, and the queue in which sealed answers mix."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.sdk import Base, TenantOwned, Timestamps, tenant_args, tenant_key
from baukasten_survey.keys import Access, Anonymity, BatchState, Source, SurveyKind, SurveyState

ZERO, ONE, FALSE, EMPTY = text("0"), text("1"), text("false"), text("''")
OBJECT, LIST = text("'{}'::jsonb"), text("'[]'::jsonb")


class Survey(TenantOwned, Timestamps, Base):
    """What is asked, as its authors change it, and how it is run."""

    __tablename__ = "survey"
    __table_args__ = tenant_args(
        tenant_key("module_id", "module"),
        Index(
            "uq_survey_module",
            "tenant_id",
            "module_id",
            unique=True,
            postgresql_where=text("kind = 'survey'"),
        ),
        Index("ix_survey_state", "tenant_id", "state", "closes_at"),
        CheckConstraint("state = 'draft' OR version IS NOT NULL", name="version"),
        CheckConstraint("minimum_cell >= 3", name="minimum_cell"),
        CheckConstraint("closes_at > opens_at", name="times"),
    )

    module_id: Mapped[int]
    """Its own module; of a poll, the module of the contribution that it stands in."""
    kind: Mapped[str] = mapped_column(server_default=SurveyKind.SURVEY)
    state: Mapped[str] = mapped_column(server_default=SurveyState.DRAFT)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=OBJECT)
    """What the next version will be; see the package ``definition``."""
    revision: Mapped[int] = mapped_column(server_default=ONE)
    """Goes up with each saving, so that two editors notice each other."""
    version: Mapped[int | None]
    """Number of the published version that is answered now."""
    access: Mapped[str] = mapped_column(server_default=Access.OPEN)
    anonymity: Mapped[str] = mapped_column(server_default=Anonymity.SEPARATED)
    opens_at: Mapped[dt.datetime | None]
    closes_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    """Since when nothing more is taken, and all keys are gone."""
    edit_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Locked; by it a pseudonymous answer is found again by whoever gave it. Destroyed at the close."""
    minimum_cell: Mapped[int] = mapped_column(server_default=text("5"))
    """Fewer people than this are never told apart in results."""
    drawn: Mapped[bool] = mapped_column(server_default=FALSE)
    """Whether a sample was drawn; else results say that they are no image of the town."""
    least_seconds: Mapped[int] = mapped_column(server_default=ZERO)
    """Who needs less for everything is flagged."""


class Version(TenantOwned, Base):
    """What was published under one number; never changed."""

    __tablename__ = "survey_version"
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "number"),
    )

    survey_id: Mapped[int]
    number: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=OBJECT)
    """Codes of the version before, and what they are called in this one; empty where all stayed."""
    sealed_size: Mapped[int]
    """Bytes that each sealed answer takes, whatever it says."""
    at: Mapped[dt.datetime]


class Fix(TenantOwned, Base):
    """A mistake in a text of a published version, and how it reads now; the version itself stays."""

    __tablename__ = "survey_fix"
    __table_args__ = tenant_args(
        tenant_key("version_id", "survey_version"),
        tenant_key("by", "membership", ondelete="SET NULL"),
        Index("ix_survey_fix_version", "tenant_id", "version_id", "id"),
    )

    version_id: Mapped[int]
    path: Mapped[str]
    """Where the text stands, such as ``q7/options/a1/title``."""
    language: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    by: Mapped[int | None]
    at: Mapped[dt.datetime]


class Admission(TenantOwned, Base):
    """The right to one response: a code, a member, a visit or a blind token, known by a keyed hash only."""

    __tablename__ = "survey_admission"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "digest"),
        Index("ix_survey_admission_series", "tenant_id", "survey_id", "series"),
    )

    survey_id: Mapped[int]
    kind: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    series: Mapped[str] = mapped_column(server_default=EMPTY)
    """Of codes: with which others they were made."""
    spent: Mapped[bool] = mapped_column(server_default=FALSE)


class Response(TenantOwned, Base):
    """What one respondent answered. At the sealed levels it was written by the mixer and knows neither who nor when."""

    __tablename__ = "survey_response"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        tenant_key("member_id", "membership", ondelete="SET NULL"),
        Index("ix_survey_response_survey", "tenant_id", "survey_id", "id"),
        Index("ix_survey_response_member", "tenant_id", "member_id"),
        Index(
            "uq_survey_response_edit",
            "tenant_id",
            "survey_id",
            "edit_digest",
            unique=True,
            postgresql_where=text("edit_digest IS NOT NULL"),
        ),
    )

    survey_id: Mapped[int]
    version: Mapped[int]
    language: Mapped[str] = mapped_column(server_default=EMPTY)
    """Empty at the sealed levels: the address in a server's log tells the language too."""
    source: Mapped[str] = mapped_column(server_default=Source.ONLINE)
    day: Mapped[dt.date]
    """When it was given; at the sealed levels, when its batch was flushed."""
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    flags: Mapped[list[str]] = mapped_column(JSONB, server_default=LIST)
    member_id: Mapped[int | None]
    """Of named surveys only."""
    edit_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of pseudonymous surveys, until the close: by it whoever answered finds the answer again."""
    test: Mapped[bool] = mapped_column(server_default=FALSE)
    """Given while trying out; vanishes when the survey opens."""


class Batch(TenantOwned, Base):
    """A bundle of sealed answers with a key of its own, whose private half lies outside the database.

    All answers in it are of one version. How they came in, nobody writes down: sheets of paper are few.
    """

    __tablename__ = "survey_batch"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        Index("ix_survey_batch_state", "tenant_id", "survey_id", "state"),
        Index(
            "uq_survey_batch_open",
            "tenant_id",
            "survey_id",
            "version",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    survey_id: Mapped[int]
    version: Mapped[int]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(server_default=BatchState.OPEN)


class Sealed(TenantOwned, Base):
    """An answer that waits for its batch; all of a version are equally long."""

    __tablename__ = "survey_sealed"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("batch_id", "survey_batch"),
        Index("ix_survey_sealed_batch", "tenant_id", "batch_id"),
    )

    batch_id: Mapped[int]
    blob: Mapped[bytes] = mapped_column(LargeBinary)


class Draft(TenantOwned, Base):
    """A response that somebody still works on, locked with a key that only this somebody holds."""

    __tablename__ = "survey_draft"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "digest"),
        Index("ix_survey_draft_until", "tenant_id", "until"),
    )

    survey_id: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """By which it is found; comes from the key and tells nothing about it."""
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[dt.date]
    """When it is thrown away, at the latest."""


class Quota(TenantOwned, Base):
    """How many responses of one sort are wanted, counted where they are taken."""

    __tablename__ = "survey_quota"
    bumps_generation = False
    __table_args__ = tenant_args(
        tenant_key("survey_id", "survey"),
        UniqueConstraint("tenant_id", "survey_id", "code"),
        CheckConstraint("taken BETWEEN 0 AND wanted", name="taken"),
    )

    survey_id: Mapped[int]
    code: Mapped[str]
    expression: Mapped[str]
    wanted: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=ZERO)
    message: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=OBJECT)
    """What somebody reads who comes too late, by language."""
