"""What surveys know of a member: named answers, and in which surveys the member took part; nothing joins the two."""

from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from baukasten.plugin import PUBLIC_TASK, PersonalDataset, lazy
from baukasten.sdk import Scope
from baukasten_survey.access.admission import digest
from baukasten_survey.analysis.models import Kept
from baukasten_survey.keys import AdmissionKind
from baukasten_survey.models import Admission, Response, Survey

_ = lazy("survey")
UNSYNCED = {"synchronize_session": False}


def export_answers(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give a member's named answers."""
    query = (
        select(Survey.definition, Response.day, Response.version, Response.answers)
        .join(Survey, (Survey.tenant_id == Response.tenant_id) & (Survey.id == Response.survey_id))
        .where(Response.member_id == member_id)
    )
    rows = session.execute(query.order_by(Response.id)).all()
    return [{"survey": _title(row[0]), "day": row[1], "version": row[2], "answers": row[3]} for row in rows]


def erase_answers(session: Session, member_id: int) -> int:
    """Take a member's named answers away, with what exact figures keep of them for a day. Gives the rows changed."""
    gone = delete(Response).where(Response.member_id == member_id).returning(Response.survey_id)
    surveys = session.scalars(gone, execution_options=UNSYNCED).all()
    # Answers that decide whether others count stand there as they were given, words too.
    session.execute(delete(Kept).where(Kept.survey_id.in_(surveys)), execution_options=UNSYNCED)
    return len(surveys)


def export_parts(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the surveys in which a member took part."""
    surveys = {row[0]: row[1] for row in session.execute(select(Survey.id, Survey.definition))}
    known = _digests(cast("Scope", session), surveys, member_id)
    query = select(Admission.survey_id).where(Admission.digest.in_(list(known)), Admission.spent)
    return [
        {"survey": _title(surveys[number])} for number in session.scalars(query.order_by(Admission.survey_id))
    ]


def erase_parts(session: Session, member_id: int) -> int:
    """Forget in which surveys a member took part. Gives the rows changed."""
    numbers = session.scalars(select(Survey.id)).all()
    known = _digests(cast("Scope", session), dict.fromkeys(numbers), member_id)
    gone = delete(Admission).where(Admission.digest.in_(list(known))).returning(Admission.id)
    return len(session.execute(gone, execution_options=UNSYNCED).all())


def _digests(session: Scope, surveys: dict[int, Any], member_id: int) -> set[bytes]:
    return {digest(session, number, AdmissionKind.MEMBER, str(member_id)) for number in surveys}


def _title(definition: dict[str, Any]) -> str:
    return next(iter(definition.get("title", {}).values()), "")


DATASETS = [
    PersonalDataset(
        key="survey.answers",
        title=_("Your answers to surveys with names"),
        purpose=_("To know what people want, with their names where the survey says so before it begins."),
        legal_basis=PUBLIC_TASK,
        columns=("survey_response.member_id", "survey_response.answers", "survey_response.edit_digest"),
        retention=_(
            "Until you delete them or the town removes the survey. Confidential and anonymous answers are stored "
            "without anything that leads to you, so nobody can look them up here."
        ),
        export=export_answers,
        erase=erase_answers,
    ),
    PersonalDataset(
        key="survey.parts",
        title=_("Surveys in which you took part"),
        purpose=_("So that each person answers once. It says nothing about what was answered."),
        legal_basis=PUBLIC_TASK,
        columns=("survey_admission.digest", "survey_draft.digest", "survey_draft.blob"),
        retention=_(
            "Until the town removes the survey; drafts, which only their writers can open, for 14 days"
        ),
        export=export_parts,
        erase=erase_parts,
    ),
]
