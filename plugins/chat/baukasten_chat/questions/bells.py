"""Whom news of a question concerns besides the room: those at the desk, and whoever asked."""

from baukasten.sdk import Scope, ring
from baukasten_chat.keys import DESK

PERSON = "member"
"""The core's rooms of one person each."""


def desk(session: Scope, room_id: int, question_id: int) -> None:
    """Tell those at the desk that a question changed; they ask for it themselves."""
    ring(session, DESK, room_id, {"question": question_id})


def asker(session: Scope, author_id: int | None, question_id: int, visibility: str) -> None:
    """Tell whoever asked that somebody decided about their question."""
    if author_id is not None:
        ring(session, PERSON, author_id, {"question": {"id": question_id, "visibility": visibility}})
