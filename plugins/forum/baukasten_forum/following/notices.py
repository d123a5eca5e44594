"""Whom the forum tells of new posts: once a post, for the strongest reason, and never about one's own."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import ContentPublished, ContentRef, Event, Job, NotificationType, lazy
from baukasten.sdk import Scope, enqueue, modules_by_id, notify
from baukasten_forum import judging, mentions
from baukasten_forum.following import levels, positions, recipients
from baukasten_forum.following.recipients import News, Reason
from baukasten_forum.keys import MAILBOX, POST_TYPE, PostKind, Via
from baukasten_forum.models import SHOWN, Post, Topic

_ = lazy("forum")
TELL_JOB = "forum.tell"
TOWN_SPEAKS = frozenset({PostKind.ANSWER, PostKind.CONCLUSION})
KEYS: Mapping[Reason, str] = {
    Reason.ANSWER: "forum.answer",
    Reason.MENTION: "forum.mention",
    Reason.REPLY: "forum.reply",
    Reason.POST: "forum.post",
    Reason.TOPIC: "forum.topic",
}
NOT_THIS, NOT_HERE = _("Hear nothing more of this contribution"), _("Hear nothing more of new contributions")


def silence(session: Session, member_id: int, group: str) -> None:
    """End what the letters of a group told about, from a letter's link."""
    levels.silence(cast("Scope", session), member_id, group)


def _type(
    reason: Reason, title: str, template: str, subject: str, silence_title: str = NOT_THIS
) -> NotificationType:
    mail = f"forum/mail/{template}"
    return NotificationType(KEYS[reason], title, mail, subject, silence=silence, silence_title=silence_title)


TYPES = [
    _type(Reason.REPLY, _("Somebody replies to my contribution"), "reply", _("New reply: %(topic)s")),
    _type(
        Reason.ANSWER, _("The town answers what I wrote or support"), "answer", _("The town answered: %(topic)s")
    ),
    _type(Reason.MENTION, _("Somebody mentions me"), "mention", _("You are mentioned: %(topic)s")),
    _type(Reason.POST, _("There is something new in a contribution I follow"), "post", _("New in: %(topic)s")),
    _type(
        Reason.TOPIC, _("There is a new contribution in a forum I follow"), "topic",
        _("New contribution: %(topic)s"), NOT_HERE,
    ),
]  # fmt: skip


def hear(session: Session, event: Event) -> None:
    """Tell whom a post concerns that came into view; edits and other things are no news."""
    if isinstance(event, ContentPublished) and event.content_type == POST_TYPE:
        tell(session, post_id=event.content_id)


def tell(session: Session, *, post_id: int, after: int = 0) -> None:
    """Tell the next people whom a post concerns, and leave the others to a job; safe to repeat."""
    scope = cast("Scope", session)
    post = _post(scope, post_id)
    if post is None or post.kind == PostKind.NOTICE or post.via == Via.IMPORT:
        return
    if not after and post.author_id is not None:
        positions.wrote(scope, post.author_id, post.topic_id, post.number)
    found, last = recipients.find(scope, _news(scope, post), after)
    module = modules_by_id(scope, [post.module_id])[post.module_id]
    path = judging.path_of(scope, post, module)
    for reason, people in found.items():
        notify(
            scope,
            KEYS[reason],
            recipients=people,
            # No name of the person who wrote: it would outlive their account.
            data={"topic": post.title, "forum": module.title},
            group=f"module:{module.id}" if reason is Reason.TOPIC else f"topic:{post.topic_id}",
            path=path,
            about=ContentRef(POST_TYPE, post_id),
            reply_to=(MAILBOX, post.topic_id),
            once=True,
        )
    if last:
        enqueue(scope, TELL_JOB, post_id=post_id, after=last)


def _post(session: Scope, post_id: int) -> Any:
    """Give a post that everybody sees, with its topic and whom it answers."""
    parent = Post.__table__.alias("parent")
    query = (
        select(
            Post.id, Post.number, Post.author_id, Post.entered_by, Post.kind, Post.via, Post.topic_id, Post.reply_to,
            Topic.slug, Topic.title, Topic.module_id, Topic.category_id, Topic.author_id.label("asker"),
            parent.c.author_id.label("answered"),
        )
        .join(Topic, Topic.id == Post.topic_id)
        .outerjoin(parent, (parent.c.tenant_id == Post.tenant_id) & (parent.c.id == Post.reply_to))
        .where(Post.id == post_id, Post.number.is_not(None))
        .where(Post.visibility.in_(SHOWN), Topic.visibility.in_(SHOWN))
    )  # fmt: skip
    return session.execute(query).one_or_none()


def _news(session: Scope, post: Any) -> News:
    """Say whom a post concerns: an answer of the town concerns those who wrote or support what it answers."""
    is_first, town_speaks = post.number == 1, post.kind in TOWN_SPEAKS
    reason = Reason.ANSWER if town_speaks else Reason.REPLY
    people = () if is_first else (post.asker, post.answered)
    return News(
        module_id=post.module_id,
        category_id=post.category_id,
        topic_id=post.topic_id,
        author_id=post.author_id or post.entered_by,
        direct=recipients.named([(reason, people), (Reason.MENTION, mentions.mentioned(session, post.id))]),
        followed=Reason.TOPIC if is_first else Reason.ANSWER if town_speaks else Reason.POST,
        supporters_of=_supported(session, post) if town_speaks and not is_first else None,
    )


def _supported(session: Scope, post: Any) -> int | None:
    """Give the post that an answer is about: the one it replies to, else the topic's own."""
    if post.reply_to is not None:
        return int(post.reply_to)
    return session.scalar(select(Post.id).where(Post.topic_id == post.topic_id, Post.number == 1))


JOBS = [Job(TELL_JOB, tell)]
