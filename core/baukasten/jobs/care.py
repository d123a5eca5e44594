"""Care for the queue itself: jobs that a dead worker left, and failures grown old."""

import datetime as dt
import logging

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.jobs import dead

log = logging.getLogger("baukasten.jobs")

SILENCE = 30.0
"""Seconds without a sign of life after which a worker counts as dead; they give one every ten."""
KEPT = dt.timedelta(days=30)
"""How long a failed job is kept: its values may tell about people."""

STALLED = text(
    "SELECT j.id, j.attempts + 1 AS attempt, j.args ->> 'key' AS key "
    "FROM jobs.procrastinate_jobs j LEFT JOIN jobs.procrastinate_workers w ON w.id = j.worker_id "
    "WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => :silence)) "
    "ORDER BY j.id FOR UPDATE OF j SKIP LOCKED"
)
AGAIN = text("SELECT jobs.procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)")
GIVE_UP = text("SELECT jobs.procrastinate_finish_job_v1(:id, 'failed', false)")
FORGET = text(
    "DELETE FROM jobs.procrastinate_jobs j USING jobs.failure f "
    "WHERE f.job_id = j.id AND j.status = 'failed' AND f.at < :before"
)


def pick_up_stalled(session: Scope, *, silence: float = SILENCE) -> None:
    """Queue again what dead workers were doing.

    A job that keeps taking its worker down with it counts these deaths as attempts and ends among the failed.
    """
    for job in session.execute(STALLED, {"silence": silence}).all():
        declared = session.contract.registry.jobs.get(job.key)
        if declared is not None and job.attempt < declared.value.max_attempts:
            session.execute(AGAIN, {"id": job.id})
            log.warning("job %s %s: its worker died, queued again", job.id, job.key)
        else:
            session.execute(GIVE_UP, {"id": job.id})
            dead.note(session, job.id, job.attempt, "the worker died")
            log.error("job %s %s: its worker died, given up", job.id, job.key)


def forget_old(session: Scope) -> None:
    """Delete failed jobs that nobody retried for a month."""
    session.execute(FORGET, {"before": clock.now() - KEPT})
