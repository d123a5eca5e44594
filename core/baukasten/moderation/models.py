"""Tables of moderation: cases, the reports that make them, the decisions that end them, the appeals against those."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from baukasten.db.base import Base, TenantOwned, Timestamps, tenant_args, tenant_key


class CaseCause(StrEnum):
    """Why somebody has to look."""

    HELD = "held"
    REPORTED = "reported"
    APPEAL = "appeal"


class Measure(StrEnum):
    """What a decision does, from mild to strict: to a contribution, then to a person."""

    PUBLISH = "publish"
    KEEP = "keep"
    RESTORE = "restore"
    ASK = "ask"
    NOTE = "note"
    FOLD = "fold"
    HIDE = "hide"
    REMOVE = "remove"
    REJECT = "reject"
    FREE = "free"
    WARN = "warn"
    MUTE = "mute"
    SUSPEND = "suspend"


class Settled(StrEnum):
    """What became of a report or an appeal."""

    GRANTED = "granted"
    REFUSED = "refused"
    VOID = "void"
    """Nothing was left to decide, as when the author took the text back."""


class Side(StrEnum):
    """Whose appeal it is."""

    AUTHOR = "author"
    REPORTER = "reporter"


NUMBER = 9
"""Characters of a receipt that stand for it on the desk and in evidence; they open nothing."""
GENTLE = ("publish", "keep", "restore", "free")
"""Measures against nobody; all others need a rule and facts, and the database refuses them without."""
OPEN = text("closed_at IS NULL")


class Case(TenantOwned, Timestamps, Base):
    """One contribution that somebody has to look at; several reports make one case, each appeal one of its own."""

    __tablename__ = "moderation_case"
    __table_args__ = tenant_args(
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        tenant_key("holder_id", "membership", ondelete="SET NULL"),
        tenant_key("proposed_by", "membership", ondelete="SET NULL"),
        CheckConstraint("cause IN ('held', 'reported', 'appeal')", name="cause"),
        CheckConstraint("(cause = 'appeal') = (appeal_id IS NOT NULL)", name="appeal"),
        Index(
            "uq_moderation_case_open",
            "tenant_id",
            "content_type",
            "content_id",
            unique=True,
            postgresql_where=text("closed_at IS NULL AND cause <> 'appeal'"),
        ),
        Index("ix_moderation_case_queue", "tenant_id", "order_at", "id", postgresql_where=OPEN),
        Index("ix_moderation_case_newest", "tenant_id", "created_at", "id", postgresql_where=OPEN),
        Index("ix_moderation_case_guess", "tenant_id", "guess", "id", postgresql_where=OPEN),
        Index(
            "ix_moderation_case_project", "tenant_id", "project_id", "order_at", "id", postgresql_where=OPEN
        ),
        Index("ix_moderation_case_due", "tenant_id", "due_at", postgresql_where=OPEN),
        Index(
            "ix_moderation_case_appeals",
            "tenant_id",
            "order_at",
            "id",
            postgresql_where=text("closed_at IS NULL AND cause = 'appeal'"),
        ),
        Index("ix_moderation_case_holder", "tenant_id", "holder_id"),
        Index("ix_moderation_case_author", "tenant_id", "author_id", "id"),
        Index("ix_moderation_case_proposed_by", "tenant_id", "proposed_by"),
        Index("ix_moderation_case_appeal", "tenant_id", "appeal_id", unique=True),
        Index("ix_moderation_case_closed", "tenant_id", "closed_at", "id"),
    )
    bumps_generation = False

    cause: Mapped[str]
    content_type: Mapped[str]
    content_id: Mapped[int]
    code: Mapped[str] = mapped_column(server_default="")
    note: Mapped[str] = mapped_column(server_default="")
    reports: Mapped[int] = mapped_column(server_default="0")
    closed_at: Mapped[dt.datetime | None]
    module_id: Mapped[int | None]
    project_id: Mapped[int | None]
    author_id: Mapped[int | None]
    order_at: Mapped[dt.datetime] = mapped_column(server_default=text("now()"))
    """Place in the queue: the time of the first report, earlier by ``cases.PER_REPORT`` for each further one."""
    due_at: Mapped[dt.datetime | None]
    reminded_at: Mapped[dt.datetime | None]
    holder_id: Mapped[int | None]
    """Who works on it; others keep off until ``held_until``, or until it is given back where that is empty."""
    held_until: Mapped[dt.datetime | None]
    appeal_id: Mapped[int | None]
    """No key, for appeals point to decisions, and those to cases."""
    guess: Mapped[float] = mapped_column(server_default="0")
    """How likely a measure is, from 0 to 1, as a machine guesses from the town's own decisions; never decides."""
    guess_words: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    proposal: Mapped[dict[str, Any] | None]
    """A step that waits for a second person, as ``deciding.Step.values`` gives it."""
    proposed_by: Mapped[int | None]


class CaseNote(TenantOwned, Timestamps, Base):
    """A word among colleagues about a case; never shown to anybody else."""

    __tablename__ = "moderation_note"
    __table_args__ = tenant_args(
        tenant_key("case_id", "moderation_case"),
        tenant_key("author_id", "membership", ondelete="SET NULL"),
        Index("ix_moderation_note_case", "tenant_id", "case_id", "id"),
        Index("ix_moderation_note_author", "tenant_id", "author_id"),
    )
    bumps_generation = False

    case_id: Mapped[int]
    author_id: Mapped[int | None]
    body: Mapped[str]


class Report(TenantOwned, Timestamps, Base):
    """One person's report; the excerpt is what the reporter saw."""

    __tablename__ = "moderation_report"
    __table_args__ = tenant_args(
        tenant_key("case_id", "moderation_case"),
        tenant_key("reporter_id", "membership", ondelete="SET NULL"),
        tenant_key("decision_id", "moderation_decision", ondelete="SET NULL"),
        CheckConstraint("outcome IN ('granted', 'refused', 'void')", name="outcome"),
        Index("ix_moderation_report_case", "tenant_id", "case_id"),
        Index("ix_moderation_report_reporter", "tenant_id", "reporter_id"),
        Index("ix_moderation_report_decision", "tenant_id", "decision_id"),
        Index("ix_moderation_report_receipt", "tenant_id", "receipt", unique=True),
        Index(
            "uq_moderation_report_origin",
            "tenant_id",
            "case_id",
            "origin",
            unique=True,
            postgresql_where=text("origin <> ''"),
        ),
        Index("ix_moderation_report_created", "tenant_id", "created_at"),
    )
    bumps_generation = False

    case_id: Mapped[int]
    reporter_id: Mapped[int | None]
    reason: Mapped[str]
    """Key of a rule of the town, or ``illegal`` or ``other``."""
    explanation: Mapped[str] = mapped_column(server_default="")
    excerpt: Mapped[str] = mapped_column(server_default="")
    receipt: Mapped[str]
    """Opens the page of the receipt; only its first ``NUMBER`` characters are told to anybody but the reporter."""
    path: Mapped[str] = mapped_column(server_default="")
    counts: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether it moves the case forward; reports of those who misuse them are read, but in their turn."""
    origin: Mapped[str] = mapped_column(server_default="")
    """Who counts once for a case: a member, or a network under a keyed hash of the day, which is forgotten after it."""
    outcome: Mapped[str | None]
    decision_id: Mapped[int | None]
    settled_at: Mapped[dt.datetime | None]


class Decision(TenantOwned, Timestamps, Base):
    """One measure: which rule, which facts, by whom, whether a machine took part, and what it was about, frozen."""

    __tablename__ = "moderation_decision"
    __table_args__ = tenant_args(
        tenant_key("case_id", "moderation_case", ondelete="SET NULL"),
        tenant_key("actor_id", "membership", ondelete="SET NULL"),
        tenant_key("second_id", "membership", ondelete="SET NULL"),
        tenant_key("subject_id", "membership", ondelete="SET NULL"),
        tenant_key("reverses", "moderation_decision", ondelete="SET NULL"),
        tenant_key("module_id", "module", ondelete="SET NULL"),
        CheckConstraint(
            "measure IN ('publish', 'keep', 'restore', 'free') OR (btrim(rule) <> '' AND btrim(facts) <> '')",
            name="reason",
        ),
        Index("ix_moderation_decision_content", "tenant_id", "content_type", "content_id", "id"),
        Index("ix_moderation_decision_actor", "tenant_id", "actor_id"),
        Index("ix_moderation_decision_second", "tenant_id", "second_id"),
        Index("ix_moderation_decision_subject", "tenant_id", "subject_id", "id"),
        Index("ix_moderation_decision_reverses", "tenant_id", "reverses"),
        Index("ix_moderation_decision_module", "tenant_id", "module_id"),
        Index("ix_moderation_decision_case", "tenant_id", "case_id"),
        Index("ix_moderation_decision_created", "tenant_id", "created_at"),
        Index("ix_moderation_decision_rule", "tenant_id", "rule_key", "id"),
    )
    # A note stands beside a contribution and an end date on a placeholder, so that every decision may change pages.

    case_id: Mapped[int | None]
    content_type: Mapped[str]
    content_id: Mapped[int]
    measure: Mapped[str]
    rule: Mapped[str] = mapped_column(server_default="")
    """The rule's title as it was; everybody reads it where the text was."""
    rule_key: Mapped[str] = mapped_column(server_default="")
    rules_version: Mapped[int] = mapped_column(server_default="0")
    facts: Mapped[str] = mapped_column(server_default="")
    """What the contribution did against the rule; the author reads it."""
    public_text: Mapped[str] = mapped_column(server_default="")
    """What stands beside the contribution for all to read; notes only."""
    automated: Mapped[bool] = mapped_column(server_default=text("false"))
    actor_id: Mapped[int | None]
    second_id: Mapped[int | None]
    """Who confirmed it where two must."""
    subject_id: Mapped[int | None]
    """Whom it concerns: the author, or the person that a measure limits."""
    before: Mapped[str] = mapped_column(server_default="")
    """Visibility or standing before it, where undoing leads back to."""
    until: Mapped[dt.datetime | None]
    """End of a measure against a person; without one it lasts until somebody ends it."""
    module_id: Mapped[int | None]
    """Where alone a measure against a person holds; empty for the whole town."""
    evidence: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    evidence_hash: Mapped[str] = mapped_column(server_default="")
    """SHA-256 of the evidence as ``evidence.digest`` writes it down; stays when the evidence is erased."""
    reverses: Mapped[int | None]
    """The decision that an appeal or a later look undid."""
    undone_at: Mapped[dt.datetime | None]
    told_at: Mapped[dt.datetime | None]


class Appeal(TenantOwned, Timestamps, Base):
    """An objection to a decision; somebody who had no part in it decides."""

    __tablename__ = "moderation_appeal"
    __table_args__ = tenant_args(
        tenant_key("decision_id", "moderation_decision"),
        tenant_key("decision_actor_id", "membership", ondelete="SET NULL"),
        tenant_key("decision_second_id", "membership", ondelete="SET NULL"),
        tenant_key("appellant_id", "membership", ondelete="SET NULL"),
        tenant_key("report_id", "moderation_report", ondelete="SET NULL"),
        tenant_key("decided_by", "membership", ondelete="SET NULL"),
        CheckConstraint("side IN ('author', 'reporter')", name="side"),
        CheckConstraint("outcome IN ('granted', 'refused', 'void')", name="outcome"),
        CheckConstraint("outcome IS NULL OR outcome = 'void' OR btrim(answer) <> ''", name="answer"),
        # That nobody judges their own decision is the database's promise too.
        CheckConstraint(
            "decided_by IS NULL OR (decided_by IS DISTINCT FROM decision_actor_id "
            "AND decided_by IS DISTINCT FROM decision_second_id AND decided_by IS DISTINCT FROM appellant_id)",
            name="another",
        ),
        Index(
            "uq_moderation_appeal_author",
            "tenant_id",
            "decision_id",
            unique=True,
            postgresql_where=text("side = 'author'"),
        ),
        Index(
            "uq_moderation_appeal_report",
            "tenant_id",
            "report_id",
            unique=True,
            postgresql_where=text("report_id IS NOT NULL"),
        ),
        Index("ix_moderation_appeal_decision", "tenant_id", "decision_id"),
        Index("ix_moderation_appeal_decision_actor", "tenant_id", "decision_actor_id"),
        Index("ix_moderation_appeal_decision_second", "tenant_id", "decision_second_id"),
        Index("ix_moderation_appeal_appellant", "tenant_id", "appellant_id"),
        Index("ix_moderation_appeal_decided_by", "tenant_id", "decided_by"),
        Index("ix_moderation_appeal_created", "tenant_id", "created_at"),
    )
    bumps_generation = False

    decision_id: Mapped[int]
    decision_actor_id: Mapped[int | None]
    decision_second_id: Mapped[int | None]
    side: Mapped[str]
    appellant_id: Mapped[int | None]
    """Nobody for a guest who appeals with the number of a report."""
    report_id: Mapped[int | None]
    body: Mapped[str]
    outcome: Mapped[str | None]
    answer: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[int | None]
    decided_at: Mapped[dt.datetime | None]


class SavedReply(TenantOwned, Timestamps, Base):
    """Words that a town's moderators use again and again, with variables, in each of its languages."""

    __tablename__ = "moderation_reply"
    __table_args__ = tenant_args(Index("ix_moderation_reply_order", "tenant_id", "title", "id"))
    bumps_generation = False

    title: Mapped[str]
    measure: Mapped[str] = mapped_column(server_default="")
    """The step it is offered with; empty for all."""
    rule_key: Mapped[str] = mapped_column(server_default="")
    texts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Text by language code; ``{name}``, ``{title}``, ``{rule}``, ``{until}`` and ``{town}`` are filled in."""
