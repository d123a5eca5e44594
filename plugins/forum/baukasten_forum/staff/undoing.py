"""Taking back what staff did with topics and posts, within a day, as if it had not been."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, select, update

from baukasten.plugin import MemberRef, ModuleRef, Visibility, lazy
from baukasten.sdk import Conflict, NotFound, Scope, clock, record, require
from baukasten_forum import recount
from baukasten_forum.keys import MANAGE
from baukasten_forum.models import Category, Post, Topic
from baukasten_forum.readers import Follow, Position, Reaction
from baukasten_forum.staff import carrying
from baukasten_forum.staff.models import Operation

_ = lazy("forum")
UNSYNCED = {"synchronize_session": False}
WINDOW = dt.timedelta(hours=24)
RESTORED = ("outcome", "state", "merged_into", "accepted_number")


def recent(session: Scope, module: ModuleRef) -> list[Operation]:
    """Give what can still be taken back in a forum, newest first."""
    since = clock.now() - WINDOW
    query = select(Operation).where(
        Operation.module_id == module.id, Operation.undone_at.is_(None), Operation.created_at > since
    )
    return list(session.scalars(query.order_by(Operation.id.desc())))


def undo(session: Scope, actor: MemberRef, module: ModuleRef, operation_id: int) -> None:
    """Put everything back where it was; what was written meanwhile stays, in the topic that remains.

    Raises NotFound, Denied, and Conflict when it was done already, is older than a day, or later work builds on it.
    """
    require(session, actor, MANAGE, module)
    wanted = select(Operation).where(Operation.id == operation_id, Operation.module_id == module.id)
    operation = session.scalar(wanted.with_for_update())
    if operation is None:
        raise NotFound
    if operation.undone_at is not None:
        raise Conflict(_("This was undone already."))
    if operation.created_at <= clock.now() - WINDOW:
        raise Conflict(_("This is more than a day ago and can no longer be undone."))
    if operation.kind == "sort":
        _sort_back(session, operation.before)
    else:
        _carry_back(session, module, operation.kind, operation.before)
    operation.undone_at, operation.undone_by = clock.now(), actor.id
    session.flush()
    record(session, actor, "forum.topic.undo", f"operation:{operation.id}")


def _carry_back(session: Scope, module: ModuleRef, kind: str, before: Mapping[str, Any]) -> None:
    source_id, target_id = before["source"], before["target"]
    topics = carrying.hold(session, module, (source_id, target_id))
    # What a topic that was joined since would get back, nobody could see there.
    if topics[target_id if kind == "merge" else source_id].merged_into is not None:
        raise Conflict(_("Some of these contributions were moved again. Please undo that first."))
    _put_back(session, topics[source_id], target_id, before["posts"])
    _forget(session, before)
    if kind == "merge":
        _part_again(session, source_id, before)
    if kind == "split":
        _close_down(session, topics, source_id, target_id)
    if before.get("accepted") is not None:
        _set(session, source_id, accepted_number=before["accepted"])
    _restore_positions(session, target_id, before["positions"])
    ids = [post["post_id"] for post in before["posts"]]
    posts = [post for post in carrying.posts_of(session, source_id) if post.id in ids]
    _heed_meanwhile(session, source_id, posts)
    carrying.settle(session, posts, source_id, target_id)
    carrying.index_again(session, ids)


def _put_back(session: Scope, source: Any, target_id: int, posts: Iterable[Mapping[str, Any]]) -> None:
    """Give the posts their old numbers; what was held and came into view meanwhile gets a new one."""
    way = {post["post_id"]: post for post in posts}
    now_at = select(Post.id, Post.topic_id, Post.number).where(Post.id.in_(way)).order_by(Post.id)
    numbers: dict[int, int | None] = {}
    left: dict[int, int | None] = {}
    following = source.next_number
    for post in session.execute(now_at):
        recorded = way[post.id]
        appeared = recorded["new"] is None and post.number is not None
        if post.topic_id != target_id or (post.number != recorded["new"] and not appeared):
            raise Conflict(_("Some of these contributions were moved again. Please undo that first."))
        numbers[post.id] = following if appeared else recorded["old"]
        following += appeared
        left[post.id] = post.number
    carrying.put(session, source.id, numbers)
    carrying.remember_addresses(session, target_id, left)
    if following != source.next_number:
        _set(session, source.id, next_number=following)


def _forget(session: Scope, before: Mapping[str, Any]) -> None:
    """Take away the follows and supports that came with the posts."""
    for model, ids in ((Follow, before.get("follows", ())), (Reaction, before.get("supports", ()))):
        gone = delete(model).where(model.id.in_(ids))
        session.execute(gone, execution_options=UNSYNCED)
    if before.get("supports"):
        recount.reactions(session, [before["target"]])


def _part_again(session: Scope, source_id: int, before: Mapping[str, Any]) -> None:
    _set(session, source_id, **{name: before["topic"][name] for name in RESTORED})
    chained = update(Topic).where(Topic.id.in_(before["chained"])).values(merged_into=source_id)
    session.execute(chained, execution_options=UNSYNCED)


def _close_down(session: Scope, topics: Mapping[int, Any], source_id: int, target_id: int) -> None:
    """Take a split-off topic away; replies that it got meanwhile go to the end of the one it came from."""
    later = carrying.posts_of(session, target_id)
    if later:
        fresh = select(*carrying.WHOLE).where(Topic.id == source_id)
        carrying.carry(session, target_id, session.execute(fresh).one(), later)
    if topics[target_id].merged_into is not None:
        raise Conflict(_("Some of these contributions were moved again. Please undo that first."))
    _set(session, target_id, merged_into=source_id, visibility=Visibility.REMOVED.value)


def _heed_meanwhile(session: Scope, topic_id: int, posts: Iterable[Any]) -> None:
    """Let what left view while it stood elsewhere have the effect that it would have had at its own place."""
    for post in posts:
        if post.number is None or carrying.is_shown(post):
            continue
        topic = update(Topic).where(Topic.id == topic_id)
        solved = topic.where(Topic.accepted_number == post.number).values(accepted_number=None)
        session.execute(solved, execution_options=UNSYNCED)
        if post.number == 1 and post.visibility != Visibility.WITHDRAWN:
            # Whoever hides a topic's text hides the topic.
            session.execute(topic.values(visibility=post.visibility), execution_options=UNSYNCED)


def _restore_positions(session: Scope, target_id: int, positions: Iterable[Mapping[str, Any]]) -> None:
    """Let readers who did not read on stand where they stood."""
    moved = {one["member_id"]: one for one in positions}
    now_at = select(Position.member_id, Position.number).where(
        Position.topic_id == target_id, Position.member_id.in_(moved)
    )
    unmoved = [member for member, number in session.execute(now_at) if number == moved[member]["after"]]
    back = {member: moved[member]["before"] for member in unmoved if moved[member]["before"] is not None}
    carrying.set_positions(session, target_id, back)
    new = [member for member in unmoved if member not in back]
    gone = delete(Position).where(Position.topic_id == target_id, Position.member_id.in_(new))
    session.execute(gone, execution_options=UNSYNCED)


def _sort_back(session: Scope, before: Mapping[str, Any]) -> None:
    known = set(session.scalars(select(Category.id)))
    for topic_id, category_id in before["categories"]:
        wanted = category_id if category_id in known else None
        back = update(Topic).where(
            Topic.id == topic_id, Topic.category_id.is_not_distinct_from(before["category"])
        )
        session.execute(back.values(category_id=wanted), execution_options=UNSYNCED)


def _set(session: Scope, topic_id: int, **values: Any) -> None:
    changed = update(Topic).where(Topic.id == topic_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
