"""Topics by name, as the log of consents and the pages of people call them."""

from collections.abc import Collection

from sqlalchemy import select

from baukasten.sdk import Scope, modules_by_id
from baukasten_newsletter.models import Topic


def of(session: Scope, topic_ids: Collection[int]) -> str:
    """Give the titles of topics, one a line, each with its list; two statements.

    A topic that is called like its list is named once.
    """
    if not topic_ids:
        return ""
    query = select(Topic.title, Topic.module_id).where(Topic.id.in_(topic_ids))
    rows = session.execute(query.order_by(Topic.module_id, Topic.position, Topic.id)).all()
    lists = modules_by_id(session, {row.module_id for row in rows})
    named = [(lists[row.module_id].title if row.module_id in lists else row.title, row.title) for row in rows]
    return "\n".join(title if title == of_list else f"{of_list}: {title}" for of_list, title in named)
