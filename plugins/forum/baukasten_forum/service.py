"""The verbs of people who write: open a topic, reply to one."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from baukasten.plugin import Draft, MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import (
    SANITISER_VERSION,
    Invalid,
    NotFound,
    SafeHtml,
    Scope,
    clock,
    normalise,
    render_markdown,
    require,
    slug,
    submit,
)
from baukasten_forum.keys import CREATE, POST_TYPE, REPLY
from baukasten_forum.models import SHOWN, Post, Topic

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


class WrittenTwiceError(Exception):
    """The same form came a second time while the first was still on its way."""


def open_topic(
    session: Scope, actor: MemberRef, module: ModuleRef, *, title: str, body: str, nonce: str = ""
) -> Written:
    """Begin a topic, or give the one that the same form began before.

    Raises Denied, Closed, Invalid, and Rejected where a screening refuses; then nothing is stored.
    """
    require(session, actor, CREATE, module)
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE:
        raise Invalid({"title": _("Please give a title of at most 150 characters.")})
    text, html = _rendered(body)

    def store(visibility: Visibility) -> int:
        now = clock.now()
        topic_id = _store_topic(session, module, actor, title, visibility, now)
        number = 1 if visibility is Visibility.PUBLISHED else None
        return _store_post(session, actor, topic_id, number, visibility, (text, html), nonce, now)

    draft = Draft(POST_TYPE, text, title, actor, module)
    return _once(session, actor, nonce, lambda: submit(session, draft, store).ref.id)


def reply(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, *, body: str, nonce: str = ""
) -> Written:
    """Reply to a topic that everybody sees, or give the reply that the same form made before.

    Raises NotFound, Denied, Closed, Invalid, and Rejected where a screening refuses; then nothing is stored.
    """
    title = session.scalar(select(Topic.title).where(*_visible(topic_id, module)))
    if title is None:
        raise NotFound
    require(session, actor, REPLY, module)
    text, html = _rendered(body)

    def store(visibility: Visibility) -> int:
        now, shown = clock.now(), visibility is Visibility.PUBLISHED
        number = _next_number(session, module, actor, topic_id, now) if shown else None
        return _store_post(session, actor, topic_id, number, visibility, (text, html), nonce, now)

    draft = Draft(POST_TYPE, text, title, actor, module)
    return _once(session, actor, nonce, lambda: submit(session, draft, store).ref.id)


def _rendered(body: str) -> tuple[str, SafeHtml]:
    text = normalise(body).strip()
    if not text:
        raise Invalid({"body": _("Please write something.")})
    return text, render_markdown(text)


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
    session: Scope, module: ModuleRef, actor: MemberRef, title: str, visibility: Visibility, now: dt.datetime
) -> int:
    topic = Topic(
        module_id=module.id,
        title=title,
        slug=slug(title, fallback=SLUG_FALLBACK),
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
    text: tuple[str, SafeHtml],
    nonce: str,
    now: dt.datetime,
) -> int:
    row = insert(Post).values(
        tenant_id=session.tenant_id,
        topic_id=topic_id,
        number=number,
        author_id=actor.id,
        body=text[0],
        body_html=str(text[1]),
        sanitiser_version=SANITISER_VERSION,
        visibility=visibility,
        nonce=nonce or None,
        created_at=now,
    )
    again = row.on_conflict_do_nothing(index_elements=["tenant_id", "author_id", "nonce"])
    post_id = session.execute(again.returning(Post.id)).scalar()
    if post_id is None:
        raise WrittenTwiceError
    return int(post_id)
