"""Counting anew: what topics and posts carry beside themselves, from the rows that it comes from."""

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select, update
from sqlalchemy.orm import Session, aliased

from baukasten.plugin import Job
from baukasten_forum.keys import PostKind, ReactionKind
from baukasten_forum.models import SHOWN, Address, Post, Topic
from baukasten_forum.readers import Reaction

BATCH = 500
UNSYNCED = {"synchronize_session": False}
COUNTERS = (
    "replies",
    "supports",
    "answers",
    "answered_at",
    "last_number",
    "last_post_at",
    "last_author_id",
    "last_byline",
)
PLACE = ("last_post_at", "last_author_id", "last_byline")
"""What stays as it was while nothing of a topic is in view."""


def topics(session: Session, ids: Collection[int]) -> int:
    """Count topics anew and store what differs; gives how many did. The caller holds the locks of their rows."""
    drifted = [row for row in session.execute(_truth(ids)) if _differs(row)]
    for row in drifted:
        values = {name: getattr(row, f"true_{name}") for name in COUNTERS}
        if not row.true_last_number:
            # Of a topic that is hidden whole there is nothing to see; it keeps its place in the lists.
            values |= {name: getattr(row, name) for name in PLACE}
        counted = update(Topic).where(Topic.id == row.id).values(values)
        session.execute(counted, execution_options=UNSYNCED)
    return len(drifted)


def newest(moment: dt.datetime) -> ColumnElement[dt.datetime]:
    """Give what ``last_post_at`` becomes with a post of this moment.

    Where nothing is in view, the column says only what the topic's place in the lists is, and that is no post's.
    """
    return case((Topic.last_number == 0, moment), else_=func.greatest(Topic.last_post_at, moment))


def reactions(session: Session, topic_ids: Collection[int]) -> int:
    """Count supports and thanks of the topics' posts anew; gives how many posts differed."""
    kinds = {kind: func.count().filter(Reaction.kind == kind.value) for kind in ReactionKind}
    counted = (
        select(
            Post.id,
            kinds[ReactionKind.SUPPORT].label("supports"),
            kinds[ReactionKind.THANKS].label("thanks"),
        )
        .outerjoin(Reaction, Reaction.post_id == Post.id)
        .where(Post.topic_id.in_(topic_ids))
        .group_by(Post.tenant_id, Post.id)
        .subquery()
    )
    changed = (
        update(Post)
        .where(
            Post.id == counted.c.id,
            (Post.supports != counted.c.supports) | (Post.thanks != counted.c.thanks),
        )
        .values(supports=counted.c.supports, thanks=counted.c.thanks)
        .returning(Post.id)
    )
    return len(session.execute(changed, execution_options=UNSYNCED).all())


def joined_by(post_id: int) -> tuple[ColumnElement[bool], ...]:
    """Give the conditions for topics that went into others and whose text this post was."""
    texts = select(Address.topic_id).where(Address.post_id == post_id, Address.number == 1)
    return Topic.merged_into.is_not(None), Topic.id.in_(texts)


def everything(session: Session) -> int:
    """Count a whole town anew, some hundred topics a transaction; gives how many rows had drifted."""
    drifted = 0
    for ids in _batches(session):
        # The same order as everywhere, so that nobody waits for somebody who waits for us.
        locked = select(Topic.id).where(Topic.id.in_(ids)).order_by(Topic.id).with_for_update()
        session.execute(locked)
        drifted += reactions(session, ids) + topics(session, ids)
        session.commit()
    return drifted


def _batches(session: Session) -> Iterator[list[int]]:
    last = 0
    while True:
        batch = select(Topic.id).where(Topic.id > last).order_by(Topic.id).limit(BATCH)
        ids = list(session.scalars(batch))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _counted(ids: Collection[int]) -> Subquery:
    shown = Post.visibility.in_(SHOWN)
    said = and_(shown, Post.kind != PostKind.NOTICE.value)
    answer = and_(shown, Post.kind == PostKind.ANSWER.value)
    return (
        select(
            Topic.id,
            func.count(Post.id).filter(said, Post.number > 1).label("replies"),
            func.coalesce(func.max(Post.supports).filter(Post.number == 1), 0).label("supports"),
            func.count(Post.id).filter(answer).label("answers"),
            func.min(Post.created_at).filter(answer).label("answered_at"),
            func.coalesce(func.max(Post.number).filter(said), 0).label("last_number"),
            func.max(Post.created_at).filter(said).label("last_post_at"),
        )
        .outerjoin(Post, Post.topic_id == Topic.id)
        .where(Topic.id.in_(ids))
        .group_by(Topic.tenant_id, Topic.id)
        .subquery()
    )


def _truth(ids: Collection[int]) -> Any:
    """Give the statement of what stands beside the topics, and what should."""
    counted, last = _counted(ids), aliased(Post)
    stored = [getattr(Topic, name) for name in COUNTERS]
    true: dict[str, Any] = {name: counted.c[name] for name in COUNTERS if name in counted.c}
    true |= {
        "last_author_id": last.author_id,
        "last_byline": func.coalesce(last.byline, ""),
    }
    return (
        select(Topic.id, *stored, *(true[name].label(f"true_{name}") for name in COUNTERS))
        .join(counted, counted.c.id == Topic.id)
        .outerjoin(last, and_(last.topic_id == Topic.id, last.number == counted.c.last_number))
    )


def _differs(row: Any) -> bool:
    names = [name for name in COUNTERS if row.true_last_number or name not in PLACE]
    return any(getattr(row, name) != getattr(row, f"true_{name}") for name in names)


def run(session: Session) -> None:
    """Count the town anew; as a job."""
    everything(session)


JOBS = [Job("forum.recount", run, every="40 3 * * *")]
