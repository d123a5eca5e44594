"""How votes reach those who listen: at most once a second from each process, and never later than a job's turn."""

import datetime as dt
import threading
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock, enqueue, ring
from baukasten_chat.keys import ROOM
from baukasten_chat.models import SHOWN, Question
from baukasten_chat.questions import rows

JOB = "chat.votes"
PAUSE = dt.timedelta(seconds=1)
MOST = 300
"""Questions whose votes fit into one piece of news."""


class Beats:
    """When this process told each room last, and what changed there since."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self._lock = threading.Lock()
        self._told: dict[tuple[int, int], dt.datetime] = {}
        self._waiting: dict[tuple[int, int], set[int]] = {}

    def take(self, key: tuple[int, int], number: int, now: dt.datetime) -> set[int] | None:
        """Note a change; gives the numbers to tell of, empty for the first that has to wait, none for the others."""
        with self._lock:
            waiting = self._waiting.setdefault(key, set())
            first = not waiting
            waiting.add(number)
            last = self._told.get(key)
            if last is not None and last <= now < last + PAUSE:
                return set() if first else None
            self._told[key] = now
            return self._waiting.pop(key)


BEATS = Beats()


def beat(session: Scope, room_id: int, number: int) -> None:
    """Tell a room of a vote, or let it wait for the others of its second."""
    now = clock.now()
    due = BEATS.take((session.tenant_id or 0, room_id), number, now)
    if due:
        _tell(session, room_id, Question.number.in_(due))
    elif due is not None:
        # Whatever nobody's next vote takes along.
        lock = f"{JOB} {session.tenant_id} {room_id}"
        enqueue(session, JOB, queueing_lock=lock, schedule_at=now + PAUSE, room_id=room_id)


def counts(session: Session, room_id: int, *where: object) -> dict[int, int]:
    """Give the votes of questions that still wait for their answer, by number; one statement."""
    query = select(Question.number, Question.votes).where(
        Question.room_id == room_id,
        Question.state.in_(rows.UNDONE),
        Question.visibility.in_(SHOWN),
        *where,  # type: ignore[arg-type]
    )
    most_first = query.order_by(Question.votes.desc(), Question.id).limit(MOST)
    return {row.number: row.votes for row in session.execute(most_first) if row.number is not None}


def catch_up(session: Session, room_id: int) -> None:
    """Tell a room its votes as they are."""
    _tell(cast("Scope", session), room_id)


def _tell(session: Scope, room_id: int, *where: object) -> None:
    votes = counts(session, room_id, *where)
    if votes:
        ring(session, ROOM, room_id, {"votes": {str(number): count for number, count in votes.items()}})


JOBS = [Job(JOB, catch_up)]
