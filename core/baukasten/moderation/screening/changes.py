"""Changes that moderators asked for: whoever asked shall see what became of it."""

from sqlalchemy import select

from baukasten.db.session import Scope
from baukasten.moderation.measures import ON_PERSON
from baukasten.moderation.models import Decision, Measure
from baukasten.plugin.refs import Draft


def was_asked_for(session: Scope, draft: Draft) -> bool:
    """Tell whether the newest decision about what a draft changes asked its author to change it."""
    if draft.content_id is None:
        return False
    about = (
        Decision.content_type == draft.content_type,
        Decision.content_id == draft.content_id,
        Decision.measure.not_in(ON_PERSON),
        Decision.undone_at.is_(None),
    )
    newest = select(Decision.measure).where(*about).order_by(Decision.id.desc()).limit(1)
    return session.scalar(newest) == Measure.ASK
