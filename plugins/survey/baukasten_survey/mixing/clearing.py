"""Keys that must go, and batches whose keys are gone: said loudly once, tried again only where a key is back."""

import datetime as dt
import logging

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock, enqueue, record, strongroom
from baukasten_survey.keys import BatchState
from baukasten_survey.mixing.batches import PREFIX, key_name
from baukasten_survey.models import Batch

logger = logging.getLogger("baukasten_survey")
UNSYNCED = {"synchronize_session": False}
ORPHANED = dt.timedelta(days=7)
"""How old a key is that no batch will ever have: younger ones may belong to a transaction under way, or to the right
backup, which is restored once somebody has noticed that it was the wrong one."""
LOST = "survey.lost"
NO_KEY = "have no key on this machine, as after a restored backup"
CHANGED = "were changed in the database and do not open"


class LostKey(Exception):
    """Answers cannot be opened."""


def lose(session: Scope, survey_id: int, batch_id: int, answers: int, why: str) -> None:
    """Mark a batch as lost, in the town's log, in the process's, and among the jobs that the operator sees failed."""
    lost = update(Batch).where(Batch.id == batch_id).values(state=BatchState.LOST)
    session.execute(lost, execution_options=UNSYNCED)
    if not answers:
        return
    record(session, None, "survey.batch.lost", f"survey:{survey_id}", batch=batch_id, answers=answers)
    told = f"{answers} answers of survey {survey_id} {why} (batch {batch_id})"
    logger.error("town %s: %s; see docs/operate/backup.md", session.tenant_id, told)
    enqueue(session, LOST, said=told)


def say_lost(_session: Session, said: str) -> None:
    """Fail once, so that the loss stands among the operator's failed jobs until somebody has seen it."""
    raise LostKey(said)


def look_again(session: Scope) -> None:
    """Take lost batches up again whose keys are here after all, as where a folder was not mounted."""
    lying = {name for name, _ in strongroom(session).names()}
    if not lying:
        return
    lost = session.execute(select(Batch.id, Batch.public_key).where(Batch.state == BatchState.LOST))
    found = [one.id for one in lost if key_name(one.public_key) in lying]
    again = update(Batch).where(Batch.id.in_(found), Batch.state == BatchState.LOST)
    session.execute(again.values(state=BatchState.FULL), execution_options=UNSYNCED)
    session.commit()


def sweep(session: Scope) -> None:
    """Destroy the keys of batches that were mixed, and of those that never came to be."""
    room = strongroom(session)
    lying = [(name, since) for name, since in room.names() if name.startswith(PREFIX)]
    if not lying:
        return
    public = [bytes.fromhex(name.removeprefix(PREFIX)) for name, _ in lying]
    query = select(Batch.public_key, Batch.state).where(Batch.public_key.in_(public))
    states = {key_name(key): state for key, state in session.execute(query)}
    session.commit()
    old = (clock.now() - ORPHANED).timestamp()
    for name, since in lying:
        if states.get(name) == BatchState.FLUSHED or (name not in states and since < old):
            room.destroy(name)


JOBS = [Job(LOST, say_lost, max_attempts=1, even_suspended=True)]
