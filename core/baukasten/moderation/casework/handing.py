"""Handing a case to a colleague, and who that can be."""

from sqlalchemy import select

from baukasten.access import members, policy
from baukasten.access.models import Membership
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Invalid, NotFound
from baukasten.moderation import interests
from baukasten.moderation.blueprint import DECIDE
from baukasten.moderation.casework import notes
from baukasten.moderation.locks import lock
from baukasten.moderation.models import Case
from baukasten.moderation.steps import check_held, ref_of
from baukasten.notify.service import notify
from baukasten.plugin.refs import MemberRef, Role, Standing
from baukasten.plugin.text import lazy

_ = lazy("core")
HANDED = "moderation.handed"


def colleagues(session: Scope, actor: MemberRef) -> list[MemberRef]:
    """Give the others who may decide cases here now, by name; those on loan as long as their loan lasts."""
    query = select(Membership).where(
        Membership.roles != [Role.CITIZEN.value], Membership.account_id.is_not(None)
    )
    refs = [members.ref_of(row) for row in session.scalars(query.order_by(Membership.display_name))]
    roles = session.contract.registry.permissions[DECIDE].value.default_roles
    return [
        one
        for one in refs
        if one.id != actor.id
        and one.standing is Standing.ACTIVE
        and not roles.isdisjoint(policy.roles_of(one))
    ]


def held_still(session: Scope, case_id: int) -> Case:
    """Give a case that nobody else changes until the end of the transaction. Raises NotFound."""
    query = select(Case).where(Case.id == case_id).execution_options(populate_existing=True)
    case = session.scalar(query)
    if case is None:
        raise NotFound
    lock(session, [ref_of(case)])
    return session.scalars(query).one()


def hand_over(session: Scope, actor: MemberRef, case_id: int, colleague_id: int, note: str = "") -> Case:
    """Give a case to a colleague, who keeps it until it is decided or given back, and hears of it.

    Raises NotFound, AlreadyDecided, Claimed while a third person works on it, Invalid for somebody who cannot.
    """
    case = held_still(session, case_id)
    check_held(session, actor, case)
    if all(one.id != colleague_id for one in colleagues(session, actor)):
        raise Invalid({"colleague": _("Choose somebody who decides cases here.")})
    if interests.of(session, [colleague_id], [case_id]):
        raise Invalid({"colleague": _("Choose somebody who had no part in this.")})
    case.holder_id, case.held_until = colleague_id, None
    if note.strip():
        notes.add(session, actor, case, note)
    session.flush()
    record(session, actor, "moderation.case.hand_over", f"case:{case.id}", to=colleague_id)
    notify(
        session,
        HANDED,
        recipients=[colleague_id],
        data={"colleague": actor.display_name},
        group=f"case:{case.id}",
        path=f"/verwaltung/moderation/{case.id}",
    )
    return case
