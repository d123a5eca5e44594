"""Who did something, by name, for those who come too late."""

from sqlalchemy import select

from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.moderation import measures
from baukasten.moderation.models import Case, Decision, Measure
from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext

_ = lazy("core")


def name_of(session: Scope, member_id: int | None) -> str:
    """Name a colleague; an erased one has no name any more."""
    found = members.names(session, [member_id]).get(member_id) if member_id is not None else ""
    return found or str(_("a colleague"))


def who_decided(session: Scope, case: Case) -> str:
    """Say who decided a case and how; of a case without a decision, that nothing is left to decide."""
    query = select(Decision.actor_id, Decision.measure).where(
        Decision.case_id == case.id, Decision.undone_at.is_(None)
    )
    row = session.execute(query.order_by(Decision.id.desc()).limit(1)).first()
    if row is None:
        return str(_("Nothing is left to decide here: the contribution was taken back."))
    who, what = name_of(session, row.actor_id), str(measures.NAMES[Measure(row.measure)])
    return dgettext("core", "%(name)s has decided this case already: %(what)s.", name=who, what=what)
