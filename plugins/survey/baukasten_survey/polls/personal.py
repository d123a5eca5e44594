"""What polls know of who asked; votes are known to nobody, and who voted stands with the surveys one took part in."""

from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PUBLIC_TASK, PersonalDataset, lazy
from baukasten.sdk import Scope
from baukasten_survey.polls import facts
from baukasten_survey.polls.models import Poll

_ = lazy("survey")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give the polls that a member added."""
    ids = session.scalars(select(Poll.id).where(Poll.author_id == member_id).order_by(Poll.id)).all()
    return [
        {
            "question": one.question.title[one.language],
            "options": [option.title[one.language] for option in one.question.options],
            "created_at": one.created_at,
            "visibility": one.visibility,
        }
        for one in facts.of_numbers(cast("Scope", session), ids)
    ]


def erase(session: Session, member_id: int) -> int:
    """Take the member from their polls, which stay with the contributions. Gives the rows changed."""
    mine = update(Poll).where(Poll.author_id == member_id).values(author_id=None).returning(Poll.id)
    return len(session.execute(mine, execution_options={"synchronize_session": False}).all())


DATASETS = [
    PersonalDataset(
        key="survey.polls",
        title=_("Polls that you added"),
        purpose=_("To show them under your contribution, and so that you can end them."),
        legal_basis=PUBLIC_TASK,
        columns=("survey_poll.author_id",),
        retention=_("As long as the contribution; without your name from the day you close your account"),
        export=export,
        erase=erase,
    )
]
