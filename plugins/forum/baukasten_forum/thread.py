"""One topic with its posts: two statements, whatever their number."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, exists, select

from baukasten.plugin import MemberRef, Visibility
from baukasten.sdk import MEMBERS, NotFound, Scope
from baukasten_forum.listing import AUTHOR, TOPIC, AnyRow, AnySelect, with_name
from baukasten_forum.models import SHOWN, Post, Topic

PAGE_SIZE = 50
"""Posts a page; a post stays on its page for good, since its number does."""
VISIBLE = frozenset(SHOWN)

POST: Table = Post.metadata.tables["forum_post"]
FACTS = (
    "id", "category_id", "kind", "slug", "title", "author_id", "byline", "visibility", "outcome", "state",
    "state_reason", "state_since", "closes_at", "slow_seconds", "pinned_at", "replies", "supports",
    "next_number", "answers", "answered_at", "accepted_number", "conclusion_number", "merged_into", "plan_id",
    "last_number", "passage", "x", "y", "place", "created_at", "last_post_at", "last_byline", "external_id",
    "source_url",
)  # fmt: skip
# What has no number is held or was refused; the partial index has no other rows.
HELD = (POST.c.number.is_(None), POST.c.visibility == Visibility.HELD.value)
WAITS = exists().where(POST.c.tenant_id == TOPIC.c.tenant_id, POST.c.topic_id == TOPIC.c.id, *HELD)
TOPIC_BY_ID = (
    select(*(TOPIC.c[name] for name in FACTS), AUTHOR.c.display_name.label("author"), WAITS.label("waits"))
    .select_from(TOPIC.outerjoin(AUTHOR, with_name(AUTHOR, TOPIC.c.author_id, TOPIC.c.tenant_id)))
    .where(TOPIC.c.id == bindparam("topic"), TOPIC.c.module_id == bindparam("module"))
)
PARENT = POST.alias("parent")
COLUMNS = (
    "id", "number", "kept_number", "body_html", "visibility", "created_at", "author_id", "kind", "via", "byline",
    "edits", "staff_edited", "supports", "thanks", "reply_to", "department", "outcome", "due_on", "external_id",
)  # fmt: skip


def _shown(some: Any) -> AnySelect:
    """Give posts with the names of their authors and the numbers of what they reply to."""
    named = some.outerjoin(MEMBERS, with_name(MEMBERS, some.c.author_id, some.c.tenant_id))
    joined = named.outerjoin(
        PARENT, (PARENT.c.tenant_id == some.c.tenant_id) & (PARENT.c.id == some.c.reply_to)
    )
    return select(
        *(some.c[name] for name in COLUMNS),
        MEMBERS.c.display_name.label("author"),
        PARENT.c.number.label("parent_number"),
        PARENT.c.topic_id.label("parent_topic"),
    ).select_from(joined)


OF_TOPIC = POST.c.topic_id == bindparam("topic")
# The limit is for the planner: in a topic of many thousand posts it would take low numbers for many rows,
# since every topic has them, and read whole tables to join them.
RANGE = (
    select(POST)
    .where(OF_TOPIC, POST.c.number > bindparam("after"), POST.c.number <= bindparam("last"))
    .order_by(POST.c.number)
    .limit(bindparam("size"))
    .subquery("page")
)
NUMBERED = _shown(RANGE).order_by(RANGE.c.number)
WAITING = (
    _shown(POST)
    .where(
        OF_TOPIC,
        *HELD,
        (POST.c.author_id == bindparam("reader")) | bindparam("all_of_them"),
    )
    .order_by(POST.c.id)
)


def topic(
    session: Scope, module_id: int, topic_id: int, reader: MemberRef | None, *, sees_held: bool
) -> AnyRow:
    """Give a topic that the reader may see, and whether a post ``waits`` in it to be checked.

    Raises NotFound, also for one of another module or town.
    """
    row = session.execute(TOPIC_BY_ID, {"topic": topic_id, "module": module_id}).one_or_none()
    if row is None:
        raise NotFound
    if row.visibility in VISIBLE:
        return row
    own = reader is not None and row.author_id == reader.id
    if row.visibility == Visibility.HELD and (own or sees_held):
        return row
    raise NotFound


def posts(session: Scope, topic_id: int, after: int, size: int = PAGE_SIZE) -> Sequence[AnyRow]:
    """Give the posts numbered ``after + 1`` to ``after + size``, hidden ones too: they keep their place."""
    values = {"topic": topic_id, "after": after, "last": after + size, "size": size}
    return session.execute(NUMBERED, values).all()


def one_in_view(session: Scope, module_id: int, columns: Sequence[Any], *where: Any) -> AnyRow:
    """Give columns of a post, and of its topic, that everybody sees. Raises NotFound."""
    query = (
        select(*columns)
        .join(Topic, Topic.id == Post.topic_id)
        .where(*where, Topic.module_id == module_id, Post.visibility.in_(SHOWN), Topic.visibility.in_(SHOWN))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def waiting(session: Scope, topic_id: int, reader: MemberRef, *, sees_held: bool) -> Sequence[AnyRow]:
    """Give the held posts that the reader may see: the own ones, and all for those who decide about them."""
    values = {"topic": topic_id, "reader": reader.id, "all_of_them": sees_held}
    return session.execute(WAITING, values).all()


def page_of(number: int) -> int:
    """Give the number after which the page of a post begins."""
    return (number - 1) // PAGE_SIZE * PAGE_SIZE
