"""What of a forum may leave the house: topics in view and their posts, in portions; nothing held or hidden."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Table, bindparam, case, select

from baukasten.plugin import lazy
from baukasten.sdk import MEMBERS, Scope
from baukasten_forum.keys import PostKind
from baukasten_forum.listing import AUTHOR, TOPIC, TOPIC_SHOWN, AnyRow, with_name
from baukasten_forum.models import SHOWN, Category, Plan
from baukasten_forum.thread import PARENT, POST

_ = lazy("forum")
PORTION = 200
"""Posts read at a time."""
CATEGORY: Table = Category.metadata.tables["forum_category"]
PLAN: Table = Plan.metadata.tables["forum_plan"]
OFFICIAL = (PostKind.ANSWER, PostKind.CONCLUSION)

TOPICS = (
    select(
        *(
            TOPIC.c[name]
            for name in (
                "id", "slug", "title", "kind", "byline", "outcome", "state", "state_reason", "replies", "supports",
                "next_number", "conclusion_number", "passage", "x", "y", "place", "created_at", "external_id",
            )
        ),
        AUTHOR.c.display_name.label("author"),
        CATEGORY.c.title.label("category"),
        PLAN.c.title.label("plan"),
    )
    .select_from(
        TOPIC.outerjoin(AUTHOR, with_name(AUTHOR, TOPIC.c.author_id, TOPIC.c.tenant_id))
        .outerjoin(
            CATEGORY, (CATEGORY.c.tenant_id == TOPIC.c.tenant_id) & (CATEGORY.c.id == TOPIC.c.category_id)
        )
        .outerjoin(PLAN, (PLAN.c.tenant_id == TOPIC.c.tenant_id) & (PLAN.c.id == TOPIC.c.plan_id))
    )
    .where(TOPIC.c.module_id == bindparam("module"), TOPIC_SHOWN, TOPIC.c.merged_into.is_(None))
    .order_by(CATEGORY.c.position.nulls_last(), CATEGORY.c.id, TOPIC.c.id)
)  # fmt: skip

IN_VIEW = POST.c.visibility.in_(SHOWN)
POSTS = (
    select(
        *(
            POST.c[name]
            for name in (
                "id", "topic_id", "number", "kind", "via", "byline", "visibility", "created_at", "edited_at",
                "supports", "thanks", "outcome", "due_on",
            )
        ),
        # The text of what is out of view does not even leave the database.
        *(case((IN_VIEW, POST.c[name]), else_="").label(name) for name in ("body", "body_html", "department")),
        MEMBERS.c.display_name.label("author"),
        PARENT.c.id.label("parent"),
        PARENT.c.number.label("parent_number"),
        PARENT.c.topic_id.label("parent_topic"),
    )
    .select_from(
        POST.outerjoin(MEMBERS, with_name(MEMBERS, POST.c.author_id, POST.c.tenant_id)).outerjoin(
            PARENT, (PARENT.c.tenant_id == POST.c.tenant_id) & (PARENT.c.id == POST.c.reply_to)
        )
    )
    .where(POST.c.topic_id == bindparam("topic"), POST.c.number > bindparam("after"))
    .order_by(POST.c.number)
    .limit(PORTION)
)  # fmt: skip


def topics(session: Scope, module_id: int) -> Sequence[AnyRow]:
    """Give a forum's topics in view, by subject and then in the order in which they were begun."""
    return session.execute(TOPICS, {"module": module_id}).all()


def portions(session: Scope, topic_id: int) -> Iterator[Sequence[AnyRow]]:
    """Give a topic's numbered posts in portions; those out of view have no text, only their place."""
    after = 0
    while rows := session.execute(POSTS, {"topic": topic_id, "after": after}).all():
        yield rows
        after = rows[-1].number


def posts(session: Scope, topic_id: int) -> Iterator[AnyRow]:
    """Give a topic's posts in view, one after the other."""
    for rows in portions(session, topic_id):
        yield from (row for row in rows if is_shown(row))


def is_shown(row: AnyRow) -> bool:
    """Tell whether everybody sees a post's text."""
    return row.visibility in SHOWN


def author_of(row: AnyRow) -> str:
    """Give the name under which the page shows a post: the department, the person, or who it was."""
    if row.kind in OFFICIAL and row.department:
        return str(row.department)
    return str(row.author or row.byline or _("Former member"))


def reply_to(row: AnyRow) -> int | None:
    """Give the number of the post in the same topic that a post replies to, beside the topic itself."""
    here = row.parent_topic == row.topic_id and row.parent_number and row.parent_number > 1
    return int(row.parent_number) if here else None
