"""What decisions say of contributions now: what the public reads beside them, and what their author is told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import case, exists, literal, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from baukasten.db.session import Scope
from baukasten.moderation.cases import waiting
from baukasten.moderation.models import Case, CaseCause, Decision, Measure
from baukasten.plugin.refs import ContentRef, MemberRef

FRESH = (Measure.PUBLISH.value, Measure.RESTORE.value)
"""After these a contribution stands there as if nothing had been decided about it before, without a note too."""
ON_CONTENT = (Measure.ASK, Measure.FOLD, Measure.HIDE, Measure.REMOVE, Measure.REJECT)
STANDING = (*FRESH, Measure.NOTE.value, *(one.value for one in ON_CONTENT))
UNDOING = aliased(Decision)
GROUP = case((Decision.measure.in_(FRESH), 0), (Decision.measure == Measure.NOTE.value, 1), else_=2)
"""The newest of each says it all: when it was fresh, its note, its state."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What the public is told of decisions about a contribution."""

    rule: str
    """Of the measure that decides its state; empty where nothing but a note stands beside it."""
    at: dt.datetime
    measure: str = ""
    note: str = ""
    """What moderators put beside it for all to read."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the author of a contribution is told where it stands: of a decision, or of what it waits for."""

    measure: str
    """Empty while it waits and nobody has decided."""
    rule: str
    facts: str
    """In place of facts, of one that waits: why it does, in the words of what held it."""
    at: dt.datetime
    decision_id: int | None
    """Of the decision whose statement of reasons its author may read."""
    waits: bool = False
    """Whether somebody will look at it, for the first time or after it was changed as asked."""


def reasons(session: Scope, key: str, ids: Sequence[int]) -> dict[int, Reason]:
    """Give what decisions say about some contributions of one type, in one statement.

    A note stands until another one or a step back into view; a step back ends every older measure.
    """
    found: dict[int, Reason] = {}
    for number, (fresh, note, state) in _groups(session.execute(_newest(key, ids)).all()).items():
        since = fresh.id if fresh else 0
        if state is not None and state.id > since:
            found[number] = Reason(state.rule, state.created_at, state.measure)
        if note is not None and note.id > since:
            known = found.get(number) or Reason("", note.created_at, note.measure)
            found[number] = replace(known, note=note.public_text)
    return found


def is_noted(session: Scope, ref: ContentRef) -> bool:
    """Tell whether a note of the moderators stands beside a contribution."""
    reason = reasons(session, ref.type, [ref.id]).get(ref.id)
    return reason is not None and bool(reason.note)


def told(session: Scope, author: MemberRef, key: str, ids: Sequence[int]) -> dict[int, Told]:
    """Give what an author is told about some of their own contributions, in one statement."""
    decided = _newest(key, ids, Decision.subject_id == author.id).subquery()
    open_ones = select(
        Case.content_id, literal(0).label("id"), literal("").label("measure"), literal("").label("rule"),
        Case.note.label("facts"), Case.created_at, literal("").label("public_text"), literal(3).label("part"),
    ).where(
        Case.content_type == key, Case.content_id.in_(ids), Case.author_id == author.id,
        Case.cause == CaseCause.HELD.value, *waiting(),
    )  # fmt: skip
    found: dict[int, Told] = {}
    rows = session.execute(union_all(select(decided), open_ones)).all()
    for number, (fresh, note, state, held) in _groups(rows, parts=4).items():
        since = fresh.id if fresh else 0
        newest = next((one for one in (state, note) if one is not None and one.id > since), None)
        waits = held is not None and (newest is None or held.created_at >= newest.created_at)
        if newest is not None:
            facts = (newest.rule, newest.facts, newest.created_at, newest.id)
            found[number] = Told(newest.measure, *facts, waits=waits)
        elif held is not None:
            found[number] = Told("", "", held.facts, held.created_at, None, waits=True)
    return found


def _newest(key: str, ids: Sequence[int], *more: Any) -> Any:
    """Give the statement of the newest decision of each group about each contribution."""
    columns = (
        Decision.content_id, Decision.id, Decision.measure, Decision.rule, Decision.facts, Decision.created_at,
        Decision.public_text, GROUP.label("part"),
    )  # fmt: skip
    return (
        select(*columns)
        .ext(distinct_on(Decision.content_id, GROUP))
        .where(
            Decision.content_type == key,
            Decision.content_id.in_(ids),
            Decision.measure.in_(STANDING),
            Decision.undone_at.is_(None),
            # What an appeal undid is as if it had never been, and so is its undoing: older ones stand again.
            Decision.reverses.is_(None),
            ~exists().where(UNDOING.reverses == Decision.id, UNDOING.undone_at.is_(None)),
            *more,
        )
        .order_by(Decision.content_id, GROUP, Decision.id.desc())
    )


def _groups(rows: Sequence[Any], parts: int = 3) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.content_id, [None] * parts)[row.part] = row
    return found
