"""Rooms that slow themselves while very much is said, and are as fast as before once it is calmer."""

import datetime as dt
from typing import Any

from sqlalchemy import select, update

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope, clock
from baukasten_chat import rooms, wire
from baukasten_chat.limits import pace, wishes
from baukasten_chat.models import Message, Room

WITHIN = dt.timedelta(minutes=1)
"""Messages are counted, and a room stays slow, for so long."""
AGAIN = dt.timedelta(seconds=30)
"""A room that stays slow longer than that is not told so again."""
UNSYNCED = {"synchronize_session": False}


def note(session: Scope, module: ModuleRef, room: Any) -> None:
    """Slow a room that has just got its newest message, if there were too many within a minute; one statement mostly.

    ``room`` is its row as ``rooms.advance`` gave it, held by the caller. Everybody is told of the pause and its end.
    """
    at, most = clock.now(), wishes.of(module).busy_per_minute
    if not most or room.number <= most or pace.is_busy(room, at + AGAIN):
        return
    # Numbers have no gaps: the one that came so many before tells how long they took.
    before = (Message.room_id == room.id, Message.number == room.number - most)
    then = session.scalar(select(Message.published_at).where(*before))
    if then is None or then <= at - WITHIN:
        return
    slowed = update(Room).where(Room.id == room.id).values(slowed_until=at + WITHIN)
    session.execute(slowed, execution_options=UNSYNCED)
    taken = rooms.advance(session, room.id)
    facts = {"slow": pace.pause_of(module, taken.room, at), "slow_until": wire.moment(at + WITHIN)}
    wire.tell(session, room.id, taken.version, facts=facts)
