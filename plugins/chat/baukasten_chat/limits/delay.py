"""Messages that come into view by themselves after some seconds, unless a moderator stopped them before."""

import datetime as dt

from sqlalchemy import func, select, update

from baukasten.plugin import ContentRef, Job, ModuleRef, Visibility
from baukasten.sdk import Scope, Submission, clock, enqueue, let_in
from baukasten_chat.keys import MESSAGE_TYPE
from baukasten_chat.limits import holding
from baukasten_chat.models import Message, Room

APPEAR_JOB = "chat.appear"
AT_ONCE = 500
"""Messages that one run lets in; whatever is left is the next one's."""
UNSYNCED = {"synchronize_session": False}


def plan(session: Scope, module: ModuleRef, done: Submission) -> None:
    """Note when a submitted message appears by itself, or that it does not; for new ones and new wordings alike."""
    at = holding.appears_at(module, done, clock.now())
    values = update(Message).where(Message.id == done.ref.id).values(appears_at=at)
    session.execute(values, execution_options=UNSYNCED)
    if at is not None:
        _wake(session, module.id, at)


def appear(session: Scope) -> None:
    """Let in whatever has waited long enough, in the order in which it came; what somebody stopped stays away.

    Each in a transaction of its own, so that nobody who writes waits for the whole queue.
    """
    mine = (Message.visibility == Visibility.HELD, Message.appears_at.is_not(None))
    query = select(Message.id).where(*mine, Message.appears_at <= clock.now())
    for message_id in session.scalars(query.order_by(Message.appears_at, Message.id).limit(AT_ONCE)).all():
        if not let_in(session, ContentRef(MESSAGE_TYPE, message_id)):
            stays = update(Message).where(Message.id == message_id).values(appears_at=None)
            session.execute(stays, execution_options=UNSYNCED)
        session.commit()
    following = select(Room.module_id, func.min(Message.appears_at)).join(Room, Room.id == Message.room_id)
    for module_id, at in session.execute(following.where(*mine).group_by(Room.module_id)).all():
        if at is not None:
            _wake(session, module_id, at)


def _wake(session: Scope, module_id: int, at: dt.datetime) -> None:
    """Come back for a room's next message; rooms with another delay are not kept waiting by it."""
    lock = f"{APPEAR_JOB} {session.tenant_id} {module_id}"
    enqueue(session, APPEAR_JOB, queueing_lock=lock, schedule_at=at)


JOBS = (Job(APPEAR_JOB, appear),)
