"""What bringing in stores about people: who brought which file, and for a while the file itself."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PUBLIC_TASK, PersonalDataset, lazy
from baukasten_survey.bringing.models import SurveyImport

_ = lazy("survey")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the files that a member brought in for the town."""
    query = select(SurveyImport.created_at, SurveyImport.file_name, SurveyImport.state)
    mine = query.where(SurveyImport.created_by == member_id).order_by(SurveyImport.id)
    return [dict(row) for row in session.execute(mine).mappings()]


def erase(session: Session, member_id: int) -> int:
    """Take a member's name from the files that they brought in. Gives the rows changed."""
    emptied = update(SurveyImport).where(SurveyImport.created_by == member_id).values(created_by=None)
    changed = emptied.returning(SurveyImport.id)
    return len(session.execute(changed, execution_options={"synchronize_session": False}).all())


DATASETS = [
    PersonalDataset(
        key="survey.imports",
        title=_("Surveys of other programs that you brought in for the town"),
        purpose=_("To take over surveys and their answers, and to know who did."),
        legal_basis=PUBLIC_TASK,
        columns=("survey_import.created_by", "survey_import_piece.data"),
        retention=_("The file until it was brought in, one day at most; the note for three months"),
        export=export,
        erase=erase,
    )
]
