"""What surveys know of those who work on them for the town: which texts of published versions they mended."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PUBLIC_TASK, PersonalDataset, lazy
from baukasten_survey.models import Fix

_ = lazy("survey")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the texts that a member mended."""
    query = select(Fix.path, Fix.language, Fix.before, Fix.after, Fix.at).where(Fix.by == member_id)
    return [dict(row) for row in session.execute(query.order_by(Fix.id)).mappings()]


def erase(session: Session, member_id: int) -> int:
    """Take a member's name from the texts that they mended. Gives the rows changed."""
    mended = update(Fix).where(Fix.by == member_id).values(by=None).returning(Fix.id)
    return len(session.execute(mended, execution_options={"synchronize_session": False}).all())


DATASETS = [
    PersonalDataset(
        key="survey.staff",
        title=_("Your work on surveys for the town"),
        purpose=_("So that colleagues see who mended a text."),
        legal_basis=PUBLIC_TASK,
        columns=("survey_fix.by",),
        retention=_("As long as the survey; without your name from the day you close your account"),
        export=export,
        erase=erase,
    )
]
