"""The list of topics, page by page: each order has an index, and a page begins at a key, not at a count."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.sql.elements import ColumnElement

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import MEMBERS, NotFound, Scope
from baukasten_forum.keys import STAFF, TopicState
from baukasten_forum.models import IS_SHOWN, SHOWN, Topic

_ = lazy("forum")
PAGE_SIZE = 30
MAX_PINNED = 30
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
LARGEST = 2**63 - 1

TOPIC: Table = Topic.metadata.tables["forum_topic"]
AUTHOR, LAST = MEMBERS.alias("author"), MEMBERS.alias("last_author")
TARGET = TOPIC.alias("target")
TOPIC_SHOWN = text(f"forum_topic.{IS_SHOWN.text}")
"""``IS_SHOWN`` where more than one table has a visibility."""
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
COLUMNS = (
    "id", "category_id", "kind", "slug", "title", "byline", "outcome", "state", "closes_at", "pinned_at", "replies",
    "supports", "views", "answers", "accepted_number", "merged_into", "next_number", "created_at", "last_post_at",
    "last_byline", "external_id",
)  # fmt: skip
LINE = [
    *(TOPIC.c[name] for name in COLUMNS),
    AUTHOR.c.display_name.label("author"), LAST.c.display_name.label("last_author"),
    TARGET.c.title.label("merged_title"),
]  # fmt: skip


def with_name(members: Any, key: ColumnElement[Any], tenant: ColumnElement[Any]) -> ColumnElement[bool]:
    """Give the condition that joins a person's name by both parts of the key."""
    joined: ColumnElement[bool] = (members.c.tenant_id == tenant) & (members.c.id == key)
    return joined


_JOINED = (
    TOPIC.outerjoin(AUTHOR, with_name(AUTHOR, TOPIC.c.author_id, TOPIC.c.tenant_id))
    .outerjoin(LAST, with_name(LAST, TOPIC.c.last_author_id, TOPIC.c.tenant_id))
    .outerjoin(
        TARGET,
        (TARGET.c.tenant_id == TOPIC.c.tenant_id)
        & (TARGET.c.id == TOPIC.c.merged_into)
        & TARGET.c.visibility.in_(SHOWN),
    )
)
LINES: AnySelect = (
    select(*LINE).select_from(_JOINED).where(TOPIC.c.module_id == bindparam("module"), TOPIC_SHOWN)
)
"""The topics of a forum that everybody sees, as lines of a list; ``module`` is bound."""

WRITER = MEMBERS.alias("writer")
_OF_STAFF = exists().where(
    WRITER.c.tenant_id == TOPIC.c.tenant_id,
    WRITER.c.id == TOPIC.c.author_id,
    # As a literal, so that planners and readers of the statement see what it asks.
    or_(*(WRITER.c.roles.op("@>")(literal_column(f"'[\"{role.value}\"]'::jsonb")) for role in sorted(STAFF))),
)
# What went into another topic is answered there; what came of a forum is the town's own word, and so are
# the notes that it pins on top. What the town pins of others still waits. Few are pinned, so few people are asked for.
ANSWERABLE = and_(
    TOPIC.c.merged_into.is_(None),
    TOPIC.c.conclusion_number.is_distinct_from(1),
    or_(TOPIC.c.pinned_at.is_(None), ~_OF_STAFF),
)
CLAUSES: dict[str, ColumnElement[bool]] = {
    "category": TOPIC.c.category_id == bindparam("category"),
    "outcome": TOPIC.c.outcome == bindparam("outcome"),
    "kind": TOPIC.c.kind == bindparam("kind"),
    "answered": TOPIC.c.answered_at.is_not(None),
    "unanswered": TOPIC.c.answered_at.is_(None) & ANSWERABLE,
    "since": TOPIC.c.created_at >= bindparam("since"),
    "archived": TOPIC.c.state == TopicState.ARCHIVED.value,
    "current": TOPIC.c.state != TopicState.ARCHIVED.value,
    "loose": TOPIC.c.pinned_at.is_(None),
}
"""The closed list of what a list may be narrowed to; parts of the forum add their own, with their values bound."""


@dataclass(frozen=True, slots=True)
class Sort:
    """One order of the list."""

    key: str
    label: LazyText
    why: LazyText
    """What the order shows and why it is offered."""
    column: str
    ascending: bool = False
    clauses: tuple[str, ...] = ()
    """What this order leaves out by itself."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list is narrowed to: names of CLAUSES, and the values bound in them."""

    clauses: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Some topics in order, and the keys of the pages beside them where there are any."""

    rows: list[AnyRow]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much everybody sees in a forum."""

    topics: int
    contributions: int
    """Topics and replies."""
    unanswered: int
    """Topics that the town has not answered."""
    outcomes: Mapping[str, int]
    answerable: int = 0
    """Topics that the town answers or has answered; not those that went into others."""

    @property
    def answered(self) -> int:
        """Topics that the town has answered."""
        return self.answerable - self.unanswered


SORTS: Mapping[str, Sort] = {
    sort.key: sort
    for sort in (
        Sort(
            "aktiv",
            _("Latest activity"),
            _("What somebody wrote in last, so that you find the conversations that are going on."),
            "last_post_at",
        ),
        Sort(
            "neu",
            _("Newest first"),
            _("What was brought in last, so that new contributions are seen before many have replied."),
            "created_at",
        ),
        Sort(
            "unterstuetzt",
            _("Most supported"),
            _("What most people support, so that you see what many wish for."),
            "supports",
        ),
        Sort(
            "antworten",
            _("Most replies"),
            _("What is discussed most, so that you find what people disagree about."),
            "replies",
        ),
        Sort(
            "unbeantwortet",
            _("Unanswered longest"),
            _("Only what the town has not answered, the oldest first, so that nothing is forgotten."),
            "created_at",
            ascending=True,
            clauses=("unanswered",),
        ),
        Sort(
            "wenig",
            _("Least read"),
            _("What few people have seen, so that quiet and late contributions get their chance."),
            "views",
            ascending=True,
        ),
    )
}
"""The closed list of orders; the first one is the default."""
DEFAULT = next(iter(SORTS))
COUNTS = select(
    TOPIC.c.outcome,
    func.count().label("topics"),
    func.sum(TOPIC.c.replies).label("replies"),
    func.count().filter(CLAUSES["unanswered"]).label("unanswered"),
    func.count().filter(ANSWERABLE).label("answerable"),
).where(TOPIC.c.module_id == bindparam("module"), TOPIC_SHOWN).group_by(TOPIC.c.outcome)  # fmt: skip
PINNED = (
    LINES.where(TOPIC.c.pinned_at.is_not(None))
    .order_by(TOPIC.c.pinned_at.desc(), TOPIC.c.id.desc())
    .limit(MAX_PINNED)
)


# The lists of orders and clauses are closed, so all there can ever be fits.
@lru_cache(maxsize=2048)
def statement(sort_key: str, clauses: tuple[str, ...] = (), beyond: str = "") -> AnySelect:
    """Give a page's statement: from the start, ``after`` a key, or ``before`` it in reverse order."""
    sort = SORTS[sort_key]
    key = TOPIC.c[sort.column]
    query = LINES.where(*(CLAUSES[name] for name in (*sort.clauses, *clauses))).limit(PAGE_SIZE + 1)
    at = tuple_(bindparam("key", type_=key.type), bindparam("id", type_=TOPIC.c.id.type))
    rises = sort.ascending is (beyond != "before")
    if beyond:
        query = query.where(tuple_(key, TOPIC.c.id) > at if rises else tuple_(key, TOPIC.c.id) < at)
    return query.order_by(*((key, TOPIC.c.id) if rises else (key.desc(), TOPIC.c.id.desc())))


def counts(session: Scope, module_id: int) -> Counts:
    """Count what everybody sees in a forum, by what became of it, in one statement."""
    rows = session.execute(COUNTS, {"module": module_id}).all()
    topics = sum(row.topics for row in rows)
    replies = int(sum(row.replies for row in rows))
    unanswered = sum(row.unanswered for row in rows)
    answerable = sum(row.answerable for row in rows)
    by_outcome = {row.outcome: row.topics for row in rows}
    return Counts(topics, topics + replies, unanswered, by_outcome, answerable)


def total(session: Scope, module_id: int) -> int:
    """Count a forum's contributions that everybody sees, topics and replies."""
    return counts(session, module_id).contributions


def pinned(session: Scope, module_id: int) -> Sequence[AnyRow]:
    """Give the topics that stand on top of a forum's first page, latest pinned first."""
    return session.execute(PINNED, {"module": module_id}).all()


def page(
    session: Scope,
    module_id: int,
    sort: Sort,
    chosen: Chosen | None = None,
    *,
    after: str = "",
    before: str = "",
) -> Page:
    """Give one page of a forum in one statement; raises NotFound for a key that no page gave."""
    chosen = chosen or Chosen()
    values: dict[str, Any] = {"module": module_id, **chosen.values}
    beyond = "after" if after else "before" if before else ""
    if beyond:
        values |= _key(sort, after or before)
    rows = list(session.execute(statement(sort.key, chosen.clauses, beyond), values))
    is_more = len(rows) > PAGE_SIZE
    shown = rows[:PAGE_SIZE]
    if beyond == "before":
        shown.reverse()
    if not shown:
        return Page([])
    newer = _key_of(sort, shown[0]) if (is_more if beyond == "before" else bool(beyond)) else ""
    older = _key_of(sort, shown[-1]) if is_more or beyond == "before" else ""
    return Page(shown, newer, older)


def _key_of(sort: Sort, row: AnyRow) -> str:
    """Write where a row stands in an order, exactly: a rounded moment would skip or repeat its neighbours."""
    value = getattr(row, sort.column)
    number = (value - EPOCH) // MICROSECOND if isinstance(value, dt.datetime) else value
    return f"{number}-{row.id}"


def _key(sort: Sort, written: str) -> dict[str, Any]:
    number, _dash, last_id = written.partition("-")
    if not (number.isdecimal() and last_id.isdecimal()) or max(len(number), len(last_id)) > 18:
        raise NotFound
    if not sort.column.endswith("_at"):
        return {"key": int(number), "id": int(last_id)}
    try:
        return {"key": EPOCH + int(number) * MICROSECOND, "id": int(last_id)}
    except OverflowError as error:
        raise NotFound from error
