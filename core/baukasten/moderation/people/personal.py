"""Personal data of moderators on loan, and of those who invited them."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.moderation.people.models import Loan
from baukasten.plugin.declarations import PUBLIC_TASK, PersonalDataset
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


def _export_invited(session: Session, member_id: int) -> list[dict[str, Any]]:
    query = select(Loan).where(Loan.invited_by == member_id).order_by(Loan.id)
    # Whom somebody invited is the other person's; the town alone is told.
    return [
        {"from": one.home, "invited_at": one.created_at, "until": one.until} for one in session.scalars(query)
    ]


def _erase_invited(session: Session, member_id: int) -> int:
    mine = update(Loan).where(Loan.invited_by == member_id).values(invited_by=None)
    return len(session.execute(mine.returning(Loan.id)).all())


LOANS = PersonalDataset(
    key="moderation.loans",
    title=_("Your help in moderation"),
    purpose=_("To know who moderates here on loan, from which town, and until when."),
    legal_basis=PUBLIC_TASK,
    columns=("moderation_loan.member_id", "moderation_loan.email", "moderation_loan.home"),
    retention=_(
        "The address until the invitation is taken or two weeks old, the rest until the project is archived"
    ),
    export=_export,
    erase=_erase,
)
INVITATIONS = PersonalDataset(
    key="moderation.invitations",
    title=_("Help in moderation that you invited"),
    purpose=_("To know who let whom moderate here."),
    legal_basis=PUBLIC_TASK,
    columns=("moderation_loan.invited_by",),
    retention=_("As long as the invitation is stored"),
    export=_export_invited,
    erase=_erase_invited,
)
DATASETS = (LOANS, INVITATIONS)
