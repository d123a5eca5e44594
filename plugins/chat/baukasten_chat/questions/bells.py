"""Whom news of a question concerns besides the room: those at the desk, and whoever asked."""

from typing import Any

from baukasten.sdk import Scope, ring
from baukasten_chat.keys import DESK

PERSON = "member"
"""The core's rooms of one person each."""


def desk(session: Scope, room_id: int, question_id: int) -> None:
    """Tell those at the desk that a question changed; they ask for it themselves."""
    ring(session, DESK, room_id, {"question": question_id})


def asker(session: Scope, row: Any, visibility: str, number: int | None) -> None:
    """Tell whoever asked what has become of their question; nobody else hears this."""
    if row.author_id is not None:
        told = {"id": row.id, "room": row.room_id, "number": number, "visibility": str(visibility)}
        ring(session, PERSON, row.author_id, {"question": told})
