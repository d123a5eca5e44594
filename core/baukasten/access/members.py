"""The verbs of membership: join, find, name, give roles, and limit somebody for a reason and a time."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.access.models import Membership
from baukasten.audit import service as audit
from baukasten.db.session import Scope
from baukasten.errors import N_, Denied, Invalid, NotFound
from baukasten.identity import names as identity_names
from baukasten.jobs import outbox
from baukasten.plugin.events import MemberJoined, MemberRenamed
from baukasten.plugin.refs import MemberRef, Role, Standing
from baukasten.plugin.text import lazy
from baukasten.tenants import service as tenants
from baukasten.web import i18n

_ = lazy("core")

GIVEN = (Role.CITIZEN, Role.RESIDENT, Role.MODERATOR, Role.ADMIN)
"""Roles that a town gives; guests and operators are made elsewhere."""
RANK = {Role.MODERATOR: 1, Role.ADMIN: 2}
LONGEST_BY_MODERATOR = dt.timedelta(days=7)
LONGEST_REASON = 1_000
NAMELESS = N_("Member %(number)s")
"""What stands where moderators took a name out of view."""
ADDRESSES = text("SELECT member_id, email FROM platform.member_addresses(:members)")


def join(session: Scope, account_id: int, display_name: str) -> MemberRef:
    """Make an account a member of the session's town, or give the member it is already; safe to race."""
    now = clock.now()
    joined = session.scalar(
        insert(Membership)
        .values(tenant_id=session.tenant_id, account_id=account_id, display_name=display_name, joined_at=now)
        .on_conflict_do_nothing(index_elements=["tenant_id", "account_id"])
        .returning(Membership)
    )
    if joined is not None and session.tenant_id is not None:
        outbox.publish(session, MemberJoined(session.tenant_id, joined.id))
    member = find(session, account_id) if joined is None else ref_of(joined)
    if member is None:
        raise NotFound
    return member


def find(session: Scope, account_id: int) -> MemberRef | None:
    """Give an account's membership in the session's town."""
    row = session.scalar(select(Membership).where(Membership.account_id == account_id))
    return None if row is None else ref_of(row)


def get(session: Scope, member_id: int) -> Membership:
    """Give a member's row; raises NotFound, also for a member of another town."""
    row = session.scalar(select(Membership).where(Membership.id == member_id))
    if row is None:
        raise NotFound
    return row


def ref(session: Scope, member_id: int) -> MemberRef:
    """Give a member by id; raises NotFound."""
    return ref_of(get(session, member_id))


def names(session: Scope, ids: Iterable[int]) -> dict[int, str]:
    """Give the display names of members by id; an erased person's name is empty."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = session.execute(select(Membership.id, Membership.display_name).where(Membership.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}


def addresses(session: Scope, ids: Iterable[int]) -> dict[int, str]:
    """Give the e-mail addresses of the town's members by id, for writing to them; never for showing."""
    rows = session.execute(ADDRESSES, {"members": sorted(set(ids))})
    return {row.member_id: row.email for row in rows}


def with_roles(session: Scope, *roles: Role) -> list[int]:
    """Give the ids of the members in good standing who hold one of the roles, such as all moderators."""
    query = select(Membership).where(
        Membership.roles != [Role.CITIZEN.value], Membership.account_id.is_not(None)
    )
    refs = [ref_of(row) for row in session.scalars(query.order_by(Membership.id))]
    return [one.id for one in refs if one.has(*roles) and one.standing is Standing.ACTIVE]


def ref_of(row: Any) -> MemberRef:
    """Describe a membership; a measure whose time has passed counts no more."""
    return MemberRef(
        id=row.id,
        display_name=row.display_name,
        roles=roles_of(row.roles, row.moderator_until),
        standing=standing_of(row.standing, row.standing_until),
        limits=limits_of(row.limits),
    )


def roles_of(roles: Iterable[str], moderator_until: dt.datetime | None) -> frozenset[Role]:
    """Give the roles as of this moment; that of a moderator on loan ends by itself."""
    over = moderator_until is not None and moderator_until <= clock.now()
    return frozenset(Role(role) for role in roles) - ({Role.MODERATOR} if over else set())


def standing_of(standing: str, until: dt.datetime | None) -> Standing:
    """Give the standing as of this moment."""
    over = until is not None and until <= clock.now()
    return Standing.ACTIVE if over else Standing(standing)


def limits_of(limits: Mapping[str, Any]) -> tuple[tuple[int, Standing], ...]:
    """Give the modules in which a measure limits somebody at this moment, from ``Membership.limits``."""
    found = ((int(key), standing_of(one["standing"], until_of(one))) for key, one in limits.items())
    return tuple(sorted(pair for pair in found if pair[1] is not Standing.ACTIVE))


def until_of(limit: Mapping[str, Any]) -> dt.datetime | None:
    """Give the end of a measure in one module."""
    return dt.datetime.fromisoformat(limit["until"]) if limit["until"] else None


def rename(session: Scope, actor: MemberRef, display_name: str) -> MemberRef:
    """Change one's own name in this town; raises Invalid."""
    row = get(session, actor.id)
    chosen = identity_names.display_name(display_name)
    if chosen == row.display_name:
        return ref_of(row)
    # A name that was taken out of view does not come back by another one: moderators look at that first.
    if row.hidden_name:
        row.hidden_name = chosen
    else:
        row.display_name = chosen
    session.flush()
    outbox.publish(session, MemberRenamed(session.tenant_id or 0, row.id))
    return ref_of(row)


def hide_name(session: Scope, member_id: int) -> None:
    """Show a number in place of a member's name; the member keeps it for the day it comes back."""
    row = get(session, member_id)
    if not row.hidden_name and row.display_name:
        language = tenants.by_id(session, row.tenant_id).language
        nameless = i18n.translator(language).look_up("core", NAMELESS) % {"number": row.id}
        _swap_name(session, row, shown=nameless, kept=row.display_name)


def show_name(session: Scope, member_id: int) -> None:
    """Show a member's own name again, or the one it chose meanwhile."""
    row = get(session, member_id)
    if row.hidden_name:
        _swap_name(session, row, shown=row.hidden_name, kept="")


def _swap_name(session: Scope, row: Membership, *, shown: str, kept: str) -> None:
    row.display_name, row.hidden_name = shown, kept
    session.flush()
    outbox.publish(session, MemberRenamed(row.tenant_id, row.id, chosen=False))


def set_roles(session: Scope, actor: MemberRef, member_id: int, roles: Collection[Role]) -> MemberRef:
    """Give a member exactly these roles (citizen stays); raises Denied above the actor's own, Invalid, NotFound.

    The last admin stays: without one, nobody in the town could appoint the next.
    """
    wanted = frozenset(roles) | {Role.CITIZEN}
    if not wanted <= set(GIVEN):
        raise Invalid({"roles": _("A town cannot give this role.")})
    admins = _lock_admins(session)
    row = get(session, member_id)
    before = ref_of(row).roles
    if rank_of(before | wanted) > rank_of(actor.roles):
        raise Denied(_("You cannot give or take roles above your own."))
    if Role.ADMIN not in wanted and admins == [member_id]:
        raise Denied(_("The last administrator stays. Appoint another one first."))
    if wanted != before:
        # Who is given the role for good is no longer on loan, and who loses it neither.
        row.moderator_until = row.moderator_until if Role.MODERATOR in before & wanted else None
        row.roles = sorted(wanted, key=GIVEN.index)
        session.flush()
        facts = {"before": sorted(before), "after": sorted(wanted)}
        audit.record(session, actor, "access.member.roles", f"member:{member_id}", **facts)
    return ref_of(row)


def set_standing(
    session: Scope,
    actor: MemberRef,
    member_id: int,
    standing: Standing,
    *,
    reason: str = "",
    until: dt.datetime | None = None,
    module_id: int | None = None,
) -> MemberRef:
    """Mute or suspend a member for a reason, or end that, in one module or everywhere.

    Raises Invalid, Denied, NotFound. Nobody judges themselves or somebody above them; below an admin a measure lasts
    seven days at most.
    """
    row = judged(session, actor, member_id)
    active = standing is Standing.ACTIVE
    if not active:
        _check_measure(actor, reason, until)
    _put(row, standing, reason.strip(), until, module_id)
    session.flush()
    facts: dict[str, Any] = {"standing": str(standing), "until": until.isoformat() if until else ""}
    if module_id is not None:
        facts["module"] = module_id
    audit.record(session, actor, "access.member.standing", f"member:{member_id}", **facts)
    return ref_of(row)


def judged(session: Scope, actor: MemberRef, member_id: int) -> Membership:
    """Give the row of somebody whom the actor may judge, with the admins held; raises Denied, NotFound."""
    _lock_admins(session)
    row = get(session, member_id)
    if member_id == actor.id or rank_of(ref_of(row).roles) > rank_of(actor.roles):
        raise Denied(_("You cannot decide about this person."))
    return row


def restore_standing(
    session: Scope,
    member_id: int,
    standing: Standing,
    *,
    reason: str,
    until: dt.datetime | None,
    module_id: int | None = None,
) -> None:
    """Put a standing back as it was before a measure that is taken back; the caller notes it in the log."""
    _put(get(session, member_id), standing, reason, until, module_id)
    session.flush()


def _put(
    row: Membership, standing: Standing, reason: str, until: dt.datetime | None, module_id: int | None
) -> None:
    """Write a standing into a row, or into its limit in one module."""
    active = standing is Standing.ACTIVE
    reason, until = ("", None) if active else (reason, until)
    if module_id is None:
        row.standing, row.standing_reason, row.standing_until = standing, reason, until
        return
    # A new value, since a changed one inside the column would not be seen.
    others = {key: one for key, one in row.limits.items() if key != str(module_id)}
    words = {"standing": str(standing), "reason": reason, "until": until.isoformat() if until else ""}
    row.limits = others if active else {**others, str(module_id): words}


def lend(session: Scope, member_id: int, until: dt.datetime) -> MemberRef:
    """Make somebody from another town a moderator until a moment; raises Denied for the town's own staff."""
    row = get(session, member_id)
    if rank_of(ref_of(row).roles) and row.moderator_until is None:
        raise Denied(_("This person is on your staff already."))
    row.roles = sorted({*row.roles, Role.MODERATOR.value}, key=GIVEN.index)
    row.moderator_until = until
    session.flush()
    return ref_of(row)


def end_loan(session: Scope, member_id: int) -> None:
    """Take the role from somebody who has it on loan; who was given it for good meanwhile keeps it."""
    row = get(session, member_id)
    if row.moderator_until is not None:
        row.roles = [role for role in row.roles if role != Role.MODERATOR]
        row.moderator_until = None
        session.flush()


def appoint(session: Scope, account_id: int, display_name: str, roles: Collection[Role]) -> MemberRef:
    """Make an account a member with roles, as a town's first admin; for operators and commands only."""
    member = join(session, account_id, display_name)
    held = sorted(member.roles | set(roles), key=GIVEN.index)
    changed = update(Membership).where(Membership.id == member.id).values(roles=held).returning(Membership)
    row = session.scalars(changed).one()
    audit.record(
        session, None, "access.member.appointed", f"member:{member.id}", roles=[str(role) for role in held]
    )
    return ref_of(row)


def erase(session: Scope, member_id: int) -> int:
    """Part a member from the person for good: no account, no name, no roles; gives the rows changed."""
    gone = session.scalars(
        update(Membership)
        .where(Membership.id == member_id)
        .values(
            account_id=None,
            display_name="",
            roles=[Role.CITIZEN.value],
            standing=Standing.ACTIVE.value,
            standing_reason="",
            standing_until=None,
            limits={},
            moderator_until=None,
            hidden_name="",
        )
        .returning(Membership.id)
    ).all()
    return len(gone)


def rank_of(roles: Collection[Role]) -> int:
    """Tell how high the highest of some roles stands."""
    return max((RANK.get(role, 0) for role in roles), default=0)


def is_last_admin(session: Scope, member_id: int) -> bool:
    """Tell whether the town would be left without anybody who may run it; holds all admins meanwhile."""
    return _lock_admins(session) == [member_id]


def _lock_admins(session: Scope) -> list[int]:
    """Hold all admins until the end of the transaction, so that two cannot take each other's role at once."""
    query = select(Membership.id).where(Membership.roles.contains([Role.ADMIN.value]))
    return list(session.scalars(query.order_by(Membership.id).with_for_update()))


def _check_measure(actor: MemberRef, reason: str, until: dt.datetime | None) -> None:
    if not 10 <= len(reason.strip()) <= LONGEST_REASON:
        raise Invalid({"reason": _("Give the reason in 10 to 1000 characters. The person will read it.")})
    if until is not None and until <= clock.now():
        raise Invalid({"until": _("Choose a moment in the future.")})
    longest = clock.now() + LONGEST_BY_MODERATOR
    if rank_of(actor.roles) < RANK[Role.ADMIN] and (until is None or until > longest):
        raise Invalid(
            {"until": _("You can limit somebody for seven days at most. Ask an administrator for more.")}
        )
