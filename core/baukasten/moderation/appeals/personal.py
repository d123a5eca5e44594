"""What decisions and appeals keep about people: handed out to them, and erased with them."""

from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.moderation.appeals import proof
from baukasten.moderation.models import Appeal, Case, Decision, Settled
from baukasten.plugin.declarations import PUBLIC_TASK, PersonalDataset
from baukasten.plugin.text import lazy

_ = lazy("core")
# Who else reported or judged is in the evidence too, and not theirs.
OWN = ("title", "text", "place", "path", "written_at", "frozen_at")


def export_about(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the decisions about a member with their reasons and what gave rise to them."""
    query = select(Decision).where(Decision.subject_id == member_id).order_by(Decision.id)
    return [
        {
            "at": row.created_at,
            "measure": row.measure,
            "rule": row.rule,
            "facts": row.facts,
            "until": row.until,
            "automated": row.automated,
            "taken_back_at": row.undone_at,
            "about": {key: row.evidence[key] for key in OWN if key in row.evidence},
            "evidence_sha256": row.evidence_hash,
        }
        for row in session.scalars(query)
    ]


def erase_about(session: Session, member_id: int) -> int:
    """Part decisions and cases from whoever they were about; hash, rule and numbers stay."""
    mine = update(Decision).where(Decision.subject_id == member_id)
    decisions = mine.values(subject_id=None, evidence=proof.ERASED).returning(Decision.id)
    cases = update(Case).where(Case.author_id == member_id).values(author_id=None).returning(Case.id)
    return sum(len(session.execute(one).all()) for one in (decisions, cases))


def export_appeals(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give a member's appeals with their answers."""
    query = select(Appeal).where(Appeal.appellant_id == member_id).order_by(Appeal.id)
    return [
        {
            "at": row.created_at,
            "decision": row.decision_id,
            "text": row.body,
            "outcome": row.outcome,
            "answer": row.answer,
            "answered_at": row.decided_at,
        }
        for row in session.scalars(query)
    ]


def erase_appeals(session: Session, member_id: int) -> int:
    """Take name and words off a member's appeals; those that nobody has answered end, for nobody waits any more."""
    is_open = Appeal.outcome.is_(None)
    mine = update(Appeal).where(Appeal.appellant_id == member_id)
    gone = mine.values(
        appellant_id=None,
        body="",
        outcome=case((is_open, Settled.VOID.value), else_=Appeal.outcome),
        decided_at=case((is_open, clock.now()), else_=Appeal.decided_at),
    )
    ids = session.scalars(gone.returning(Appeal.id)).all()
    closed = update(Case).where(Case.appeal_id.in_(ids), Case.closed_at.is_(None))
    session.execute(closed.values(closed_at=clock.now()))
    return len(ids)


def export_taken(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the decisions that a member took or confirmed, and the appeals they answered."""
    by_me = (Decision.actor_id == member_id) | (Decision.second_id == member_id)
    decisions = session.scalars(select(Decision).where(by_me).order_by(Decision.id))
    answers = session.scalars(select(Appeal).where(Appeal.decided_by == member_id).order_by(Appeal.id))
    return [
        *({"at": row.created_at, "measure": row.measure, "rule": row.rule} for row in decisions),
        *({"at": row.decided_at, "appeal": row.id, "outcome": row.outcome} for row in answers),
    ]


def erase_taken(session: Session, member_id: int) -> int:
    """Take a member's name off what they decided."""
    changed = 0
    columns = (
        Decision.actor_id, Decision.second_id, Appeal.decision_actor_id, Appeal.decision_second_id,
        Appeal.decided_by,
    )  # fmt: skip
    for column in columns:
        mine = update(column.class_).where(column == member_id).values({column.key: None})
        changed += len(session.execute(mine.returning(column.class_.id)).all())
    return changed


KEPT = _(
    "The decision as long as the contribution is stored; its texts a year longer than somebody could appeal"
)
DATASETS = [
    PersonalDataset(
        key="moderation.about",
        title=_("Decisions about you"),
        purpose=_("To give reasons for measures, to let people appeal, and to prove what was decided."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "moderation_decision.subject_id",
            "moderation_decision.evidence",
            "moderation_decision.facts",
            "moderation_case.author_id",
        ),
        retention=KEPT,
        export=export_about,
        erase=erase_about,
    ),
    PersonalDataset(
        key="moderation.appeals",
        title=_("Your appeals"),
        purpose=_("To look at a decision again when somebody objects, and to answer."),
        legal_basis=PUBLIC_TASK,
        columns=("moderation_appeal.appellant_id", "moderation_appeal.body", "moderation_appeal.answer"),
        retention=KEPT,
        export=export_appeals,
        erase=erase_appeals,
    ),
    PersonalDataset(
        key="moderation.decisions",
        title=_("Decisions you took as a moderator"),
        purpose=_("To be able to explain and review measures."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "moderation_decision.actor_id",
            "moderation_decision.second_id",
            "moderation_appeal.decided_by",
            "moderation_appeal.decision_actor_id",
            "moderation_appeal.decision_second_id",
        ),
        retention=_("As long as the contribution is stored"),
        export=export_taken,
        erase=erase_taken,
    ),
]
