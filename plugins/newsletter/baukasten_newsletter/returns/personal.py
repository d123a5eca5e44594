"""What is kept about people in what came back, how they get it and how it goes."""

from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import PUBLIC_TASK, PersonalDataset, lazy
from baukasten_newsletter.models import Subscriber
from baukasten_newsletter.returns.models import Return, ReturnedLetter, Score

_ = lazy("newsletter")
UNSYNCED = {"synchronize_session": False}


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what came back of mails to a member."""
    own = select(Subscriber.id).where(Subscriber.member_id == member_id)
    columns = (Return.at, Return.kind, Return.status, Return.said, ReturnedLetter.source)
    query = select(*columns).outerjoin(ReturnedLetter, ReturnedLetter.return_id == Return.id)
    rows = session.execute(query.where(Return.subscriber_id.in_(own)).order_by(Return.id))
    return [{**one, "at": one["at"].isoformat()} for one in rows.mappings()]


def erase(session: Session, member_id: int) -> int:
    """Take a member out of what came back: letters and score go, that a mail came back still counts."""
    own = select(Subscriber.id).where(Subscriber.member_id == member_id)
    statements = (
        delete(ReturnedLetter).where(ReturnedLetter.subscriber_id.in_(own)).returning(ReturnedLetter.id),
        delete(Score).where(Score.subscriber_id.in_(own)).returning(Score.id),
        update(Return).where(Return.subscriber_id.in_(own)).values(subscriber_id=None).returning(Return.id),
        update(Return).where(Return.settled_by == member_id).values(settled_by=None).returning(Return.id),
    )
    return sum(len(session.scalars(one, execution_options=UNSYNCED).all()) for one in statements)


DATASETS = [
    PersonalDataset(
        key="newsletter.returns",
        title=_("Newsletter mails that came back"),
        purpose=_("To leave addresses in peace that take no mail, and to obey complaints."),
        legal_basis=PUBLIC_TASK,
        columns=(
            "newsletter_return.subscriber_id",
            "newsletter_return.settled_by",
            "newsletter_returned_letter.subscriber_id",
            "newsletter_returned_letter.sender",
            "newsletter_returned_letter.subject",
            "newsletter_returned_letter.source",
            "newsletter_score.subscriber_id",
        ),
        retention=_(
            "As long as the subscriber is known; letters that nobody could read until the person is erased."
        ),
        export=export,
        erase=erase,
    )
]
