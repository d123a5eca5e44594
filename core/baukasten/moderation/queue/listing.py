"""The list of what waits: in its order, filtered, page by page, in one statement beside what the plugins are asked."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, tuple_

from baukasten import clock
from baukasten.access.models import Membership
from baukasten.db.session import Scope
from baukasten.moderation import kinds
from baukasten.moderation.models import Case, CaseCause
from baukasten.moderation.queue import cursors
from baukasten.moderation.queue.filters import CAUSES, Filters, Order, State
from baukasten.moderation.steps import ref_of
from baukasten.plugin.refs import Content, ContentRef, MemberRef
from baukasten.projects.queries import MODULE, PROJECT

CASE = Case.__table__
HOLDER = Membership.__table__.alias("holder")
COLUMNS = [
    CASE.c[name]
    for name in (
        "id", "cause", "code", "note", "reports", "content_type", "content_id", "created_at", "closed_at",
        "order_at", "due_at", "holder_id", "held_until", "guess", "guess_words", "proposed_by",
    )
]  # fmt: skip
ORDERS: dict[Order, tuple[ColumnElement[Any], bool]] = {
    Order.PRESSING: (CASE.c.order_at, False),
    Order.NEWEST: (CASE.c.created_at, True),
    Order.GUESS: (CASE.c.guess, True),
}
"""By what a list is sorted beside the id, and whether the largest value comes first."""


def _rows() -> Select[Any]:
    tenant = CASE.c.tenant_id
    holder = (HOLDER.c.tenant_id == tenant) & (HOLDER.c.id == CASE.c.holder_id)
    module = (MODULE.c.tenant_id == tenant) & (MODULE.c.id == CASE.c.module_id)
    project = (PROJECT.c.tenant_id == tenant) & (PROJECT.c.id == CASE.c.project_id)
    names = (
        HOLDER.c.display_name.label("holder"),
        MODULE.c.title.label("module"),
        PROJECT.c.title.label("project"),
    )
    tables = CASE.outerjoin(HOLDER, holder).outerjoin(MODULE, module).outerjoin(PROJECT, project)
    return select(*COLUMNS, *names).select_from(tables)


ROWS = _rows()


@dataclass(frozen=True, slots=True)
class Line:
    """A case as one line of the list."""

    id: int
    cause: CaseCause
    ref: ContentRef
    code: str
    note: str
    reports: int
    content: Content | None
    """Nothing for what its plugin does not give any more."""
    module: str
    project: str
    created_at: dt.datetime
    closed_at: dt.datetime | None
    late: bool
    holder_id: int | None
    """Who works on it at this moment."""
    holder: str
    guess: float
    guess_words: Sequence[str]
    proposed_by: int | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the queue, and where the next one begins."""

    lines: Sequence[Line]
    more: str = ""


def page(session: Scope, me: MemberRef, asked: Filters) -> Listing:
    """Give a page of cases; one statement, and one for each kind of contribution on it."""
    sort, down = _sort(asked)
    query = ROWS.where(*conditions(session, me, asked))
    if (start := cursors.read(asked.after, sort)) is not None:
        here = tuple_(sort, CASE.c.id)
        query = query.where(here < tuple_(*start) if down else here > tuple_(*start))
    ways = (sort.desc(), CASE.c.id.desc()) if down else (sort, CASE.c.id)
    rows = session.execute(query.order_by(*ways).limit(asked.limit + 1)).all()
    shown = rows[: asked.limit]
    found = kinds.find_all(session, (ref_of(row) for row in shown))
    more = cursors.write(shown[-1]._mapping[sort], shown[-1].id) if len(rows) > len(shown) else ""  # noqa: SLF001 - by column
    return Listing([_line(row, found.get(ref_of(row))) for row in shown], more)


def by_id(session: Scope, case_ids: Iterable[int]) -> list[Line]:
    """Give some cases of the town, open or not, in no order."""
    rows = session.execute(ROWS.where(CASE.c.id.in_(list(case_ids)))).all()
    found = kinds.find_all(session, (ref_of(row) for row in rows))
    return [_line(row, found.get(ref_of(row))) for row in rows]


def conditions(session: Scope, me: MemberRef, asked: Filters) -> list[ColumnElement[bool]]:
    """Give what a case must be to stand in this view; cases of plugins that are switched off wait unseen."""
    wanted: list[ColumnElement[bool]] = [CASE.c.content_type.in_(kinds.judged_types(session))]
    wanted += states(me.id, clock.now())[asked.state]
    if asked.why is not None:
        wanted.append(CASE.c.cause == CAUSES[asked.why])
    if asked.kind:
        wanted.append(CASE.c.content_type == asked.kind)
    if asked.project_id is not None:
        wanted.append(CASE.c.project_id == asked.project_id)
    return wanted


def states(me: Any, now: Any) -> dict[State, list[ColumnElement[bool]]]:
    """Give the condition of each state, for a person's id and a moment."""
    waits = CASE.c.closed_at.is_(None)
    held = CASE.c.held_until.is_(None) | (CASE.c.held_until > now)
    return {
        State.OPEN: [waits],
        State.MINE: [waits, CASE.c.holder_id == me, held],
        State.LATE: [waits, CASE.c.due_at < now],
        State.APPEALS: [waits, CASE.c.cause == CaseCause.APPEAL.value],
        State.SECOND: [waits, CASE.c.proposed_by.is_not(None)],
        State.CLOSED: [CASE.c.closed_at.is_not(None)],
    }


def _sort(asked: Filters) -> tuple[ColumnElement[Any], bool]:
    return (CASE.c.closed_at, True) if asked.state is State.CLOSED else ORDERS[asked.order]


def _line(row: Any, content: Content | None) -> Line:
    now = clock.now()
    held = row.holder_id is not None and (row.held_until is None or row.held_until > now)
    return Line(
        id=row.id,
        cause=CaseCause(row.cause),
        ref=ref_of(row),
        code=row.code,
        note=row.note,
        reports=row.reports,
        content=content,
        module=row.module or "",
        project=row.project or "",
        created_at=row.created_at,
        closed_at=row.closed_at,
        late=row.closed_at is None and row.due_at is not None and row.due_at < now,
        holder_id=row.holder_id if held and row.closed_at is None else None,
        holder=row.holder or "",
        guess=row.guess,
        guess_words=row.guess_words,
        proposed_by=row.proposed_by,
    )
