"""Changes of a room's own facts: stored under its lock, with the next version, told to everybody in it."""

from typing import Any

from sqlalchemy import update

from baukasten.plugin import ModuleRef
from baukasten.sdk import Scope
from baukasten_chat import rooms, wire
from baukasten_chat.hours import facts
from baukasten_chat.models import Room

UNSYNCED = {"synchronize_session": False}


def change(session: Scope, module: ModuleRef, room_id: int, **values: Any) -> Any:
    """Set columns of a room, tell its facts, and give its row; without values only what its hours say is new."""
    if values:
        changed = update(Room).where(Room.id == room_id).values(values)
        session.execute(changed, execution_options=UNSYNCED)
    taken = rooms.advance(session, room_id)
    wire.tell(session, room_id, taken.version, facts=facts.room_facts(session, module, taken.room))
    return taken.room
