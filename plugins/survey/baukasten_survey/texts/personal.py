"""What open texts know of members: who sorted, decided, chose and released; and quotes of named answers."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PUBLIC_TASK, PersonalDataset, lazy
from baukasten_survey.models import Response
from baukasten_survey.texts.models import Coded, Coder, Coding, Decision, Quote

_ = lazy("survey")
UNSYNCED = {"synchronize_session": False}
NAMED = (Coder.member_id, Decision.decided_by, Coded.frozen_by, Quote.chosen_by, Quote.released_by)
"""Columns that say who worked on open texts."""


def export_work(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what a member sorted, decided, fixed, chose and released."""
    mine = (Coder.tenant_id == Coding.tenant_id) & (Coder.id == Coding.coder_id)
    sorting = select(Coder.question, Coding.at).join(Coder, mine).where(Coder.member_id == member_id)
    queries = {
        "sorted": sorting.order_by(Coding.id),
        "decided": select(Decision.question, Decision.at).where(Decision.decided_by == member_id),
        "fixed": select(Coded.question, Coded.at).where(Coded.frozen_by == member_id),
        "chosen": select(Quote.question, Quote.at).where(Quote.chosen_by == member_id),
        "released": select(Quote.question, Quote.at).where(Quote.released_by == member_id),
    }
    return [
        {"what": what, "question": row.question, "at": row.at}
        for what, query in queries.items()
        for row in session.execute(query)
    ]


def erase_work(session: Session, member_id: int) -> int:
    """Take a member's name from their work; what was sorted stays with a number. Gives the rows changed."""
    changed = 0
    for column in NAMED:
        forgotten = update(column.class_).where(column == member_id).values({column.key: None})
        rows = session.execute(forgotten.returning(column.class_.id), execution_options=UNSYNCED)
        changed += len(rows.all())
    return changed


def export_quotes(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what is quoted from a member's named answers."""
    query = (
        select(Quote.body, Quote.state, Quote.at)
        .join(Response, _answer())
        .where(Response.member_id == member_id)
    )
    return [dict(row) for row in session.execute(query.order_by(Quote.id)).mappings()]


def erase_quotes(session: Session, member_id: int) -> int:
    """Take what is quoted from a member's named answers out of view. Gives the rows changed."""
    named = select(Response.id).where(Response.member_id == member_id)
    gone = delete(Quote).where(Quote.response_id.in_(named)).returning(Quote.id)
    return len(session.execute(gone, execution_options=UNSYNCED).all())


def _answer() -> Any:
    return (Response.tenant_id == Quote.tenant_id) & (Response.id == Quote.response_id)


DATASETS = [
    # Before the answers themselves, with which the quotes would go unnoticed by what is kept of pages.
    PersonalDataset(
        key="survey.quotes",
        title=_("Quotes from your answers to surveys with names"),
        purpose=_("To show everybody, without your name, what people have written."),
        legal_basis=PUBLIC_TASK,
        columns=("survey_quote.body",),
        retention=_("Until the town takes them back, or you have your answers deleted"),
        export=export_quotes,
        erase=erase_quotes,
    ),
    PersonalDataset(
        key="survey.texts",
        title=_("Your work on open texts of surveys"),
        purpose=_(
            "So that two people sort texts without knowing what the other does, and decisions have their makers."
        ),
        legal_basis=PUBLIC_TASK,
        columns=(
            "survey_coder.member_id",
            "survey_decision.decided_by",
            "survey_coded.frozen_by",
            "survey_quote.chosen_by",
            "survey_quote.released_by",
        ),
        retention=_("As long as the survey; without your name from the day you close your account"),
        export=export_work,
        erase=erase_work,
    ),
]
