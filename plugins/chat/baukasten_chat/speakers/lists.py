"""The list of those who asked for the floor: who speaks, who comes next."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, or_, select, update

from baukasten.sdk import MEMBERS, NotFound, Scope
from baukasten_chat.hours.facts import MOST_SPEAKERS, ON_LIST
from baukasten_chat.keys import SpeakerState
from baukasten_chat.models import Speaker

ON_FLOOR = (SpeakerState.SPEAKING, SpeakerState.PAUSED)
UNSYNCED = {"synchronize_session": False}


def load(session: Scope, room_id: int) -> Sequence[Any]:
    """Give who speaks and who waits, in the order of the list, with names; one statement."""
    name = func.coalesce(MEMBERS.c.display_name, Speaker.name).label("shown")
    query = (
        select(*Speaker.__table__.c, name)
        .outerjoin(MEMBERS, MEMBERS.c.id == Speaker.member_id)
        .where(Speaker.room_id == room_id, Speaker.state.in_(ON_LIST))
        .order_by(Speaker.position, Speaker.id)
        .limit(MOST_SPEAKERS)
    )
    return session.execute(query).all()


def on_floor(rows: Sequence[Any]) -> Any:
    """Give who speaks, or has been stopped; nothing while nobody does."""
    return next((row for row in rows if row.state in ON_FLOOR), None)


def waiting(rows: Sequence[Any]) -> list[Any]:
    """Give those who wait."""
    return [row for row in rows if row.state == SpeakerState.WAITING]


def find(rows: Sequence[Any], speaker_id: int) -> Any:
    """Give somebody on the list; raises NotFound."""
    for row in rows:
        if row.id == speaker_id:
            return row
    raise NotFound


def spoken(row: Any, at: dt.datetime) -> int:
    """Give for how many whole seconds somebody has spoken until a moment."""
    running = (at - row.since).total_seconds() if row.since is not None else 0.0
    return int(row.seconds + max(0.0, running))


def is_first(session: Scope, room_id: int, member_id: int | None, name: str) -> bool:
    """Tell whether somebody has not spoken in a room yet; people in the hall are known by their names."""
    same = Speaker.member_id == member_id if member_id is not None else Speaker.name == name
    # Who was called and left after some words has spoken; who left while waiting has not.
    heard = or_(Speaker.state == SpeakerState.DONE, Speaker.seconds > 0)
    return not session.execute(select(exists().where(Speaker.room_id == room_id, same, heard))).scalar_one()


def put(
    session: Scope, room_id: int, rows: Sequence[Any], *, first: bool, at: dt.datetime, **who: Any
) -> int:
    """Add somebody at their place, and give the row's id: whoever speaks for the first time comes before the others."""
    queue = waiting(rows)
    newcomers = [row.position for row in queue if row.first]
    last = max((row.position for row in rows), default=0)
    place = last + 1
    if first and queue:
        place = max(newcomers) + 1 if newcomers else queue[0].position
        behind = (
            Speaker.room_id == room_id,
            Speaker.state == SpeakerState.WAITING,
            Speaker.position >= place,
        )
        moved = update(Speaker).where(*behind).values(position=Speaker.position + 1)
        session.execute(moved, execution_options=UNSYNCED)
    speaker = Speaker(room_id=room_id, first=first, position=place, created_at=at, **who)
    session.add(speaker)
    session.flush()
    return speaker.id


def change(session: Scope, speaker_id: int, **values: Any) -> None:
    """Set columns of somebody's row."""
    changed = update(Speaker).where(Speaker.id == speaker_id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
