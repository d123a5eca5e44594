"""Topics by name, as the log of consents and the pages of people call them."""

from collections.abc import Collection

from sqlalchemy import select

from baukasten.sdk import Scope, modules_by_id
from baukasten_newsletter.models import Topic


def of(session: Scope, topic_ids: Collection[int]) -> str:
    """Give the titles of topics, one a line, each with its list; two statements."""
    return "\n".join(each(session, topic_ids).values())


def each(session: Scope, topic_ids: Collection[int]) -> dict[int, str]:
    """Give the title of each topic with its list, in their order; two statements.

    A topic that is called like its list is named once.
    """
    if not topic_ids:
        return {}
    query = select(Topic.id, Topic.title, Topic.module_id).where(Topic.id.in_(topic_ids))
    rows = session.execute(query.order_by(Topic.module_id, Topic.position, Topic.id)).all()
    lists = modules_by_id(session, {row.module_id for row in rows})
    return {
        row.id: row.title
        if row.module_id not in lists or lists[row.module_id].title == row.title
        else f"{lists[row.module_id].title}: {row.title}"
        for row in rows
    }
