"""The list of topics, page by page: each order has an index, and a page begins at a key, not at a count."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, Table, bindparam, func, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import MEMBERS, NotFound, Scope
from baukasten_forum.models import IS_SHOWN, Topic

_ = lazy("forum")
PAGE_SIZE = 30
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
LARGEST = 2**63 - 1

TOPIC: Table = Topic.metadata.tables["forum_topic"]
AUTHOR, LAST = MEMBERS.alias("author"), MEMBERS.alias("last_author")
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
LINE = [
    *(TOPIC.c[name] for name in ("id", "slug", "title", "replies", "outcome", "created_at", "last_post_at")),
    TOPIC.c.external_id, AUTHOR.c.display_name.label("author"), LAST.c.display_name.label("last_author"),
]  # fmt: skip


def with_name(members: Any, key: ColumnElement[Any], tenant: ColumnElement[Any]) -> ColumnElement[bool]:
    """Give the condition that joins a person's name by both parts of the key."""
    joined: ColumnElement[bool] = (members.c.tenant_id == tenant) & (members.c.id == key)
    return joined


@dataclass(frozen=True, slots=True)
class Sort:
    """One order of the list, newest or most first, with its statements made once."""

    key: str
    label: LazyText
    column: str
    first: AnySelect
    after: AnySelect
    before: AnySelect


@dataclass(frozen=True, slots=True)
class Page:
    """Some topics in order, and the keys of the pages beside them where there are any."""

    rows: list[AnyRow]
    newer: str = ""
    older: str = ""


def _statement(column: str, *, beyond: str = "") -> AnySelect:
    """Give a page's statement: from the start, ``after`` a key, or ``before`` it in reverse order."""
    key = TOPIC.c[column]
    joined = TOPIC.outerjoin(AUTHOR, with_name(AUTHOR, TOPIC.c.author_id, TOPIC.c.tenant_id))
    joined = joined.outerjoin(LAST, with_name(LAST, TOPIC.c.last_author_id, TOPIC.c.tenant_id))
    where = (TOPIC.c.module_id == bindparam("module"), IS_SHOWN)
    query = select(*LINE).select_from(joined).where(*where).limit(PAGE_SIZE + 1)
    at = tuple_(bindparam("key", type_=key.type), bindparam("id", type_=TOPIC.c.id.type))
    if beyond == "before":
        return query.where(tuple_(key, TOPIC.c.id) > at).order_by(key, TOPIC.c.id)
    if beyond == "after":
        query = query.where(tuple_(key, TOPIC.c.id) < at)
    return query.order_by(key.desc(), TOPIC.c.id.desc())


def _sort(key: str, label: LazyText, column: str) -> Sort:
    return Sort(
        key,
        label,
        column,
        _statement(column),
        _statement(column, beyond="after"),
        _statement(column, beyond="before"),
    )


SORTS: Mapping[str, Sort] = {
    sort.key: sort
    for sort in (
        _sort("aktiv", _("Latest activity"), "last_post_at"),
        _sort("neu", _("Newest first"), "created_at"),
        _sort("antworten", _("Most replies"), "replies"),
    )
}
"""The closed list of orders; the first one is the default."""
DEFAULT = next(iter(SORTS))
TOTAL = select(func.count() + func.coalesce(func.sum(TOPIC.c.replies), 0)).where(
    TOPIC.c.module_id == bindparam("module"), IS_SHOWN
)


def total(session: Scope, module_id: int) -> int:
    """Count a forum's contributions that everybody sees, topics and replies."""
    return int(session.execute(TOTAL, {"module": module_id}).scalar_one())


def page(session: Scope, module_id: int, sort: Sort, *, after: str = "", before: str = "") -> Page:
    """Give one page of a forum in one statement; raises NotFound for a key that no page gave."""
    if after:
        return _forward(session, sort, sort.after, {"module": module_id, **_key(sort, after)}, is_first=False)
    if before:
        values = {"module": module_id, **_key(sort, before)}
        rows = list(session.execute(sort.before, values))
        shown = rows[:PAGE_SIZE][::-1]
        newer = _key_of(sort, shown[0]) if len(rows) > PAGE_SIZE else ""
        return Page(shown, newer, _key_of(sort, shown[-1]) if shown else "")
    return _forward(session, sort, sort.first, {"module": module_id}, is_first=True)


def _forward(
    session: Scope, sort: Sort, statement: AnySelect, values: Mapping[str, Any], *, is_first: bool
) -> Page:
    rows = list(session.execute(statement, dict(values)))
    shown = rows[:PAGE_SIZE]
    newer = "" if is_first or not shown else _key_of(sort, shown[0])
    return Page(shown, newer, _key_of(sort, shown[-1]) if len(rows) > PAGE_SIZE else "")


def _key_of(sort: Sort, row: AnyRow) -> str:
    """Write where a row stands in an order, exactly: a rounded moment would skip or repeat its neighbours."""
    value = getattr(row, sort.column)
    number = (value - EPOCH) // MICROSECOND if isinstance(value, dt.datetime) else value
    return f"{number}-{row.id}"


def _key(sort: Sort, written: str) -> dict[str, Any]:
    number, _dash, last_id = written.partition("-")
    if not (number.isdecimal() and last_id.isdecimal()) or max(len(number), len(last_id)) > 18:
        raise NotFound
    if sort.column == "replies":
        return {"key": int(number), "id": int(last_id)}
    try:
        return {"key": EPOCH + int(number) * MICROSECOND, "id": int(last_id)}
    except OverflowError as error:
        raise NotFound from error
