"""Claims: who works on a case keeps it for a quarter of an hour, longer while active, so that no two people meet."""

import datetime as dt

from sqlalchemy import ColumnElement, select, update

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Denied, NotFound
from baukasten.moderation import interests, locks
from baukasten.moderation.models import Case
from baukasten.moderation.queue import listing
from baukasten.moderation.queue.filters import Filters, State
from baukasten.moderation.steps import Claimed, check_free, ref_of
from baukasten.plugin.refs import MemberRef

LEASE = dt.timedelta(minutes=15)
"""How long a case is kept for whoever took it, from the last thing they did with it."""
UNSYNCED = {"synchronize_session": False}


def claim(
    session: Scope, actor: MemberRef, case_id: int, *, take_over: bool = False, wait: bool = True
) -> dt.datetime:
    """Take a case, or keep it for longer; gives until when. Of several people at once one gets it.

    With ``take_over`` also one that somebody else holds, and the log says so. Without ``wait`` one about which
    somebody decides at this moment counts as held. Raises NotFound, AlreadyDecided, Claimed, Denied for one's own
    matter.
    """
    row = session.execute(
        select(Case.holder_id, Case.content_type, Case.content_id).where(Case.id == case_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    # Whoever decides at this moment goes first, and is then told to us; nobody decides what was just taken.
    if wait:
        locks.lock(session, [ref_of(row)])
    elif not locks.lock_if_free(session, ref_of(row)):
        raise Claimed
    interests.check(session, [actor.id], case_id)
    now = clock.now()
    free = [] if take_over else [_free(actor, now)]
    taken = (
        update(Case)
        .where(Case.id == case_id, Case.closed_at.is_(None), *free)
        .values(holder_id=actor.id, held_until=now + LEASE)
        .returning(Case.holder_id)
    )
    if session.execute(taken, execution_options=UNSYNCED).scalar() is None:
        _say_why_not(session, actor, case_id)
    if take_over and row.holder_id not in (None, actor.id):
        record(session, actor, "moderation.case.take-over", f"case:{case_id}", held_by=row.holder_id)
    return now + LEASE


def release(session: Scope, actor: MemberRef, case_id: int) -> None:
    """Give a case back; nothing happens to one that the actor does not hold. Raises NotFound."""
    mine = (Case.id == case_id, Case.holder_id == actor.id, Case.closed_at.is_(None))
    given = update(Case).where(*mine).values(holder_id=None, held_until=None).returning(Case.id)
    if session.execute(given, execution_options=UNSYNCED).scalar() is None:
        _exists(session, case_id)


def next_case(
    session: Scope, actor: MemberRef, asked: Filters | None = None, *, skip: int | None = None
) -> int | None:
    """Take the first case of a view that nobody else holds, and give its id; nothing where none waits.

    Two people who ask at once get two cases.
    """
    view = asked or Filters()
    if view.state is State.CLOSED:
        return None
    passed = [] if skip is None else [skip]
    column, down = listing.ORDERS[view.order]
    ways = (column.desc(), listing.CASE.c.id.desc()) if down else (column, listing.CASE.c.id)
    # What waits for somebody else to confirm is no next case for whoever proposed it.
    others = listing.CASE.c.proposed_by.is_distinct_from(actor.id)
    wanted = [*listing.conditions(session, actor, view), _free(actor, clock.now()), others]
    wanted.append(~interests.condition([actor.id]))
    while True:
        first = select(listing.CASE.c.id).where(*wanted, listing.CASE.c.id.not_in(passed))
        found: int | None = session.scalar(first.order_by(*ways).limit(1))
        if found is None:
            return None
        try:
            # Whoever was too slow lets go at once, so that two who search never wait for each other in a circle;
            # who decided a moment ago holds a topic that others wait for, and so waits for nobody.
            with session.begin_nested():
                claim(session, actor, found, wait=False)
        except (Conflict, Denied, NotFound):
            passed.append(found)
        else:
            return found


def _free(actor: MemberRef, now: dt.datetime) -> ColumnElement[bool]:
    """Give the condition of a case that nobody else holds."""
    table = listing.CASE.c
    return table.holder_id.is_(None) | (table.holder_id == actor.id) | (table.held_until < now)


def _say_why_not(session: Scope, actor: MemberRef, case_id: int) -> None:
    case = _exists(session, case_id)
    check_free(session, actor, case)
    # Whoever held it gave it back between our two looks.
    raise Claimed


def _exists(session: Scope, case_id: int) -> Case:
    query = select(Case).where(Case.id == case_id).execution_options(populate_existing=True)
    case = session.scalar(query)
    if case is None:
        raise NotFound
    return case
