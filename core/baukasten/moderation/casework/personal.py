"""What the desk keeps about those who work at it: notes, what they hold, what they propose."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.moderation.models import Case, CaseNote
from baukasten.plugin.declarations import PUBLIC_TASK, PersonalDataset
from baukasten.plugin.text import lazy

_ = lazy("core")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give a member's notes about cases; what colleagues wrote is theirs."""
    query = select(CaseNote).where(CaseNote.author_id == member_id).order_by(CaseNote.id)
    return [{"at": row.created_at, "case": row.case_id, "note": row.body} for row in session.scalars(query)]


def erase(session: Session, member_id: int) -> int:
    """Take the name off notes and cases; the words stay, for cases are reviewed with their help."""
    notes = update(CaseNote).where(CaseNote.author_id == member_id).values(author_id=None)
    held = update(Case).where(Case.holder_id == member_id).values(holder_id=None, held_until=None)
    # Nobody can confirm any more what nobody stands for.
    proposed = update(Case).where(Case.proposed_by == member_id).values(proposed_by=None, proposal=None)
    changed = (
        session.execute(notes.returning(CaseNote.id)).all(),
        session.execute(held.returning(Case.id)).all(),
        session.execute(proposed.returning(Case.id)).all(),
    )
    return sum(len(rows) for rows in changed)


DATASET = PersonalDataset(
    key="moderation.desk",
    title=_("Your work on cases as a moderator"),
    purpose=_("To share out cases among those who moderate, and to decide with a second pair of eyes."),
    legal_basis=PUBLIC_TASK,
    columns=(
        "moderation_note.author_id",
        "moderation_note.body",
        "moderation_case.holder_id",
        "moderation_case.proposed_by",
    ),
    retention=_("As long as the case is stored"),
    export=export,
    erase=erase,
)
