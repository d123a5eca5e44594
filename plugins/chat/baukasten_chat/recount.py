"""Counting anew: what rooms, messages and questions carry beside themselves, from the rows that it comes from."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from baukasten.plugin import Job
from baukasten_chat import rooms
from baukasten_chat.models import Message, Question, Room, Vote

BATCH = 500
UNSYNCED = {"synchronize_session": False}
# Kinds without a press stand in no count, so that an empty one and none are the same.
REACTIONS = text("""
    UPDATE chat_message m SET reactions = t.counts, version = CASE WHEN m.number IS NULL THEN NULL ELSE :version END
    FROM (
        SELECT o.tenant_id, o.id, coalesce((
            SELECT jsonb_object_agg(k.kind, k.n) FROM (
                SELECT r.kind, count(*) AS n FROM chat_reaction r
                WHERE r.tenant_id = o.tenant_id AND r.message_id = o.id GROUP BY r.kind
            ) k
        ), '{}') AS counts
        FROM chat_message o WHERE o.room_id = :room
    ) t
    WHERE m.tenant_id = t.tenant_id AND m.id = t.id AND m.reactions <> t.counts
    RETURNING m.id
""")


def everything(session: Session) -> int:
    """Count a whole town anew, a room a transaction; gives how many rows had drifted."""
    drifted = 0
    for ids in _batches(session):
        for room_id in ids:
            drifted += room(session, room_id)
            session.commit()
    return drifted


def room(session: Session, room_id: int) -> int:
    """Count a room anew while it is held; gives how many rows had drifted."""
    drifted = _counters(session, rooms.lock(session, room_id))
    drifted += _votes(session, room_id)
    # One version ahead of all, so that clients ask for what is put right.
    following = rooms.by_id(session, room_id).version + 1
    mended = len(session.execute(REACTIONS, {"room": room_id, "version": following}).all())
    if mended:
        rooms.advance(session, room_id)
    return drifted + mended


def _counters(session: Session, row: Any) -> int:
    """Put a room's counters where its rows are; they only ever go up."""
    wanted = {
        "number": _highest(session, Message.number, Message.room_id == row.id),
        "question_number": _highest(session, Question.number, Question.room_id == row.id),
        "version": max(
            _highest(session, Message.version, Message.room_id == row.id),
            _highest(session, Question.version, Question.room_id == row.id),
        ),
    }
    # The room's own changes take versions too, such as an announcement.
    behind = {name: value for name, value in wanted.items() if value > getattr(row, name)}
    if behind:
        session.execute(update(Room).where(Room.id == row.id).values(behind), execution_options=UNSYNCED)
    return len(behind)


def _votes(session: Session, room_id: int) -> int:
    # Votes hold their question alone; held here before they are counted, none comes in between.
    held = select(Question.id).where(Question.room_id == room_id).order_by(Question.id).with_for_update()
    session.execute(held)
    counted = (
        select(Question.id, func.count(Vote.id).label("votes"))
        .outerjoin(Vote, Vote.question_id == Question.id)
        .where(Question.room_id == room_id)
        .group_by(Question.tenant_id, Question.id)
        .subquery()
    )
    changed = (
        update(Question)
        .where(Question.id == counted.c.id, Question.votes != counted.c.votes)
        .values(votes=counted.c.votes)
        .returning(Question.id)
    )
    return len(session.execute(changed, execution_options=UNSYNCED).all())


def _highest(session: Session, column: InstrumentedAttribute[int | None], *where: Any) -> int:
    return session.scalar(select(func.coalesce(func.max(column), 0)).where(*where)) or 0


def _batches(session: Session) -> Iterator[Sequence[int]]:
    last = 0
    while ids := session.scalars(select(Room.id).where(Room.id > last).order_by(Room.id).limit(BATCH)).all():
        yield ids
        last = ids[-1]


def run(session: Session) -> None:
    """Count the town anew; as a job."""
    everything(session)


JOBS = [Job("chat.recount", run, every="50 3 * * *")]
