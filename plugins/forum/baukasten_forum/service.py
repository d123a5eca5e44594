"""The verbs of people who write: open a topic, reply to one."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import select, update
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
from baukasten_forum import categories, mentions, recount
from baukasten_forum.cooking import Cooked, cook
from baukasten_forum.keys import (
    ANSWER,
    CREATE,
    ENTER,
    MANAGE,
    POST_TYPE,
    REPLY,
    SETUP,
    PostKind,
    TopicKind,
    Via,
)
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.stages import kinds, rules

_ = lazy("forum")
MAX_TITLE = 150
SLUG_FALLBACK = "beitrag"
OPENS = {PostKind.POST: CREATE, PostKind.CONCLUSION: SETUP}
REPLIES = {PostKind.POST: REPLY, PostKind.ANSWER: ANSWER, PostKind.CONCLUSION: MANAGE}
"""The permission that each kind of post needs."""
ENTERED = frozenset({Via.LETTER, Via.HANDOVER})
"""What staff brings in without being its author."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where to find what somebody wrote; without a number while it is being checked."""

    topic_id: int
    slug: str
    post_id: int
    number: int | None


@dataclass(frozen=True, slots=True)
class Where:
    """What place on a plan a remark is about; see the columns of ``Topic``."""

    plan_id: int
    passage: int | None = None
    x: int | None = None
    y: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a new topic is besides its text."""

    title: str
    kind: TopicKind = TopicKind.DISCUSSION
    category_id: int | None = None
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a post comes in: its form's own mark, the post that it answers, the door it took, what it is."""

    nonce: str = ""
    reply_to: int | None = None
    via: Via = Via.PAGE
    kind: PostKind = PostKind.POST
    byline: str = ""
    """Who wrote a letter; staff enters it, and is not its author."""
    received_at: dt.datetime | None = None

    def author(self, actor: MemberRef) -> int | None:
        """Give the member whose words these are."""
        return None if self.via in ENTERED else actor.id

    def permission(self, usual: Mapping[PostKind, str]) -> str:
        """Give what the actor must hold."""
        return ENTER if self.via in ENTERED else usual[self.kind]


NO_WAY = Way()


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
    kind: str | None = None,
    category_id: int | None = None,
) -> Written:
    """Begin a topic, or give the one that the same form began before.

    Raises Denied, Closed, Invalid, and Rejected where a screening refuses; then nothing is stored.
    """
    require(session, actor, CREATE, module)
    about = About(checked_title(title), kinds.checked(module, kind), category_id)
    return begin(session, actor, module, about, body, Way(nonce))


def begin(
    session: Scope, actor: MemberRef, module: ModuleRef, about: About, body: str, way: Way = NO_WAY
) -> Written:
    """Begin a topic as ``open_topic`` does, also one whose first post is of another kind."""
    permission = way.permission(OPENS)
    require(session, actor, permission, module)
    categories.check(session, module, about.category_id)
    cooked = cook(session, module, body)

    def store(visibility: Visibility) -> int:
        rules.need(session, actor, module, permission)
        now = way.received_at or clock.now()
        topic_id = _store_topic(session, module, actor, about, visibility, way, now)
        number = 1 if visibility is Visibility.PUBLISHED else None
        return _store_post(session, actor, topic_id, number, visibility, cooked, way, now)

    def write() -> int:
        rules.need(session, actor, module, permission)
        return submit(session, Draft(POST_TYPE, cooked.text, about.title, actor, module), store).ref.id

    return _once(session, actor, way.nonce, write)


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
    TooMany, Invalid, and Rejected where a screening refuses; then nothing is stored.
    """
    return add(session, actor, module, topic_id, body, Way(nonce, reply_to, via))


def add(
    session: Scope, actor: MemberRef, module: ModuleRef, topic_id: int, body: str, way: Way = NO_WAY
) -> Written:
    """Add a post to a topic as ``reply`` does, also one of another kind, which needs another permission."""
    found = rules.topic_of(session, module, topic_id)
    permission = way.permission(REPLIES)
    require(session, actor, permission, module)
    cooked = cook(session, module, body, topic_id)
    answered = _answered(session, topic_id, [way.reply_to] if way.reply_to else cooked.sources)
    way = replace(way, reply_to=answered)

    def store(visibility: Visibility) -> int:
        now, shown = way.received_at or clock.now(), visibility is Visibility.PUBLISHED
        number = _next_number(session, module, actor, topic_id, way, now) if shown else None
        # Once more under the lock, for the last second, for a topic closed meanwhile, for two replies at once.
        require(session, actor, permission, module)
        rules.need(session, actor, module, permission, rules.topic_of(session, module, topic_id))
        return _store_post(session, actor, topic_id, number, visibility, cooked, way, now)

    def write() -> int:
        rules.need(session, actor, module, permission, found)
        return submit(session, Draft(POST_TYPE, cooked.text, author=actor, module=module), store).ref.id

    return _once(session, actor, way.nonce, write)


def checked_title(title: str) -> str:
    """Give a title on one line; raises Invalid for one that is empty or too long."""
    line = " ".join(title.split())
    if not line or len(line) > MAX_TITLE:
        raise Invalid({"title": _("Please give a title of at most 150 characters.")})
    return line


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
    mine = (Post.author_id == actor.id) | (Post.entered_by == actor.id)
    known = session.scalar(select(Post.id).where(mine, Post.nonce == nonce))
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
    way: Way,
    now: dt.datetime,
) -> int:
    topic = Topic(
        module_id=module.id,
        category_id=about.category_id,
        kind=about.kind,
        title=about.title,
        slug=slug(about.title, fallback=SLUG_FALLBACK),
        author_id=way.author(actor),
        byline=way.byline,
        visibility=visibility,
        next_number=2 if visibility is Visibility.PUBLISHED else 1,
        last_number=1 if visibility is Visibility.PUBLISHED else 0,
        created_at=now,
        last_post_at=now,
        last_author_id=way.author(actor),
        last_byline=way.byline,
        **(asdict(about.where) if about.where else {}),
    )
    session.add(topic)
    session.flush()
    return topic.id


def _next_number(
    session: Scope, module: ModuleRef, actor: MemberRef, topic_id: int, way: Way, now: dt.datetime
) -> int:
    """Take the next number under the lock of the topic's row; who comes later waits for the commit."""
    taken = (
        update(Topic)
        .where(*_visible(topic_id, module))
        .values(
            next_number=Topic.next_number + 1,
            last_number=Topic.next_number,
            replies=Topic.replies + 1,
            last_post_at=recount.newest(now),
            last_author_id=way.author(actor),
            last_byline=way.byline,
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
        author_id=way.author(actor),
        byline=way.byline,
        entered_by=actor.id if way.via in ENTERED else None,
        reply_to=way.reply_to,
        via=way.via,
        kind=way.kind,
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
