"""How far people have read: one row a person and topic, by the number of the last post they saw."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import BigInteger, Table, and_, any_, bindparam, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from baukasten.plugin import MemberRef
from baukasten.sdk import Scope, clock
from baukasten_forum.keys import Level
from baukasten_forum.listing import TOPIC
from baukasten_forum.readers import Follow, Position

POSITION: Table = Position.metadata.tables["forum_position"]
FOLLOW: Table = Follow.metadata.tables["forum_follow"]
FRESH = dt.timedelta(days=14)
"""How long a topic that somebody never opened counts as new for them."""

SEEN = text("""
    INSERT INTO forum_position (tenant_id, member_id, topic_id, number, read_at)
    VALUES (platform.current_tenant(), :member, :topic, :number, :now)
    ON CONFLICT (tenant_id, member_id, topic_id)
    DO UPDATE SET number = excluded.number, read_at = excluded.read_at
    WHERE forum_position.number < excluded.number
""")
# What others wrote meanwhile stays unread: an own post moves the mark only when it comes right after it.
WROTE = text("""
    INSERT INTO forum_position (tenant_id, member_id, topic_id, number, read_at)
    SELECT m.tenant_id, m.id, :topic, :number, :now FROM membership m WHERE m.id = :member
    ON CONFLICT (tenant_id, member_id, topic_id)
    DO UPDATE SET number = excluded.number, read_at = excluded.read_at
    WHERE forum_position.number = excluded.number - 1
""")
ALL = text("""
    INSERT INTO forum_position (tenant_id, member_id, topic_id, number, read_at)
    SELECT t.tenant_id, :member, t.id, t.last_number, :now
    FROM forum_topic t
    LEFT JOIN forum_position p ON p.tenant_id = t.tenant_id AND p.topic_id = t.id AND p.member_id = :member
    WHERE t.module_id = :module AND t.visibility IN ('published', 'folded')
        AND (CAST(:category AS bigint) IS NULL OR t.category_id = :category)
        AND (p.number < t.last_number OR (p.id IS NULL AND t.created_at > :since))
    ORDER BY t.id
    ON CONFLICT (tenant_id, member_id, topic_id)
    DO UPDATE SET number = greatest(forum_position.number, excluded.number), read_at = excluded.read_at
""")


def seen(session: Scope, member: MemberRef, topic_id: int, number: int) -> None:
    """Note that a member saw the posts of a topic up to a number; never goes back."""
    values = {"member": member.id, "topic": topic_id, "number": number, "now": clock.now()}
    session.execute(SEEN, values)


def wrote(session: Scope, member_id: int, topic_id: int, number: int) -> None:
    """Note that the post of a number is the member's own and thus no news; what came before it stays unread."""
    values = {"member": member_id, "topic": topic_id, "number": number, "now": clock.now()}
    session.execute(WROTE, values)


def read_all(session: Scope, member: MemberRef, module_id: int, category_id: int | None = None) -> None:
    """Note that all of a forum, or of one category of it, counts as read."""
    now = clock.now()
    values = {"member": member.id, "module": module_id, "category": category_id}
    session.execute(ALL, {**values, "now": now, "since": now - FRESH})


def unread_and_levels(
    session: Scope, member: MemberRef, module_id: int, topic_ids: Collection[int]
) -> tuple[set[int], dict[int, str]]:
    """Give what is unread among these topics, and the levels chosen for a forum (0) and its categories by id."""
    values = {"topics": list(topic_ids), "reader": member.id, "module": module_id}
    row = session.execute(LISTED, values).one()
    return set(row.unread or ()), {int(key): level for key, level in (row.levels or {}).items()}


def _new() -> ColumnElement[bool]:
    """Give the condition for what is new to ``reader`` among ``listing.TOPIC``.

    That is: unread posts in a topic that they opened, or a topic of the last fortnight that they have not opened.
    What they chose not to hear of is left out.
    """
    reader = bindparam("reader", type_=BigInteger)
    here = and_(
        POSITION.c.tenant_id == TOPIC.c.tenant_id,
        POSITION.c.topic_id == TOPIC.c.id,
        POSITION.c.member_id == reader,
    )
    behind = exists(select(POSITION.c.id).where(here, POSITION.c.number < TOPIC.c.last_number))
    unopened = and_(
        # The database's own clock: the statement is made once and for all.
        TOPIC.c.created_at > func.now() - FRESH,
        TOPIC.c.author_id.is_distinct_from(reader),
        ~exists(select(POSITION.c.id).where(here)),
    )
    silent = exists(
        select(FOLLOW.c.id).where(
            FOLLOW.c.tenant_id == TOPIC.c.tenant_id,
            FOLLOW.c.topic_id == TOPIC.c.id,
            FOLLOW.c.member_id == reader,
            FOLLOW.c.level == Level.MUTE.value,
        )
    )
    return and_(or_(behind, unopened), TOPIC.c.merged_into.is_(None), ~silent)


NEW = _new()
AMONG = select(TOPIC.c.id).where(TOPIC.c.id == any_(bindparam("topics", type_=ARRAY(BigInteger))), NEW)
_AMONG = AMONG.subquery()
LISTED = select(
    select(func.array_agg(_AMONG.c.id)).scalar_subquery().label("unread"),
    select(func.jsonb_object_agg(func.coalesce(FOLLOW.c.category_id, 0), FOLLOW.c.level))
    .where(
        FOLLOW.c.member_id == bindparam("reader", type_=BigInteger),
        FOLLOW.c.module_id == bindparam("module", type_=BigInteger),
        FOLLOW.c.topic_id.is_(None),
    )
    .scalar_subquery()
    .label("levels"),
)
