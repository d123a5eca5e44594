"""One topic with its posts: two statements, whatever their number."""

from collections.abc import Sequence

from sqlalchemy import Table, bindparam, exists, select

from baukasten.plugin import MemberRef, Visibility
from baukasten.sdk import MEMBERS, NotFound, Scope
from baukasten_forum.listing import AUTHOR, TOPIC, AnyRow, with_name
from baukasten_forum.models import SHOWN, Post

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
POSTS = select(
    POST.c.id, POST.c.number, POST.c.body_html, POST.c.visibility, POST.c.created_at, POST.c.author_id,
    POST.c.kind, POST.c.via, POST.c.byline, POST.c.edits, POST.c.supports, POST.c.thanks, POST.c.reply_to,
    POST.c.department, POST.c.outcome, POST.c.due_on, POST.c.external_id,
    MEMBERS.c.display_name.label("author"),
    PARENT.c.number.label("parent_number"), PARENT.c.topic_id.label("parent_topic"),
).select_from(
    POST.outerjoin(MEMBERS, with_name(MEMBERS, POST.c.author_id, POST.c.tenant_id))
    .outerjoin(PARENT, (PARENT.c.tenant_id == POST.c.tenant_id) & (PARENT.c.id == POST.c.reply_to))
)  # fmt: skip
OF_TOPIC = POST.c.topic_id == bindparam("topic")
NUMBERED = POSTS.where(
    OF_TOPIC, POST.c.number > bindparam("after"), POST.c.number <= bindparam("last")
).order_by(POST.c.number)
WAITING = POSTS.where(
    OF_TOPIC,
    *HELD,
    (POST.c.author_id == bindparam("reader")) | bindparam("all_of_them"),
).order_by(POST.c.id)


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
    values = {"topic": topic_id, "after": after, "last": after + size}
    return session.execute(NUMBERED, values).all()


def waiting(session: Scope, topic_id: int, reader: MemberRef, *, sees_held: bool) -> Sequence[AnyRow]:
    """Give the held posts that the reader may see: the own ones, and all for those who decide about them."""
    values = {"topic": topic_id, "reader": reader.id, "all_of_them": sees_held}
    return session.execute(WAITING, values).all()


def page_of(number: int) -> int:
    """Give the number after which the page of a post begins."""
    return (number - 1) // PAGE_SIZE * PAGE_SIZE
