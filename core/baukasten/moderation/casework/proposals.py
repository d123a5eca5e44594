"""The second pair of eyes: one person proposes, another one confirms or declines with a word."""

import hashlib
import json

from baukasten.access import members, policy
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Denied
from baukasten.moderation.blueprint import DECIDE
from baukasten.moderation.casework import carrying, notes
from baukasten.moderation.casework.carrying import Plan
from baukasten.moderation.casework.handing import held_still
from baukasten.moderation.models import Case, Decision
from baukasten.moderation.steps import check_free, check_held
from baukasten.notify.service import notify
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")
DECLINED = "moderation.declined"


def propose(session: Scope, actor: MemberRef, case_id: int, plan: Plan) -> Case:
    """Let a plan wait for a second person; the case is free for everybody to look at meanwhile.

    Raises NotFound, AlreadyDecided, Claimed, Proposed, Invalid as a decision would.
    """
    case = held_still(session, case_id)
    check_free(session, actor, case)
    carrying.check(session, case, plan)
    case.proposal, case.proposed_by = plan.values(), actor.id
    case.holder_id, case.held_until = None, None
    session.flush()
    record(session, actor, "moderation.case.propose", f"case:{case.id}", measure=plan.step.measure.value)
    return case


def plan_of(case: Case) -> Plan | None:
    """Give the plan that waits in a case."""
    return None if case.proposal is None else Plan.from_values(case.proposal)


def token_of(case: Case) -> str:
    """Give a mark of what is proposed, so that nobody confirms another proposal than the one they read."""
    written = json.dumps([case.proposal, case.proposed_by], sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def confirm(session: Scope, actor: MemberRef, case_id: int, token: str) -> Decision:
    """Carry out what a colleague proposed. Raises NotFound, Denied for one's own, Conflict when it has changed."""
    case, plan = _waiting(session, actor, case_id)
    if case.proposed_by == actor.id:
        raise Denied(_("Somebody else has to confirm what you proposed."))
    if token != token_of(case):
        raise Conflict(_("The proposal has changed meanwhile. Please read it again."))
    proposer = members.ref(session, case.proposed_by) if case.proposed_by is not None else None
    if proposer is None or not policy.may(session, proposer, DECIDE):
        raise Conflict(_("Whoever proposed this works here no more. Decline it and decide anew."))
    return carrying.carry_out(session, proposer, case, plan, second=actor)


def decline(session: Scope, actor: MemberRef, case_id: int, word: str) -> Case:
    """Take a proposal away with a word for whoever made it; whose own it is needs none. Raises NotFound, Conflict."""
    case, _plan = _waiting(session, actor, case_id)
    proposer = case.proposed_by
    if proposer != actor.id or word.strip():
        notes.add(session, actor, case, word)
    case.proposal, case.proposed_by = None, None
    session.flush()
    record(session, actor, "moderation.case.decline", f"case:{case.id}", proposed_by=proposer)
    if proposer is not None and proposer != actor.id:
        notify(
            session,
            DECLINED,
            recipients=[proposer],
            data={"colleague": actor.display_name},
            group=f"case:{case.id}",
            path=f"/verwaltung/moderation/{case.id}",
        )
    return case


def _waiting(session: Scope, actor: MemberRef, case_id: int) -> tuple[Case, Plan]:
    case = held_still(session, case_id)
    check_held(session, actor, case)
    plan = plan_of(case)
    if plan is None:
        raise Conflict(_("No proposal waits here any more."))
    return case, plan
