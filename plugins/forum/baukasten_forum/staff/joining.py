"""Staff's three ways to put a discussion in order: join two topics, split one, move single posts; and sorting."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import MemberRef, ModuleRef, Outcome, lazy
from baukasten.sdk import Invalid, NotFound, Scope, publish_event, record, require, slug
from baukasten_forum import recount
from baukasten_forum.events import PostsMoved
from baukasten_forum.keys import MANAGE, PostKind, ReactionKind, TopicKind, TopicState
from baukasten_forum.models import Category, Topic
from baukasten_forum.readers import Reaction
from baukasten_forum.service import MAX_TITLE, SLUG_FALLBACK
from baukasten_forum.staff import carrying
from baukasten_forum.staff.models import Operation

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}
KEPT = ("outcome", "state", "merged_into", "accepted_number", "replies", "supports")
"""What a join changes in the row of a topic besides what is counted."""
MANY = 200
"""Topics that one sorting may name; a page of the list has fewer."""


def merge(session: Scope, actor: MemberRef, module: ModuleRef, source_id: int, target_id: int) -> int:
    """Put a topic's posts at the end of another; gives the operation's id, which undoing wants.

    Supports, follows and reading positions go along; the old address leads to the target. Raises NotFound, Denied,
    and Invalid for a topic and itself.
    """
    require(session, actor, MANAGE, module)
    if source_id == target_id:
        raise Invalid({"target": _("A topic cannot be joined with itself.")})
    topics = carrying.lock(session, module, (source_id, target_id))
    source, target = topics[source_id], topics[target_id]
    posts = carrying.posts_of(session, source_id)
    way = carrying.carry(session, source_id, target, posts)
    positions = carrying.carry_positions(session, source_id, target, way)
    before = {
        "source": source_id,
        "target": target_id,
        "posts": [asdict(one) for one in way],
        "positions": [asdict(one) for one in positions],
        "follows": carrying.copy_follows(session, source_id, target),
        "supports": _add_supports(session, posts, source, target),
        "topic": {name: getattr(source, name) for name in KEPT},
    }
    gone = {"merged_into": target_id, "outcome": Outcome.MERGED.value, "state": TopicState.LOCKED.value}
    joined = update(Topic).where(Topic.id == source_id).values(gone | {"accepted_number": None})
    session.execute(joined, execution_options=UNSYNCED)
    # A topic that was joined with the source goes where the source went.
    chained = update(Topic).where(Topic.merged_into == source_id).values(merged_into=target_id)
    before["chained"] = list(session.scalars(chained.returning(Topic.id), execution_options=UNSYNCED))
    carrying.settle(session, posts, source_id, target_id)
    return _done(session, actor, module, "merge", before, f"topic:{source_id}", into=target_id)


def split(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    topic_id: int,
    numbers: Collection[int],
    *,
    title: str,
    category_id: int | None = None,
) -> tuple[int, int]:
    """Begin a topic with posts of another one; gives the new topic's id and the operation's.

    The first of the posts becomes the text of the new topic. Raises NotFound, Denied, Invalid.
    """
    require(session, actor, MANAGE, module)
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE:
        raise Invalid({"title": _("Please give a title of at most 150 characters.")})
    if category_id is not None:
        _need_category(session, module, category_id)
    source = carrying.lock(session, module, (topic_id,))[topic_id]
    posts = _chosen(session, source, numbers)
    if not carrying.is_shown(posts[0]) or posts[0].kind == PostKind.NOTICE:
        raise Invalid(
            {"numbers": _("The first of the contributions must be in view, for it begins the topic.")}
        )
    target = Topic(
        module_id=module.id,
        category_id=category_id,
        title=title,
        slug=slug(title, fallback=SLUG_FALLBACK),
        kind=TopicKind.DISCUSSION if source.kind == TopicKind.REMARK else source.kind,
        author_id=posts[0].author_id,
        byline=posts[0].byline,
        next_number=1,
        last_number=0,
        created_at=posts[0].created_at,
        last_post_at=posts[-1].created_at,
    )
    session.add(target)
    session.flush()
    before = _carry(session, source, target, posts)
    before["follows"] = carrying.copy_follows(session, topic_id, target)
    operation = _done(session, actor, module, "split", before, f"topic:{topic_id}", into=target.id)
    return target.id, operation


def move(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    topic_id: int,
    numbers: Collection[int],
    target_id: int,
) -> int:
    """Put single posts at the end of another topic; gives the operation's id. Raises NotFound, Denied, Invalid."""
    require(session, actor, MANAGE, module)
    if topic_id == target_id:
        raise Invalid({"target": _("The contributions are in this topic already.")})
    topics = carrying.lock(session, module, (topic_id, target_id))
    posts = _chosen(session, topics[topic_id], numbers)
    before = _carry(session, topics[topic_id], topics[target_id], posts)
    return _done(session, actor, module, "move", before, f"topic:{topic_id}", into=target_id)


def sort(
    session: Scope, actor: MemberRef, module: ModuleRef, ids: Collection[int], category_id: int | None
) -> int:
    """Put topics under a category, or under none; gives the operation's id. Raises NotFound, Denied, Invalid."""
    require(session, actor, MANAGE, module)
    if not ids or len(ids) > MANY:
        raise Invalid({"topics": _("Please choose between one and 200 topics.")})
    if category_id is not None:
        _need_category(session, module, category_id)
    topics = carrying.lock(session, module, ids)
    sorted_ = update(Topic).where(Topic.id.in_(topics)).values(category_id=category_id)
    session.execute(sorted_, execution_options=UNSYNCED)
    before = {"categories": [[row.id, row.category_id] for row in topics.values()], "category": category_id}
    about = f"topic:{min(topics)}"
    return _done(session, actor, module, "sort", before, about, topics=len(topics), category=category_id)


def _carry(session: Scope, source: Any, target: Any, posts: Sequence[Any]) -> dict[str, Any]:
    """Carry posts with what hangs on them; gives what undoing needs."""
    way = carrying.carry(session, source.id, target, posts)
    positions = carrying.carry_positions(session, source.id, target, way)
    accepted = source.accepted_number if source.accepted_number in {one.old for one in way} else None
    if accepted is not None:
        cleared = update(Topic).where(Topic.id == source.id).values(accepted_number=None)
        session.execute(cleared, execution_options=UNSYNCED)
    carrying.settle(session, posts, source.id, target.id)
    return {
        "source": source.id,
        "target": target.id,
        "posts": [asdict(one) for one in way],
        "positions": [asdict(one) for one in positions],
        "accepted": accepted,
    }


def _chosen(session: Scope, source: Any, numbers: Collection[int]) -> list[Any]:
    """Give the posts with these numbers; refuses what cannot leave its topic."""
    if not numbers or len(numbers) > MANY:
        raise Invalid({"numbers": _("Please choose between one and 200 contributions.")})
    posts = carrying.posts_of(session, source.id, sorted(numbers))
    if len(posts) != len(set(numbers)):
        raise NotFound
    if posts[0].number == 1:
        whole = _(
            "The first contribution stays with its topic. Join the whole topic with the other one instead."
        )
        raise Invalid({"numbers": whole})
    if any(post.kind == PostKind.CONCLUSION for post in posts):
        raise Invalid({"numbers": _("A conclusion stays with what it concludes.")})
    return posts


def _add_supports(session: Scope, posts: Sequence[Any], source: Any, target: Any) -> list[int]:
    """Let who supported the one idea support the other, once; gives the ids of the new supports."""
    if not (source.kind == target.kind == TopicKind.IDEA):
        return []
    first = carrying.posts_of(session, target.id, [1])
    if not first or posts[0].number != 1:
        return []
    people = select(Reaction.tenant_id, first[0].id, Reaction.member_id, Reaction.kind, Reaction.created_at)
    theirs = people.where(
        Reaction.post_id == posts[0].id,
        Reaction.kind == ReactionKind.SUPPORT.value,
        Reaction.member_id.is_not(None),
        Reaction.member_id.is_distinct_from(target.author_id),
    )
    columns = ["tenant_id", "post_id", "member_id", "kind", "created_at"]
    added = insert(Reaction).from_select(columns, theirs).on_conflict_do_nothing().returning(Reaction.id)
    ids = list(session.scalars(added))
    recount.reactions(session, [target.id])
    return ids


def _need_category(session: Scope, module: ModuleRef, category_id: int) -> None:
    known = select(Category.id).where(Category.id == category_id, Category.module_id == module.id)
    if session.scalar(known) is None:
        raise NotFound


def _done(
    session: Scope,
    actor: MemberRef,
    module: ModuleRef,
    kind: str,
    before: dict[str, Any],
    about: str,
    **facts: Any,
) -> int:
    """Store what undoing needs, write the log, and tell those whom it concerns."""
    operation = Operation(module_id=module.id, kind=kind, actor_id=actor.id, before=before)
    session.add(operation)
    session.flush()
    record(session, actor, f"forum.topic.{kind}", about, operation=operation.id, **facts)
    if before.get("posts"):
        publish_event(session, PostsMoved(session.tenant_id or 0, operation.id))
        carrying.index_again(session, [post["post_id"] for post in before["posts"]])
    return operation.id
