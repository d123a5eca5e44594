"""Whom the forum tells what: the author of a topic hears of replies."""

from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import ContentPublished, ContentRef, Event, NotificationType, lazy
from baukasten.sdk import Scope, modules_by_id, notify
from baukasten_forum import judging
from baukasten_forum.keys import MAILBOX, POST_TYPE
from baukasten_forum.models import Post, Topic

_ = lazy("forum")
REPLIED = "forum.reply"
TYPES = [
    NotificationType(
        REPLIED, _("Somebody replies to my contribution"), "forum/mail/reply", _("New reply: %(topic)s")
    )
]


def hear(session: Session, event: Event) -> None:
    """Tell a topic's author of a reply that came into view; one's own replies are no news."""
    if not isinstance(event, ContentPublished) or event.content_type != POST_TYPE:
        return
    columns = (
        Post.number,
        Post.author_id,
        Topic.id.label("topic_id"),
        Topic.slug,
        Topic.title,
        Topic.module_id,
    )
    query = select(*columns, Topic.author_id.label("asker")).join(Topic, Topic.id == Post.topic_id)
    row = session.execute(query.where(Post.id == event.content_id)).one_or_none()
    if row is None or row.number in (None, 1) or row.asker in (None, row.author_id):
        return
    scope = cast("Scope", session)
    module = modules_by_id(scope, [row.module_id])[row.module_id]
    notify(
        scope,
        REPLIED,
        recipients=[row.asker],
        # No name of the person who replied: it would outlive their account.
        data={"topic": row.title},
        group=f"topic:{row.topic_id}",
        path=judging.path_of(scope, row, module),
        about=ContentRef(POST_TYPE, event.content_id),
        reply_to=(MAILBOX, row.topic_id),
    )
