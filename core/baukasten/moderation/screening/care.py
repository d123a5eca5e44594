"""What screening keeps about people, and for how long."""

import datetime as dt
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.moderation.screening.models import AuthorRecord, Submission
from baukasten.plugin.declarations import PUBLIC_TASK, PersonalDataset
from baukasten.plugin.text import lazy

_ = lazy("core")
TIDY_JOB = "moderation.screening.tidy"
KEPT = dt.timedelta(days=30)
WAITING = dt.timedelta(days=180)
"""What never came into view is remembered longer: it is counted for its author once it does."""


def tidy(session: Session) -> None:
    """Forget submissions after their time."""
    now = clock.now()
    old = (Submission.created_at < now - KEPT) & Submission.seen_at.is_not(None)
    session.execute(delete(Submission).where(old | (Submission.created_at < now - WAITING)))


def _export_submissions(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(Submission).where(Submission.author_id == member_id).order_by(Submission.id)
    return [
        {"at": row.created_at, "kind": row.content_type, "ruling": row.ruling, "code": row.code}
        for row in session.scalars(query)
    ]


def _erase_submissions(session: Session, member_id: int) -> int:
    mine = delete(Submission).where(Submission.author_id == member_id)
    return len(session.execute(mine.returning(Submission.id)).all())


def _export_record(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(AuthorRecord).where(AuthorRecord.member_id == member_id)
    return [
        {"published": row.published, "since": row.first_at, "rules_version": row.rules_version}
        for row in session.scalars(query)
    ]


def _erase_record(session: Session, member_id: int) -> int:
    mine = delete(AuthorRecord).where(AuthorRecord.member_id == member_id)
    return len(session.execute(mine.returning(AuthorRecord.id)).all())


DATASETS = [
    PersonalDataset(
        key="moderation.submissions",
        title=_("What you sent lately"),
        purpose=_("To notice floods and texts that are sent again and again."),
        legal_basis=PUBLIC_TASK,
        columns=("moderation_submission.author_id", "moderation_submission.fingerprint"),
        retention=_("30 days; what waits for a decision 180 days"),
        export=_export_submissions,
        erase=_erase_submissions,
    ),
    PersonalDataset(
        key="moderation.author",
        title=_("How much you have written"),
        purpose=_("To look first at what new members write, where the town wants that."),
        legal_basis=PUBLIC_TASK,
        columns=("moderation_author.member_id",),
        retention=_("As long as the membership"),
        export=_export_record,
        erase=_erase_record,
    ),
]
