"""Messages that come into view by themselves after some seconds, unless a moderator stopped them before."""

import datetime as dt

from sqlalchemy import select, update

from baukasten.plugin import ContentRef, Job, ModuleRef, Visibility
from baukasten.sdk import Scope, Submission, clock, enqueue, let_in
from baukasten_chat.keys import MESSAGE_TYPE
from baukasten_chat.limits import holding
from baukasten_chat.models import Message

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
        _wake(session, at)


def appear(session: Scope) -> None:
    """Let in whatever has waited long enough, in the order in which it came; what somebody stopped stays away."""
    mine = (Message.visibility == Visibility.HELD, Message.appears_at.is_not(None))
    query = select(Message.id).where(*mine, Message.appears_at <= clock.now())
    for message_id in session.scalars(query.order_by(Message.appears_at, Message.id).limit(AT_ONCE)).all():
        if not let_in(session, ContentRef(MESSAGE_TYPE, message_id)):
            stays = update(Message).where(Message.id == message_id).values(appears_at=None)
            session.execute(stays, execution_options=UNSYNCED)
    following = select(Message.appears_at).where(*mine).order_by(Message.appears_at).limit(1)
    at = session.scalar(following)
    if at is not None:
        _wake(session, at)


def _wake(session: Scope, at: dt.datetime) -> None:
    enqueue(session, APPEAR_JOB, queueing_lock=f"{APPEAR_JOB} {session.tenant_id}", schedule_at=at)


JOBS = (Job(APPEAR_JOB, appear),)
