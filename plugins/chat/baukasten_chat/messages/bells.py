"""Who hears of a message besides the room: those at the desk, and whoever wrote it."""

from typing import Any

from sqlalchemy import func, select

from baukasten.plugin import Visibility
from baukasten.sdk import Scope, ring
from baukasten_chat.keys import DESK
from baukasten_chat.models import Message

PERSON = "member"
"""The core's rooms of one person each."""


def waiting(session: Scope, room_id: int) -> int:
    """Count the messages of a room that are being checked; one statement."""
    held = (Message.room_id == room_id, Message.visibility == Visibility.HELD)
    return session.execute(select(func.count()).select_from(Message).where(*held)).scalar_one()


def desk(session: Scope, room_id: int, message_id: int) -> None:
    """Tell those at the desk that a message waits, or waits no more."""
    ring(session, DESK, room_id, {"message": message_id, "waiting": waiting(session, room_id)})


def author(session: Scope, row: Any, visibility: str, number: int | None) -> None:
    """Tell whoever wrote a message what has become of it; nobody else hears this."""
    if row.author_id is None:
        return
    told = {"id": row.id, "room": row.room_id, "nonce": row.nonce or "", "number": number}
    ring(session, PERSON, row.author_id, {"message": {**told, "visibility": str(visibility)}})
