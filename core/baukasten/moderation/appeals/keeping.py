"""How long texts of evidence are kept: a year after the last day on which somebody could object."""

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, cast, delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.moderation.appeals import deadlines, proof
from baukasten.moderation.models import Appeal, Case, CaseNote, Decision
from baukasten.plugin.work import work

FORGET_JOB = "moderation.forget"
UNSYNCED: dict[str, Any] = {"synchronize_session": False}


def forget(session: Session) -> None:
    """Empty the texts of decisions, appeals and notes after their time; hashes and numbers stay. Safe to repeat."""
    before = deadlines.forgotten_before(work(session).town.time_zone)
    old = (Decision.created_at < before) & ~_disputed()
    emptied = update(Decision).where(old, Decision.evidence != cast(proof.ERASED, JSONB))
    session.execute(emptied.values(evidence=proof.ERASED), execution_options=UNSYNCED)
    answered = Appeal.outcome.is_not(None) & Appeal.decision_id.in_(select(Decision.id).where(old))
    session.execute(
        update(Appeal).where(answered, Appeal.body != "").values(body=""), execution_options=UNSYNCED
    )
    closed = select(Case.id).where(Case.closed_at < before)
    session.execute(delete(CaseNote).where(CaseNote.case_id.in_(closed)), execution_options=UNSYNCED)
    session.commit()


def _disputed() -> ColumnElement[bool]:
    """Give the condition that an appeal against a decision is open, or was answered in the last year."""
    lately = clock.now() - dt.timedelta(days=366)
    open_or_lately = or_(Appeal.outcome.is_(None), Appeal.decided_at >= lately)
    return exists().where(Appeal.decision_id == Decision.id, open_or_lately)
