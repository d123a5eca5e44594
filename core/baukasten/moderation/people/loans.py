"""Moderators whom a neighbouring town lends: invited by mail, here until a day, out at once when it is over."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import func, select, update

from baukasten import clock
from baukasten.access import members
from baukasten.access.models import Membership
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Denied, Invalid, NotFound
from baukasten.identity import names
from baukasten.jobs.queue import enqueue
from baukasten.moderation.models import Case
from baukasten.moderation.people.models import Loan
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")
LETTER_JOB, END_JOB = "moderation.loan_letter", "moderation.loans_end"
LONGEST = dt.timedelta(days=90)
OPEN_FOR = dt.timedelta(days=14)
"""How long an invitation can be taken."""
MOST_OPEN = 20
SHOWN = 50
UNSYNCED = {"synchronize_session": False}


class State(StrEnum):
    """How far a loan is."""

    INVITED = "invited"
    ACTIVE = "active"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Lent:
    """A loan as the town's admins see it."""

    id: int
    state: State
    home: str
    email: str
    """Of an invitation that nobody has taken yet; empty after that."""
    member_id: int | None
    name: str
    until: dt.datetime


def invite(session: Scope, actor: MemberRef, *, email: str, home: str, until: dt.datetime) -> Loan:
    """Invite whoever reads an address to moderate here until a moment; says nothing of who knows the address.

    Raises Invalid for an address that is none, a missing town, and an end that is past or over 90 days away.
    """
    now, wrong = clock.now(), {}
    try:
        address = names.address(email)
    except Invalid as error:
        address, wrong = "", {"email": next(iter(error.errors.values()), error.message)}
    if not home.strip():
        wrong["home"] = str(_("Name the town that lends."))
    if not now < until <= now + LONGEST:
        wrong["until"] = str(_("Choose an end within the next 90 days."))
    if wrong:
        raise Invalid(wrong)
    waiting = (Loan.member_id.is_(None), Loan.ended_at.is_(None), Loan.created_at > now - OPEN_FOR)
    if (session.scalar(select(func.count()).select_from(Loan).where(*waiting)) or 0) >= MOST_OPEN:
        raise Invalid({"": _("Too many invitations wait for an answer. End some of them first.")})
    loan = Loan(email=address, home=home.strip(), until=until, invited_by=actor.id, created_at=now)
    session.add(loan)
    session.flush()
    record(session, actor, "moderation.loan.invite", f"loan:{loan.id}", until=until.isoformat())
    enqueue(session, LETTER_JOB, loan_id=loan.id)
    return loan


def invited(session: Scope, loan_id: int) -> Loan:
    """Give an invitation that can be taken; raises NotFound for one that is taken, ended, or too old."""
    loan = session.scalar(select(Loan).where(Loan.id == loan_id))
    if loan is None or state_of(loan) is not State.INVITED:
        raise NotFound(_("This invitation has been used or is too old. Please ask for a new one."))
    return loan


def accept(session: Scope, member: MemberRef, email: str, loan_id: int) -> MemberRef:
    """Make a member a moderator for the time of a loan. ``email`` is the confirmed address of the member's account.

    Raises NotFound for an invitation that is over, Denied for another address and for the town's own staff.
    """
    # Of two who follow the link at once, the second waits here and finds it taken.
    session.execute(select(Loan.id).where(Loan.id == loan_id).with_for_update())
    loan = session.scalar(select(Loan).where(Loan.id == loan_id).execution_options(populate_existing=True))
    if loan is None or state_of(loan) is not State.INVITED:
        raise NotFound(_("This invitation has been used or is too old. Please ask for a new one."))
    if loan.email != email:
        raise Denied(_("This invitation went to another address. Sign in with the account of that address."))
    lent = members.lend(session, member.id, loan.until)
    before = (Loan.member_id == member.id, Loan.ended_at.is_(None))
    session.execute(update(Loan).where(*before).values(ended_at=clock.now()), execution_options=UNSYNCED)
    loan.member_id, loan.email = member.id, ""
    session.flush()
    record(session, member, "moderation.loan.accept", f"loan:{loan.id}", until=loan.until.isoformat())
    return lent


def end(session: Scope, actor: MemberRef, loan_id: int) -> None:
    """End a loan or an invitation at once. Raises NotFound, Conflict for one that is over already."""
    loan = session.scalar(select(Loan).where(Loan.id == loan_id).with_for_update())
    if loan is None:
        raise NotFound
    if state_of(loan) is State.OVER:
        raise Conflict
    _finish(session, loan, clock.now())
    record(session, actor, "moderation.loan.end", f"loan:{loan.id}")


def finish_all(session: Scope) -> int:
    """End what has run out: roles, claims, addresses of invitations; gives how many. A job's work, safe to repeat."""
    now = clock.now()
    over = (Loan.until <= now) | (Loan.member_id.is_(None) & (Loan.created_at <= now - OPEN_FOR))
    query = select(Loan).where(Loan.ended_at.is_(None), over).with_for_update(skip_locked=True)
    found = session.scalars(query).all()
    for loan in found:
        _finish(session, loan, min(now, loan.until))
    return len(found)


def listed(session: Scope) -> Sequence[Lent]:
    """Give the newest loans, those that run first, in one statement."""
    member = (Membership.tenant_id == Loan.tenant_id) & (Membership.id == Loan.member_id)
    query = select(Loan, Membership.display_name, Membership.moderator_until).outerjoin(Membership, member)
    rows = session.execute(query.order_by(Loan.id.desc()).limit(SHOWN)).all()
    found = [_lent(loan, name or "", until) for loan, name, until in rows]
    order = (State.ACTIVE, State.INVITED, State.OVER)
    return sorted(found, key=lambda one: order.index(one.state))


def homes(session: Scope, member_ids: Iterable[int]) -> dict[int, str]:
    """Give the home towns of those who are here on loan now."""
    wanted = list(member_ids)
    if not wanted:
        return {}
    query = select(Loan.member_id, Loan.home).where(
        Loan.member_id.in_(wanted), Loan.ended_at.is_(None), Loan.until > clock.now()
    )
    return {row.member_id: row.home for row in session.execute(query) if row.member_id is not None}


def state_of(loan: Loan) -> State:
    """Tell how far a loan is at this moment."""
    now = clock.now()
    if loan.ended_at is not None or loan.until <= now:
        return State.OVER
    if loan.member_id is not None:
        return State.ACTIVE
    return State.INVITED if loan.created_at > now - OPEN_FOR else State.OVER


def _lent(loan: Loan, name: str, moderator_until: dt.datetime | None) -> Lent:
    state = state_of(loan)
    # An admin may have taken the role by hand, or given it for good.
    if state is State.ACTIVE and moderator_until is None:
        state = State.OVER
    email = loan.email if state is State.INVITED else ""
    return Lent(loan.id, state, loan.home, email, loan.member_id, name, loan.until)


def _finish(session: Scope, loan: Loan, at: dt.datetime) -> None:
    loan.ended_at, loan.email = at, ""
    if loan.member_id is not None:
        members.end_loan(session, loan.member_id)
        held = update(Case).where(Case.holder_id == loan.member_id, Case.closed_at.is_(None))
        session.execute(held.values(holder_id=None, held_until=None), execution_options=UNSYNCED)
    session.flush()
