"""The verbs of people who write: open a topic, reply to one."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from baukasten.plugin import Draft, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import (
    SANITISER_VERSION,
    Invalid,
    NotFound,
    Scope,
    clock,
    require,
    slug,
    submit,
)
from baukasten_forum.keys import CREATE, POST_TYPE, REPLY, TopicKind, Via
from baukasten_forum.models import SHOWN, Category, Post, Topic
from baukasten_forum.writing import mentions
from baukasten_forum.writing.cooking import Cooked, cook

_ = lazy("forum")
MAX_TITLE = 150
SLUG_FALLBACK = "beitrag"


@dataclass(frozen=True, slots=True)
class Written:
    """Where to find what somebody wrote; without a number while it is being checked."""

    topic_id: int
    slug: str
    post_id: int
    number: int | None


@dataclass(frozen=True, slots=True)
class About:
    """What a new topic is besides its text."""

    title: str
    kind: TopicKind = TopicKind.DISCUSSION
    category_id: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a post comes in: its form's own mark, the post that it answers, the door it took."""

    nonce: str = ""
    reply_to: int | None = None
    via: Via = Via.PAGE


class WrittenTwiceError(Exception):
    """The same form came a second time while the first was still on its way."""


def open_topic(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    *,
    title: str,
    body: str,
    nonce: str = "",
    kind: TopicKind = TopicKind.DISCUSSION,
    category_id: int | None = None,
) -> Written:
    """Begin a topic, or give the one that the same form began before.

    Raises Denied, Closed, Invalid, and Rejected where a screening refuses; then nothing is stored.
    """
    require(session, actor, CREATE, module)
    about = About(checked_title(title), kind, category_id)
    _check_category(session, module, category_id)
    cooked = cook(session, module, body)

    def store(visibility: Visibility) -> int:
        now = clock.now()
        topic_id = _store_topic(session, module, actor, about, visibility, now)
        number = 1 if visibility is Visibility.PUBLISHED else None
        return _store_post(session, actor, topic_id, number, visibility, cooked, Way(nonce), now)

    draft = Draft(POST_TYPE, cooked.text, about.title, actor, module)
    return _once(session, actor, nonce, lambda: submit(session, draft, store).ref.id)


def reply(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    topic_id: int,
    *,
    body: str,
    nonce: str = "",
    reply_to: int | None = None,
    via: Via = Via.PAGE,
) -> Written:
    """Reply to a topic that everybody sees, or give the reply that the same form made before.

    It answers the post named, else the first one of the topic that it quotes. Raises NotFound, Denied, Closed,
    Invalid, and Rejected where a screening refuses; then nothing is stored.
    """
    title = session.scalar(select(Topic.title).where(*_visible(topic_id, module)))
    if title is None:
        raise NotFound
    require(session, actor, REPLY, module)
    cooked = cook(session, module, body, topic_id)
    answered = _answered(session, topic_id, [reply_to] if reply_to else cooked.sources)
    way = Way(nonce, answered, via)

    def store(visibility: Visibility) -> int:
        now, shown = clock.now(), visibility is Visibility.PUBLISHED
        number = _next_number(session, module, actor, topic_id, now) if shown else None
        return _store_post(session, actor, topic_id, number, visibility, cooked, way, now)

    draft = Draft(POST_TYPE, cooked.text, title, actor, module)
    return _once(session, actor, nonce, lambda: submit(session, draft, store).ref.id)


def checked_title(title: str) -> str:
    """Give a title on one line; raises Invalid for one that is empty or too long."""
    line = " ".join(title.split())
    if not line or len(line) > MAX_TITLE:
        raise Invalid({"title": _("Please give a title of at most 150 characters.")})
    return line


def _check_category(session: Scope, module: ModuleRef, category_id: int | None) -> None:
    if category_id is None:
        return
    query = select(Category.id).where(
        Category.id == category_id, Category.module_id == module.id, Category.closed.is_(False)
    )
    if session.scalar(query) is None:
        raise Invalid({"category_id": _("Nothing new can be put there. Choose another subject.")})


def _answered(session: Scope, topic_id: int, candidates: Sequence[int]) -> int | None:
    """Give the first of some posts that stands in the topic for all to see; one that left it is no answer lost."""
    if not candidates:
        return None
    query = select(Post.id).where(
        Post.id.in_(candidates), Post.topic_id == topic_id, Post.visibility.in_(SHOWN)
    )
    there = set(session.scalars(query))
    return next((number for number in candidates if number in there), None)


def _once(session: Scope, actor: MemberRef, nonce: str, write: Callable[[], int]) -> Written:
    """Write what a form carries, unless it has arrived before; of two at once the second waits for the first."""
    earlier = _by_nonce(session, actor, nonce)
    if earlier is not None:
        return earlier
    try:
        with session.begin_nested():
            post_id = write()
    except WrittenTwiceError:
        earlier = _by_nonce(session, actor, nonce)
        if earlier is None:
            raise
        return earlier
    return _written(session, Post.id == post_id)


def _by_nonce(session: Scope, actor: MemberRef, nonce: str) -> Written | None:
    if not nonce:
        return None
    known = session.scalar(select(Post.id).where(Post.author_id == actor.id, Post.nonce == nonce))
    return None if known is None else _written(session, Post.id == known)


def _written(session: Scope, *where: ColumnElement[bool]) -> Written:
    columns = (Topic.id, Topic.slug, Post.id.label("post_id"), Post.number)
    query = select(*columns).join(Post, Post.topic_id == Topic.id).where(*where)
    return Written(*session.execute(query).one())


def _visible(topic_id: int, module: ModuleRef) -> tuple[ColumnElement[bool], ...]:
    return Topic.id == topic_id, Topic.module_id == module.id, Topic.visibility.in_(SHOWN)


def _store_topic(
    session: Scope,
    module: ModuleRef,
    actor: MemberRef,
    about: About,
    visibility: Visibility,
    now: dt.datetime,
) -> int:
    topic = Topic(
        module_id=module.id,
        category_id=about.category_id,
        kind=about.kind,
        title=about.title,
        slug=slug(about.title, fallback=SLUG_FALLBACK),
        author_id=actor.id,
        visibility=visibility,
        next_number=2 if visibility is Visibility.PUBLISHED else 1,
        last_number=1 if visibility is Visibility.PUBLISHED else 0,
        created_at=now,
        last_post_at=now,
        last_author_id=actor.id,
    )
    session.add(topic)
    session.flush()
    return topic.id


def _next_number(session: Scope, module: ModuleRef, actor: MemberRef, topic_id: int, now: dt.datetime) -> int:
    """Take the next number under the lock of the topic's row; who comes later waits for the commit."""
    taken = (
        update(Topic)
        .where(*_visible(topic_id, module))
        .values(
            next_number=Topic.next_number + 1,
            last_number=Topic.next_number,
            replies=Topic.replies + 1,
            last_post_at=func.greatest(Topic.last_post_at, now),
            last_author_id=actor.id,
            last_byline="",
        )
        .returning(Topic.next_number - 1)
    )
    number = session.execute(taken, execution_options={"synchronize_session": False}).scalar()
    if number is None:
        raise NotFound
    return int(number)


def _store_post(
    session: Scope,
    actor: MemberRef,
    topic_id: int,
    number: int | None,
    visibility: Visibility,
    cooked: Cooked,
    way: Way,
    now: dt.datetime,
) -> int:
    row = insert(Post).values(
        tenant_id=session.tenant_id,
        topic_id=topic_id,
        number=number,
        author_id=actor.id,
        reply_to=way.reply_to,
        via=way.via,
        body=cooked.text,
        body_html=str(cooked.html),
        sanitiser_version=SANITISER_VERSION,
        visibility=visibility,
        nonce=way.nonce or None,
        created_at=now,
    )
    again = row.on_conflict_do_nothing(index_elements=["tenant_id", "author_id", "nonce"])
    post_id = session.execute(again.returning(Post.id)).scalar()
    if post_id is None:
        raise WrittenTwiceError
    mentions.remember(session, post_id, cooked.called)
    return int(post_id)
