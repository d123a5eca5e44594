"""Personal data of moderators on loan."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.moderation.people.models import Loan
from baukasten.plugin.declarations import PersonalDataset
from baukasten.plugin.text import lazy

_ = lazy("core")


def _export(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(Loan).where(Loan.member_id == member_id).order_by(Loan.id)
    return [
        {"from": one.home, "invited_at": one.created_at, "until": one.until, "ended_at": one.ended_at}
        for one in session.scalars(query)
    ]


def _erase(session: Session, member_id: int) -> int:
    mine = update(Loan).where(Loan.member_id == member_id).values(member_id=None, email="", home="")
    return len(session.execute(mine.returning(Loan.id)).all())


DATASET = PersonalDataset(
    key="moderation.loans",
    title=_("Your help in moderation"),
    purpose=_("To know who moderates here on loan, from which town, and until when."),
    legal_basis=_("Task in the public interest (GDPR Art. 6 (1) e)"),
    columns=("moderation_loan.member_id", "moderation_loan.email", "moderation_loan.home"),
    retention=_(
        "The address until the invitation is taken or two weeks old, the rest until the project is archived"
    ),
    export=_export,
    erase=_erase,
)
