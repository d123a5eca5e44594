"""New wordings that wait, as the moderators see them: the wording in view stays until they have decided."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Content, ContentRef, ContentType, Visibility, lazy
from baukasten.sdk import MEMBERS, NotFound, Scope, modules_by_id, plain, render_markdown, shorten
from baukasten_forum import judging
from baukasten_forum.models import Post, Topic
from baukasten_forum.writing import editing
from baukasten_forum.writing.models import Wording

_ = lazy("forum")
EXCERPT = 200
UNSYNCED = {"synchronize_session": False}


def find(session: Session, ids: Sequence[int]) -> list[Content]:
    """Give the new wordings of these posts; one query, and one for their modules."""
    scope = cast("Scope", session)
    query = (
        select(
            Post.id,
            Post.number,
            Topic.id.label("topic_id"),
            Topic.slug,
            Topic.title,
            Topic.module_id,
            Wording.body,
            Wording.edited_by,
            Wording.visibility,
            Wording.created_at,
            MEMBERS.c.display_name,
        )
        .join(Post, Post.id == Wording.post_id)
        .join(Topic, Topic.id == Post.topic_id)
        .outerjoin(MEMBERS, MEMBERS.c.id == Wording.edited_by)
        .where(Wording.post_id.in_(ids))
        .order_by(Post.id)
    )
    rows = session.execute(query).all()
    modules = modules_by_id(session, {row.module_id for row in rows})
    return [_content(scope, row, modules[row.module_id]) for row in rows]


def publish(session: Session, post_id: int) -> None:
    """Put a wording in place of the one in view; raises NotFound when its post has left view meanwhile."""
    scope = cast("Scope", session)
    query = select(Topic.module_id).join(Post, Post.topic_id == Topic.id).where(Post.id == post_id)
    module_id = session.scalar(query)
    if module_id is None:
        raise NotFound
    editing.apply_waiting(scope, modules_by_id(session, [module_id])[module_id], post_id)


def reject(session: Session, post_id: int) -> None:
    """Keep a wording out of view; its author still finds it under the decision."""
    refused = update(Wording).where(Wording.post_id == post_id).values(visibility=Visibility.REMOVED)
    session.execute(refused, execution_options=UNSYNCED)


def forget(session: Session, post_id: int) -> None:
    """Take away what waits for a post that says nothing any more."""
    session.execute(delete(Wording).where(Wording.post_id == post_id))


def _content(session: Scope, row: Any, module: Any) -> Content:
    return Content(
        ref=ContentRef(editing.WORDING_TYPE, row.id),
        title=row.title,
        excerpt=shorten(" ".join(plain(render_markdown(row.body)).split()), EXCERPT),
        path=judging.path_of(session, row, module),
        author_id=row.edited_by,
        author_name=row.display_name or "",
        created_at=row.created_at,
        visibility=Visibility(row.visibility),
        module_id=row.module_id,
    )


# What waits is in nobody's view, so that hiding it is refusing it.
CONTENT_TYPES = [
    ContentType(
        editing.WORDING_TYPE, _("Change of a forum contribution"), find, publish, reject, publish, reject
    )
]
