"""Telling people what was decided, once the time to take it back is over."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from baukasten import clock
from baukasten.moderation.models import Decision


def tell(session: Session, decision_id: int) -> None:
    """Tell whom a decision concerns, once, unless it was taken back."""
    mine = (Decision.id == decision_id, Decision.undone_at.is_(None), Decision.told_at.is_(None))
    told = update(Decision).where(*mine).values(told_at=clock.now()).returning(Decision.id)
    if session.scalar(told) is not None:
        session.commit()
