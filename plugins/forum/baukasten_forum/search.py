"""What the search knows of the forum: every post that everybody sees, under the title of its topic."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import ModuleRef, SearchDocument, SearchSource, Visibility
from baukasten.sdk import SafeHtml, Scope, modules_by_id, plain
from baukasten_forum import judging
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.listing import AnySelect
from baukasten_forum.models import SHOWN, Post, Topic

BATCH = 500


def document(session: Session, post_id: int) -> SearchDocument | None:
    """Give a post's document; nothing for one that not everybody sees, or whose topic is hidden."""
    row = session.execute(_visible().where(Post.id == post_id)).one_or_none()
    if row is None:
        return None
    module = modules_by_id(session, [row.module_id])[row.module_id]
    return _document(cast("Scope", session), row, module)


def stream(session: Session) -> Iterator[SearchDocument]:
    """Give all documents of the town, a few hundred at a time."""
    last = 0
    while rows := session.execute(_visible().where(Post.id > last).order_by(Post.id).limit(BATCH)).all():
        modules = modules_by_id(session, {row.module_id for row in rows})
        for row in rows:
            yield _document(cast("Scope", session), row, modules[row.module_id])
        last = rows[-1].id


def dependents(session: Session, post_id: int) -> Sequence[int]:
    """Give a topic's replies when the post is the topic's own text: hiding that hides them too."""
    opening = select(Post.topic_id).where(Post.id == post_id, Post.number == 1).scalar_subquery()
    return session.scalars(select(Post.id).where(Post.topic_id == opening, Post.id != post_id)).all()


def _visible() -> AnySelect:
    columns = (Post.id, Post.number, Post.body_html, Post.visibility, Post.created_at)
    of_topic = (Topic.id.label("topic_id"), Topic.slug, Topic.title, Topic.module_id)
    return (
        select(*columns, *of_topic)
        .join(Topic, Topic.id == Post.topic_id)
        .where(Post.visibility.in_(SHOWN), Topic.visibility.in_(SHOWN))
    )


def _document(session: Scope, row: Any, module: ModuleRef) -> SearchDocument:
    return SearchDocument(
        content_type=POST_TYPE,
        id=row.id,
        title=row.title,
        # Results show passages, and know no click that unfolds.
        body="" if row.visibility == Visibility.FOLDED else plain(SafeHtml(row.body_html)),
        path=judging.path_of(session, row, module),
        module_id=row.module_id,
        published_at=row.created_at,
    )


SOURCES = [SearchSource(POST_TYPE, document, stream, dependents)]
