"""Telling a room which rule a message broke: the decision is written after the message has left view."""

from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Job, Visibility
from baukasten.sdk import Scope, enqueue, reasons
from baukasten_chat import rooms, wire
from baukasten_chat.keys import MESSAGE_TYPE
from baukasten_chat.models import Message

TELL_JOB = "chat.rule"
DECIDED = (Visibility.HIDDEN, Visibility.REMOVED)
"""Out of view by a decision, which names a rule."""
UNSYNCED = {"synchronize_session": False}


def tell_later(session: Scope, message_id: int) -> None:
    """Have the rule told of a message that leaves view, once this transaction is done."""
    enqueue(session, TELL_JOB, message_id=message_id)


def tell(session: Session, *, message_id: int) -> None:
    """Tell the rule of a message that a decision took out of view, with a version of its own."""
    scope = cast("Scope", session)
    reason = reasons(scope, MESSAGE_TYPE, [message_id]).get(message_id)
    row = _gone(session, message_id)
    if row is None or reason is None or not reason.rule:
        return
    rooms.lock(session, row.room_id)
    # Somebody may have brought it back while we waited.
    if _gone(session, message_id) is None:
        return
    version = rooms.advance(session, row.room_id).version
    changed = update(Message).where(Message.id == message_id).values(version=version)
    session.execute(changed, execution_options=UNSYNCED)
    wire.tell_messages(scope, row.room_id, version, [message_id], reason.rule)


def _gone(session: Session, message_id: int) -> Any:
    there = (Message.id == message_id, Message.number.is_not(None), Message.visibility.in_(DECIDED))
    return session.execute(select(Message.room_id).where(*there)).one_or_none()


JOBS = [Job(TELL_JOB, tell)]
