"""Carrying posts from one topic to another: numbers, old addresses, reading positions, counters."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, column, delete, func, select, update, values
from sqlalchemy.dialects.postgresql import insert

from baukasten.plugin import ContentEdited, ContentRef, ModuleRef, Visibility
from baukasten.sdk import NotFound, Scope, clock, companions_follow, enqueue, publish_event
from baukasten_forum import outcomes, recount
from baukasten_forum.keys import POST_TYPE, PostKind
from baukasten_forum.models import SHOWN, Address, Post, Topic
from baukasten_forum.readers import Follow, Position

UNSYNCED = {"synchronize_session": False}
ONE_BY_ONE = 50
"""More posts are not indexed one by one; the whole index is made anew instead."""
SOON = dt.timedelta(minutes=1)
WHOLE = Topic.__table__.c


@dataclass(frozen=True, slots=True)
class Carried:
    """A post's way: its number before (none while it is held) and after."""

    post_id: int
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A reading position that changed with the posts."""

    member_id: int
    before: int | None
    after: int


def lock(session: Scope, module: ModuleRef, ids: Iterable[int]) -> dict[int, Any]:
    """Give topics of a forum with their rows held, in one order for everybody, as replying holds them.

    Raises NotFound when one is missing, stands in another forum, or was joined with another one.
    """
    found = hold(session, module, ids)
    if any(row.visibility not in SHOWN or row.merged_into is not None for row in found.values()):
        raise NotFound
    return found


def hold(session: Scope, module: ModuleRef, ids: Iterable[int]) -> dict[int, Any]:
    """Do the same with topics in any state. Raises NotFound when one is missing or stands in another forum."""
    wanted = sorted(set(ids))
    query = select(*WHOLE).where(Topic.id.in_(wanted), Topic.module_id == module.id)
    rows = session.execute(query.order_by(Topic.id).with_for_update()).all()
    if [row.id for row in rows] != wanted:
        raise NotFound
    return {row.id: row for row in rows}


def carry(session: Scope, source_id: int, target: Any, posts: Sequence[Any]) -> list[Carried]:
    """Give posts (id, number) their place at the end of the target, in the order given.

    Their old addresses lead to them from now on. The caller holds both topics.
    """
    number = target.next_number
    way = []
    for post in posts:
        way.append(Carried(post.id, post.number, None if post.number is None else number))
        number += post.number is not None
    put(session, target.id, {one.post_id: one.new for one in way})
    remember_addresses(session, source_id, {one.post_id: one.old for one in way})
    grown = update(Topic).where(Topic.id == target.id).values(next_number=number)
    session.execute(grown, execution_options=UNSYNCED)
    return way


def put(session: Scope, topic_id: int, numbers: Mapping[int, int | None]) -> None:
    """Place posts in a topic under these numbers, in one statement."""
    if not numbers:
        return
    new = values(column("post", BigInteger), column("number", BigInteger), name="new").data(
        [(post, number) for post, number in numbers.items()]
    )
    placed = update(Post).where(Post.id == new.c.post)
    placed = placed.values(topic_id=topic_id, number=new.c.number, kept_number=None, was_accepted=False)
    session.execute(placed, execution_options=UNSYNCED)
    # A post that comes back to its number needs no address there.
    known = delete(Address).where(Address.topic_id == topic_id, Address.post_id.in_(numbers))
    session.execute(known, execution_options=UNSYNCED)
    companions_follow(session, [ContentRef(POST_TYPE, post_id) for post_id in numbers])


def remember_addresses(session: Scope, topic_id: int, numbers: Mapping[int, int | None]) -> None:
    """Let numbers that posts leave lead to where those are from now on."""
    rows = [
        {"tenant_id": session.tenant_id, "topic_id": topic_id, "number": number, "post_id": post}
        for post, number in numbers.items()
        if number is not None
    ]
    if rows:
        session.execute(insert(Address), rows)


def carry_positions(session: Scope, source_id: int, target: Any, way: Sequence[Carried]) -> list[Moved]:
    """Let readers keep what they read: who had read the whole target has read in it what they read before.

    One position cannot say "all of this and half of that": who had not finished the target goes on there.
    """
    old = sorted(one.old for one in way if one.old is not None)
    readers = select(Position.member_id, Position.number)
    there = dict(iter(session.execute(readers.where(Position.topic_id == target.id))))
    changed = []
    for member_id, number in session.execute(readers.where(Position.topic_id == source_id)):
        read = bisect_right(old, number)
        before = there.get(member_id)
        if read and (before or 0) >= target.last_number:
            changed.append(Moved(member_id, before, target.next_number - 1 + read))
    set_positions(session, target.id, {one.member_id: one.after for one in changed})
    return changed


def set_positions(session: Scope, topic_id: int, numbers: Mapping[int, int]) -> None:
    """Write how far members have read in a topic."""
    rows = [
        {
            "tenant_id": session.tenant_id,
            "member_id": member,
            "topic_id": topic_id,
            "number": number,
            "read_at": clock.now(),
        }
        for member, number in numbers.items()
    ]
    if not rows:
        return
    row = insert(Position)
    upsert = row.on_conflict_do_update(
        index_elements=["tenant_id", "member_id", "topic_id"], set_={"number": row.excluded.number}
    )
    session.execute(upsert, rows)


def copy_follows(session: Scope, source_id: int, target: Any) -> list[int]:
    """Let those who follow or mute the source do so at the target, unless they chose there; gives the new ids."""
    chosen = select(
        Follow.tenant_id, Follow.member_id, Follow.level, func.now(), Topic.module_id, Topic.id
    ).join(Topic, Topic.id == target.id)
    columns = ["tenant_id", "member_id", "level", "created_at", "module_id", "topic_id"]
    copied = insert(Follow).from_select(columns, chosen.where(Follow.topic_id == source_id))
    return list(session.scalars(copied.on_conflict_do_nothing().returning(Follow.id)))


def posts_of(session: Scope, topic_id: int, numbers: Sequence[int] | None = None) -> list[Any]:
    """Give a topic's posts in order, or those with these numbers; what waits for moderation comes last."""
    columns = (Post.id, Post.number, Post.kind, Post.visibility, Post.author_id, Post.byline, Post.created_at)
    query = select(*columns)
    query = query.where(Post.topic_id == topic_id)
    if numbers is not None:
        query = query.where(Post.number.in_(numbers))
    return list(session.execute(query.order_by(Post.number.nulls_last(), Post.id)).all())


def settle(session: Scope, posts: Iterable[Any], *topic_ids: int) -> None:
    """Count the topics anew after posts moved between them, and let the answers that each has now decide."""
    session.flush()
    recount.topics(session, topic_ids)
    if any(post.kind == PostKind.ANSWER for post in posts):
        for topic_id in topic_ids:
            outcomes.settle(session, topic_id)


def index_again(session: Scope, post_ids: Sequence[int]) -> None:
    """Let the search learn the new titles and addresses of posts in view."""
    if len(post_ids) > ONE_BY_ONE:
        once = f"search.rebuild {session.tenant_id}"
        enqueue(session, "search.rebuild", queueing_lock=once, schedule_at=clock.now() + SOON)
        return
    shown = select(Post.id).where(Post.id.in_(post_ids), Post.visibility.in_(SHOWN))
    for post_id in session.scalars(shown.order_by(Post.id)):
        publish_event(session, ContentEdited(session.tenant_id or 0, POST_TYPE, post_id))


def is_shown(post: Any) -> bool:
    """Tell whether everybody sees a post."""
    return Visibility(post.visibility) in SHOWN
