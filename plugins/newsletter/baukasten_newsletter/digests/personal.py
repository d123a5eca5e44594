"""What is kept about people in digests: what each was told lately."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from baukasten.plugin import PersonalDataset, lazy
from baukasten_newsletter.digests.models import Digest
from baukasten_newsletter.models import Subscriber

_ = lazy("newsletter")


def export(session: Session, member_id: int) -> list[dict[str, Any]]:
    """Give what a member was told in digests."""
    own = select(Subscriber.id).where(Subscriber.member_id == member_id)
    query = select(Digest.day, Digest.keys).where(Digest.subscriber_id.in_(own)).order_by(Digest.day)
    return [{"day": row.day.isoformat(), "items": row.keys} for row in session.execute(query)]


def erase(session: Session, member_id: int) -> int:
    """Forget what a member was told."""
    own = select(Subscriber.id).where(Subscriber.member_id == member_id)
    gone = delete(Digest).where(Digest.subscriber_id.in_(own)).returning(Digest.id)
    return len(session.scalars(gone, execution_options={"synchronize_session": False}).all())


DATASETS = [
    PersonalDataset(
        key="newsletter.digests",
        title=_("What you were told in digests"),
        purpose=_("To tell you each piece of news once."),
        legal_basis=_("Art. 6 (1) a GDPR: your consent to be written to."),
        columns=("newsletter_digest.subscriber_id", "newsletter_digest.keys"),
        retention=_("75 days."),
        export=export,
        erase=erase,
    )
]
