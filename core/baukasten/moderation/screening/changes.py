"""Changes that moderators asked for: whoever asked shall see what became of it."""

from sqlalchemy import select

from baukasten.db.session import Scope
from baukasten.moderation.measures import ON_PERSON
from baukasten.moderation.models import Decision, Measure
from baukasten.plugin.refs import Draft, Visibility


def asked_for(session: Scope, draft: Draft) -> Visibility | None:
    """Give the state in which moderators asked for a change of what a draft changes, if nothing was decided since."""
    if not draft.is_edit or draft.content_id is None:
        return None
    about = (
        Decision.content_type == draft.content_type,
        Decision.content_id == draft.content_id,
        Decision.measure.not_in(ON_PERSON),
        Decision.undone_at.is_(None),
    )
    newest = select(Decision.measure, Decision.before).where(*about).order_by(Decision.id.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return Visibility(row.before) if row is not None and row.measure == Measure.ASK else None
