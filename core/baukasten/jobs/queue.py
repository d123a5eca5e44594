"""Taking work in: a job is written in the caller's transaction, or not at all."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from baukasten.db.session import Scope
from baukasten.errors import BaukastenError

ENQUEUE = text("SELECT jobs.enqueue(CAST(:wanted AS jsonb), :lock, :once, CAST(:due AS timestamptz), :rank)")
ENQUEUE_ALL = text(
    "SELECT count(jobs.enqueue(CAST(one.wanted AS jsonb), NULL, one.once, CAST(:due AS timestamptz), 0)) "
    "FROM unnest(CAST(:wanted AS text[]), CAST(:once AS text[])) AS one (wanted, once)"
)
SAME = -1


class UnknownJobError(BaukastenError):
    """A job that nobody declared; a programmer's mistake, found before it is queued."""


def enqueue(
    session: Scope,
    key: str,
    *,
    tenant_id: int | None = SAME,
    lock: str | None = None,
    queueing_lock: str | None = None,
    schedule_at: dt.datetime | None = None,
    priority: int = 0,
    **values: Any,
) -> int | None:
    """Queue a declared job, to run after the session's transaction is committed; gives the job's number.

    ``tenant_id`` is the session's town unless said otherwise, None for work of the whole installation.
    Jobs with the same ``lock`` run one after the other. A job with a ``queueing_lock`` that waits already takes
    this one's place, and nothing is given. ``values`` travel as JSON. Raises UnknownJobError.
    """
    if key not in session.contract.registry.jobs:
        raise UnknownJobError(f"no job {key} is declared")
    town = session.tenant_id if tenant_id == SAME else tenant_id
    wanted = {
        "wanted": json.dumps({"key": key, "tenant_id": town, "values": values}),
        "lock": lock,
        "once": queueing_lock,
        "due": schedule_at,
        "rank": priority,
    }
    job_id: int | None = session.execute(ENQUEUE, wanted).scalar_one()
    return job_id


def enqueue_all(
    session: Scope, key: str, wanted: Mapping[str, Mapping[str, Any]], schedule_at: dt.datetime | None = None
) -> int:
    """Queue a job for each queueing lock with its values in one statement; gives how many were not waiting yet.

    For the session's town. Raises UnknownJobError.
    """
    if key not in session.contract.registry.jobs:
        raise UnknownJobError(f"no job {key} is declared")
    # In one order always, so that two sessions that queue the same never wait for each other in a circle.
    locks = sorted(wanted)
    jobs = [{"key": key, "tenant_id": session.tenant_id, "values": dict(wanted[lock])} for lock in locks]
    values = {"wanted": [json.dumps(job) for job in jobs], "once": locks, "due": schedule_at}
    queued: int = session.execute(ENQUEUE_ALL, values).scalar_one()
    return queued
