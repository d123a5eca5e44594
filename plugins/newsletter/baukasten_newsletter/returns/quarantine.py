"""Letters that nobody could read, for staff: listed, looked at, put into a class or settled; none goes by itself."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select, update

from baukasten.plugin import MemberRef, ModuleRef
from baukasten.sdk import NotFound, Scope, clock, record, require
from baukasten_newsletter.keys import PEOPLE
from baukasten_newsletter.models import Issue
from baukasten_newsletter.returns import service
from baukasten_newsletter.returns.classes import FAILURES, Kind
from baukasten_newsletter.returns.models import Return, ReturnedLetter

PAGE = 20
CHOICES = tuple(kind for kind in Kind if kind not in (Kind.UNREADABLE, Kind.DELIVERED))
"""What a letter may turn out to be."""
PASSING = frozenset({Kind.MAILBOX_FULL, Kind.SYSTEM})
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Letters:
    """One page of letters."""

    rows: list[Row[Any]]
    further: int
    """After which letter the next page begins; 0 for none."""


def listed(session: Scope, module: ModuleRef, *, settled: bool, after: int = 0) -> Letters:
    """Give letters of a list, oldest first, with those that belong to no list; one statement."""
    done = Return.settled_at.is_not(None) if settled else Return.settled_at.is_(None)
    query = _letters(module).where(done, Return.id > after).order_by(Return.id).limit(PAGE + 1)
    rows = list(session.execute(query))
    return Letters(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else 0)


def find(session: Scope, module: ModuleRef, return_id: int) -> Row[Any]:
    """Give one letter; raises NotFound."""
    query = _letters(module).add_columns(ReturnedLetter.source).where(Return.id == return_id)
    row: Row[Any] | None = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def settle(session: Scope, actor: MemberRef, module: ModuleRef, return_id: int) -> None:
    """Note that somebody looked at a letter; it stays. Raises NotFound, Denied."""
    _settle(session, actor, module, return_id, None)


def reassign(session: Scope, actor: MemberRef, module: ModuleRef, return_id: int, kind: Kind) -> None:
    """Say what a letter is; all that would have followed from it follows now. Raises NotFound, Denied."""
    _settle(session, actor, module, return_id, kind)
    service.follow(session, return_id)


def _settle(session: Scope, actor: MemberRef, module: ModuleRef, return_id: int, kind: Kind | None) -> None:
    require(session, actor, PEOPLE, module)
    row = find(session, module, return_id)
    values: dict[str, Any] = {"settled_at": clock.now(), "settled_by": actor.id}
    if kind is not None:
        values |= {"kind": kind, "permanent": kind in FAILURES - PASSING}
    change = update(Return).where(Return.id == return_id, Return.settled_at.is_(None))
    changed = session.scalar(change.values(values).returning(Return.id), execution_options=UNSYNCED)
    if changed is not None:
        known = {"kind": str(kind or row.kind)}
        record(session, actor, "newsletter.return.settle", f"return:{return_id}", module=module.id, **known)


def _letters(module: ModuleRef) -> Any:
    columns = (Return.id, Return.at, Return.kind, Return.settled_at, Return.issue_id)
    letter = (ReturnedLetter.sender, ReturnedLetter.subject, ReturnedLetter.size)
    query = select(*columns, *letter).join(ReturnedLetter, _same(ReturnedLetter.return_id, Return.id))
    query = query.outerjoin(Issue, _same(Issue.id, Return.issue_id))
    return query.where(or_(Issue.module_id == module.id, Issue.module_id.is_(None)))


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    same: ColumnElement[bool] = (one == other) & (one.class_.tenant_id == other.class_.tenant_id)
    return same
