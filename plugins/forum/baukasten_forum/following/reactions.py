"""Support and thanks: one press, one row, counted beside the post in the same transaction."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import Field, FieldKind, MemberRef, ModuleRef, lazy
from baukasten.sdk import Denied, NotFound, Scope, clock, require
from baukasten_forum.keys import REACT, PostKind, ReactionKind, TopicKind
from baukasten_forum.models import SHOWN, Post, Topic
from baukasten_forum.readers import Reaction
from baukasten_forum.stages import rules

_ = lazy("forum")
IDEAS, ALL, NONE = "ideas", "all", "none"
"""What the setting ``support`` of a forum may say."""
SETTINGS = [
    Field(
        "support", _("What people can support"), FieldKind.RADIO, default=IDEAS,
        choices=[(IDEAS, _("Ideas only")), (ALL, _("All contributions and replies")), (NONE, _("Nothing"))],
    ),
    Field("thanks", _("People can say thanks for a contribution"), FieldKind.CHECKBOX, default=True),
]  # fmt: skip
UNSYNCED = {"synchronize_session": False}
KEY = ["tenant_id", "post_id", "member_id", "kind"]


@dataclass(frozen=True, slots=True)
class Count:
    """How a post stands after a press."""

    post_id: int
    pressed: bool
    count: int
    slug: str
    """The topic's, for the way back."""


def offered(module: ModuleRef, topic_kind: str, number: int, post_kind: str) -> tuple[ReactionKind, ...]:
    """Name what may be said about a post with one press: the town decides for each forum."""
    if post_kind == PostKind.NOTICE or not number:
        return ()
    support = module.settings.get("support", IDEAS)
    found = []
    if support == ALL or (support == IDEAS and number == 1 and topic_kind == TopicKind.IDEA):
        found.append(ReactionKind.SUPPORT)
    if module.settings.get("thanks", True):
        found.append(ReactionKind.THANKS)
    return tuple(found)


def react(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    topic_id: int,
    number: int,
    kind: ReactionKind,
    *,
    pressed: bool,
) -> Count:
    """Support a post, thank for it, or take that back; pressing twice changes nothing more.

    Raises NotFound for what is not in view, Denied for one's own post and for what the forum does not offer, and as
    ``require`` and the states of forum and topic do.
    """
    require(session, actor, REACT, module)
    # Held as replying and moving hold it, so that no post changes its number or leaves meanwhile.
    topic = rules.topic_of(session, module, topic_id, locked=True)
    rules.need(session, actor, module, REACT, topic)
    post = _post(session, topic_id, number)
    if kind not in offered(module, topic.kind, number, post.kind):
        raise Denied(_("This forum does not offer that."))
    if post.author_id == actor.id:
        raise Denied(_("Others can support what you wrote, not you yourself."))
    changed = _press(session, actor, post.id, kind) if pressed else -_release(session, actor, post.id, kind)
    count: int = getattr(post, _column(kind)) + changed
    if changed:
        _count(session, topic_id if number == 1 else None, post.id, kind, changed)
    return Count(post.id, pressed, count, topic.slug)


def _post(session: Scope, topic_id: int, number: int) -> Any:
    columns = (Post.id, Post.kind, Post.author_id, Post.supports, Post.thanks)
    query = select(*columns).where(
        Post.topic_id == topic_id, Post.number == number, Post.visibility.in_(SHOWN)
    )
    post = session.execute(query).one_or_none()
    if post is None:
        raise NotFound
    return post


def _press(session: Scope, actor: MemberRef, post_id: int, kind: ReactionKind) -> int:
    row = insert(Reaction).values(
        tenant_id=session.tenant_id,
        post_id=post_id,
        member_id=actor.id,
        kind=kind.value,
        created_at=clock.now(),
    )
    once = row.on_conflict_do_nothing(index_elements=KEY).returning(Reaction.id)
    return len(session.execute(once).all())


def _release(session: Scope, actor: MemberRef, post_id: int, kind: ReactionKind) -> int:
    own = (Reaction.post_id == post_id, Reaction.member_id == actor.id, Reaction.kind == kind.value)
    gone = delete(Reaction).where(*own).returning(Reaction.id)
    return len(session.execute(gone, execution_options=UNSYNCED).all())


def _count(session: Scope, topic_id: int | None, post_id: int, kind: ReactionKind, changed: int) -> None:
    column = _column(kind)
    moved = update(Post).where(Post.id == post_id).values({column: getattr(Post, column) + changed})
    session.execute(moved, execution_options=UNSYNCED)
    if topic_id is not None and kind is ReactionKind.SUPPORT:
        beside = update(Topic).where(Topic.id == topic_id).values(supports=Topic.supports + changed)
        session.execute(beside, execution_options=UNSYNCED)


def _column(kind: ReactionKind) -> str:
    return "supports" if kind is ReactionKind.SUPPORT else "thanks"
