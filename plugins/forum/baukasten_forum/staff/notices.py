"""Telling people that staff moved what they wrote or follow: one notice each, whatever the reasons."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, NotificationType, lazy
from baukasten.sdk import Scope, module_path, modules_by_id, notify
from baukasten_forum.events import PostsMoved
from baukasten_forum.keys import POST_TYPE, Level
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.readers import Follow
from baukasten_forum.staff.models import Operation

_ = lazy("forum")
MOVED = "forum.moved"
TYPES = [
    NotificationType(
        MOVED,
        _("Moderators join or move contributions that I wrote or follow"),
        "forum/mail/moved",
        _("Now to be found under: %(topic)s"),
    )
]


def hear(session: Session, event: PostsMoved) -> None:
    """Tell authors and followers where their contributions went; nobody when it was undone meanwhile."""
    operation = session.scalar(select(Operation).where(Operation.id == event.operation_id))
    if operation is None or operation.undone_at is not None:
        return
    target = session.execute(
        select(Topic.id, Topic.slug, Topic.title, Topic.module_id).where(
            Topic.id == operation.before["target"]
        )
    ).one()
    scope = cast("Scope", session)
    module = modules_by_id(scope, [target.module_id])[target.module_id]
    notify(
        scope,
        MOVED,
        recipients=_concerned(session, operation.before) - {operation.actor_id or 0},
        data={"topic": target.title},
        group=f"operation:{operation.id}",
        about=_first(session, target.id),
        path=module_path(scope.contract, module, "topic", topic_id=target.id, slug=target.slug),
    )


def _first(session: Session, topic_id: int) -> ContentRef | None:
    """Give the first post in view of a topic: while that is hidden with it, the notice must not tell its title."""
    shown = select(Post.id).where(Post.topic_id == topic_id, Post.visibility.in_(SHOWN))
    found = session.scalar(shown.order_by(Post.number).limit(1))
    return None if found is None else ContentRef(POST_TYPE, found)


def _concerned(session: Session, before: Mapping[str, Any]) -> set[int]:
    """Give the authors of the posts and who follows the topic they left, without those who muted it."""
    ids = [post["post_id"] for post in before["posts"]]
    written = select(Post.author_id).where(Post.id.in_(ids), Post.author_id.is_not(None))
    authors = {author for author in session.scalars(written) if author is not None}
    return (authors | _at(session, before, Follow.level == Level.FOLLOW.value)) - _at(
        session, before, Follow.level == Level.MUTE.value
    )


def _at(session: Session, before: Mapping[str, Any], level: ColumnElement[bool]) -> set[int]:
    query = select(Follow.member_id).where(Follow.topic_id == before["source"], level)
    return set(session.scalars(query))
