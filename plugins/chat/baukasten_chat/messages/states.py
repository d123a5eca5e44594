"""What leads a message into view and out of it: each change that everybody sees takes the room's next version."""

from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Visibility
from baukasten.sdk import Conflict, NotFound, Scope, clock
from baukasten_chat import rooms, wire
from baukasten_chat.messages import bells, mentions, ruled
from baukasten_chat.models import SHOWN, Message

UNSYNCED = {"synchronize_session": False}


def publish(session: Session, message_id: int) -> None:
    """Let a held message into view; raises Conflict when somebody else just did, or for one that was withdrawn."""
    row = locked(session, message_id)
    if row.visibility in SHOWN:
        raise Conflict
    _move(cast("Scope", session), row, Visibility.PUBLISHED)


def restore(session: Session, message_id: int) -> None:
    """Bring a message back to its number; one that never had a number gets its first."""
    _lead(session, message_id, Visibility.PUBLISHED)


def fold(session: Session, message_id: int) -> None:
    """Fold a message; its text is one click away."""
    _lead(session, message_id, Visibility.FOLDED)


def hide(session: Session, message_id: int) -> None:
    """Take a message out of view; its place and its number stay."""
    _lead(session, message_id, Visibility.HIDDEN)


def remove(session: Session, message_id: int) -> None:
    """Take a message out of view for good; its place and its number stay."""
    _lead(session, message_id, Visibility.REMOVED)


def reject(session: Session, message_id: int) -> None:
    """Keep a held message out of view for good."""
    _lead(session, message_id, Visibility.REMOVED)


def hold(session: Session, message_id: int) -> None:
    """Let a message wait again; it keeps the number that it had, and everybody sees that it is being checked."""
    _lead(session, message_id, Visibility.HELD)


def locked(session: Session, message_id: int) -> Any:
    """Give a message's row with its room's row held until the end of the transaction.

    Raises NotFound, and Conflict for what its author took back meanwhile: nothing is left to decide.
    """
    room_id = session.scalar(select(Message.room_id).where(Message.id == message_id))
    if room_id is None:
        raise NotFound
    rooms.lock(session, room_id)
    row = session.execute(select(Message.__table__).where(Message.id == message_id)).one_or_none()
    if row is None:
        raise NotFound
    if row.visibility == Visibility.WITHDRAWN:
        raise Conflict
    return row


def _lead(session: Session, message_id: int, goal: Visibility) -> None:
    _move(cast("Scope", session), locked(session, message_id), goal)


def _move(session: Scope, row: Any, goal: Visibility) -> None:
    """Lead a message into a state, and tell whom it concerns. The caller holds the room."""
    values: dict[Any, Any] = {"visibility": goal, "appears_at": None}
    fresh = row.number is None and goal in SHOWN
    # What was never in view changes nothing there.
    if fresh or row.number is not None:
        taken = rooms.advance(session, row.room_id, messages=int(fresh))
        values["version"] = taken.version
        if fresh:
            values |= {"number": taken.number, "published_at": clock.now()}
    changed = update(Message).where(Message.id == row.id).values(values)
    session.execute(changed, execution_options=UNSYNCED)
    if "version" in values:
        wire.tell_messages(session, row.room_id, values["version"], [row.id])
    if fresh and "@" in row.body:
        mentions.tell_later(session, row.id)
    if goal in ruled.DECIDED and row.number is not None:
        ruled.tell_later(session, row.id)
    bells.desk(session, row.room_id, row.id)
    bells.author(session, row, goal, values.get("number", row.number))
