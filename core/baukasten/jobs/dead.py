"""Jobs that were given up: kept where an operator sees them, tried again on demand."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CursorResult, text

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.plugin.text import lazy

_ = lazy("core")

LIST = text(
    "SELECT j.id, j.args ->> 'key' AS key, (j.args ->> 'tenant_id')::bigint AS tenant_id, "
    "coalesce(j.args -> 'values' ->> 'plugin', '') AS plugin, coalesce(j.args -> 'values' ->> 'event', '') AS event, "
    "j.attempts, f.at, coalesce(f.error, '') AS error "
    "FROM jobs.procrastinate_jobs j LEFT JOIN jobs.failure f ON f.job_id = j.id "
    "WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT :limit"
)
COUNT = text("SELECT count(*) FROM jobs.procrastinate_jobs WHERE status = 'failed'")
# Its attempts begin anew, else a job that died of them would get a single one.
RETRY = text(
    "WITH chosen AS (SELECT id FROM jobs.procrastinate_jobs WHERE id = :id AND status = 'failed' FOR UPDATE) "
    "UPDATE jobs.procrastinate_jobs j SET status = 'todo', attempts = 0, scheduled_at = NULL "
    "FROM chosen WHERE j.id = chosen.id"
)
NOTE = text(
    "INSERT INTO jobs.failure (job_id, at, attempt, error) VALUES (:id, :at, :attempt, :error) "
    "ON CONFLICT (job_id) DO UPDATE SET at = excluded.at, attempt = excluded.attempt, error = excluded.error"
)
ERROR_LENGTH = 300


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A job that was given up; its values are left out, since they may tell about people."""

    id: int
    key: str
    tenant_id: int | None
    plugin: str
    """For an undelivered event: who did not take it, and which event it was."""
    event: str
    attempts: int
    at: dt.datetime | None
    error: str


def list_dead(session: Scope, limit: int = 100) -> list[DeadJob]:
    """Give the jobs that were given up, newest first; an operator's session."""
    return [DeadJob(**row) for row in session.execute(LIST, {"limit": limit}).mappings()]


def count_dead(session: Scope) -> int:
    """Tell how many jobs were given up."""
    count: int = session.execute(COUNT).scalar_one()
    return count


def retry(session: Scope, job_id: int) -> None:
    """Queue a given-up job again with all its attempts; raises NotFound where there is none."""
    _expect_one(session.execute(RETRY, {"id": job_id}))


def note(session: Scope, job_id: int, attempt: int, error: str) -> None:
    """Remember why an attempt failed."""
    session.execute(
        NOTE, {"id": job_id, "at": clock.now(), "attempt": attempt, "error": error[:ERROR_LENGTH]}
    )


def _expect_one(result: Any) -> None:
    if isinstance(result, CursorResult) and result.rowcount != 1:
        raise NotFound(_("There is no such failed job."))
