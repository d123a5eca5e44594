"""Changing one's own post that nobody has let into view yet: in place, screened anew, its case stays open."""

from typing import Any

from sqlalchemy import select, update

from baukasten.plugin import ContentRef, Draft, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import (
    SANITISER_VERSION,
    NotFound,
    Scope,
    clock,
    require,
    slug,
    submit,
    wait_again,
)
from baukasten_forum import mentions
from baukasten_forum.cooking import cook
from baukasten_forum.keys import EDIT, POST_TYPE, PostKind
from baukasten_forum.models import Post, Topic
from baukasten_forum.service import SLUG_FALLBACK, checked_title
from baukasten_forum.stages import rules
from baukasten_forum.writing import editing
from baukasten_forum.writing.editing import Change, Editable, EditConflict

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}


def editable(session: Scope, actor: MemberRef, module: ModuleRef, post_id: int) -> Editable:
    """Give one's own held post that may be changed now. Raises NotFound, Denied, Closed."""
    found = described(session, actor, module, post_id)
    _check(session, actor, module)
    return found


def described(session: Scope, actor: MemberRef, module: ModuleRef, post_id: int) -> Editable:
    """Give one's own held post, whether or not it may be changed now. Raises NotFound, also for another person's."""
    return _described(_row(session, actor, module, post_id))


def edit(session: Scope, actor: MemberRef, module: ModuleRef, post_id: int, change: Change) -> None:
    """Change one's own held post; whoever decides about it reads the new text, and nobody else does.

    Raises NotFound, Denied, Closed, Invalid, EditConflict, and Rejected where a screening refuses.
    """
    topic = select(Post.topic_id).where(Post.id == post_id).scalar_subquery()
    session.execute(select(Topic.id).where(Topic.id == topic).with_for_update())
    row = _row(session, actor, module, post_id)
    now = _described(row)
    _check(session, actor, module)
    title = checked_title(change.title) if now.title else ""
    cooked = cook(session, module, change.body, row.topic_id)
    if (cooked.text, title) == (now.body, now.title):
        return
    if change.version != now.version:
        raise EditConflict(now)

    def store(_visibility: Visibility) -> int:
        # A text that no screening stops any more still waits for whoever was to look at it.
        values = {
            "body": cooked.text,
            "body_html": str(cooked.html),
            "sanitiser_version": SANITISER_VERSION,
            "edited_at": clock.now(),
        }
        changed = update(Post).where(Post.id == post_id).values(values)
        session.execute(changed, execution_options=UNSYNCED)
        if title:
            named = update(Topic).where(Topic.id == row.topic_id)
            values = {"title": title, "slug": slug(title, fallback=SLUG_FALLBACK)}
            session.execute(named.values(values), execution_options=UNSYNCED)
        mentions.forget(session, post_id)
        mentions.remember(session, post_id, cooked.called)
        return post_id

    draft = Draft(POST_TYPE, cooked.text, title, actor, module, is_edit=True, content_id=post_id)
    submit(session, draft, store)
    wait_again(session, ContentRef(POST_TYPE, post_id))


def _row(session: Scope, actor: MemberRef, module: ModuleRef, post_id: int) -> Any:
    columns = (
        Post.id, Post.topic_id, Post.body, Post.edited_at, Post.kept_number, Topic.title, Topic.slug, Topic.next_number,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(Topic, Topic.id == Post.topic_id)
        .where(
            Post.id == post_id,
            Post.author_id == actor.id,
            Post.visibility == Visibility.HELD,
            Post.kind == PostKind.POST,
            Topic.module_id == module.id,
        )
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    return row


def _described(row: Any) -> Editable:
    is_opening = row.kept_number == 1 or row.next_number == 1
    return Editable(
        id=row.id,
        topic_id=row.topic_id,
        topic_slug=row.slug,
        topic_title=row.title,
        number=0,
        title=row.title if is_opening else "",
        body=row.body,
        version=editing.version(row.edited_at),
        own=True,
        needs_reason=False,
        needs_rule=False,
        permission=EDIT,
    )


def _check(session: Scope, actor: MemberRef, module: ModuleRef) -> None:
    require(session, actor, EDIT, module)
    rules.need(session, actor, module, EDIT)
