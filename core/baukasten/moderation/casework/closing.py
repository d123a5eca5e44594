"""Closing a case about something that is no longer there; nobody decided anything."""

from sqlalchemy import update

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict
from baukasten.moderation import kinds
from baukasten.moderation.casework.handing import held_still
from baukasten.moderation.models import Case, Report, Settled
from baukasten.moderation.steps import check_held, ref_of
from baukasten.plugin.refs import MemberRef


def close_gone(session: Scope, actor: MemberRef, case_id: int) -> Case:
    """Close a case whose contribution is gone, and its reports as void. Raises NotFound, Conflict while it is there."""
    case = held_still(session, case_id)
    check_held(session, actor, case)
    kinds.content_type(session, case.content_type)
    if kinds.find_all(session, [ref_of(case)]):
        raise Conflict
    now = clock.now()
    case.closed_at, case.proposal, case.proposed_by = now, None, None
    session.flush()
    left = update(Report).where(Report.case_id == case.id, Report.outcome.is_(None))
    session.execute(left.values(outcome=Settled.VOID.value, settled_at=now))
    record(session, actor, "moderation.case.close", f"case:{case.id}")
    return case
