"""Running one job: its scope, its town, its language, and what becomes of it."""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from procrastinate import JobContext
from sqlalchemy import text

from baukasten.db.session import Database, Scope
from baukasten.errors import NotFound
from baukasten.jobs import dead
from baukasten.jobs.queue import enqueue
from baukasten.plugin.declarations import Job
from baukasten.plugin.faults import short
from baukasten.plugin.hooks import Answer
from baukasten.plugin.refs import TenantRef
from baukasten.plugin.validity import is_usable
from baukasten.plugin.work import Work, begin

log = logging.getLogger("baukasten.jobs")

OPEN_TOWNS = text("SELECT id FROM jobs.open_towns(:owner)")


class UnknownWorkError(Exception):
    """A queued job that nothing installed declares; kept among the failed until its plugin is back."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rooms above tell the worker, and what the process lends its jobs."""

    find_town: Callable[[Scope, int], TenantRef]
    """Gives a town by its number; raises NotFound."""
    active: Callable[[Scope], frozenset[str]]
    """Names the plugins that work for the session's town."""
    speaking: Callable[[TenantRef | None], AbstractContextManager[Any]]
    """Speaks a town's language while a job runs."""
    tools: Mapping[str, Any] = field(default_factory=dict)
    put_away: Callable[[], None] = lambda: None
    """Closes what the tools keep open between two jobs; they can be used again afterwards."""


class Runner:
    """Runs queued jobs one by one; safe to use from several threads."""

    def __init__(self, database: Database, surroundings: Surroundings) -> None:
        """Take the database and what is known about towns."""
        self._database = database
        self._around = surroundings
        self._jobs = database.contract.registry.jobs

    def run(self, context: JobContext, key: str, tenant_id: int | None, values: dict[str, Any]) -> None:
        """Run a job and commit what it wrote; raises what it raises, after noting it for the operator."""
        job_id, attempt = context.job.id or 0, context.job.attempts + 1
        try:
            self._attempt(job_id, attempt, self._declared(key), tenant_id, values)
        except Exception as error:
            # The traceback shows lines of code, and `short` the first line alone: the rest carries people's values.
            log.warning(
                "job %s %s, town %s: attempt %s failed: %s", job_id, key, tenant_id, attempt, _said(error)
            )
            self._note(job_id, attempt, error)
            raise

    def fan_out(self, timestamp: int, key: str) -> None:
        """Queue a periodic job, for each open town that has its plugin or once for the installation."""
        declared = self._jobs.get(key)
        if declared is None:
            return
        with self._database.session(None) as session:
            towns: list[int | None] = [None]
            if declared.value.per_tenant:
                towns = list(session.scalars(OPEN_TOWNS, {"owner": declared.plugin}))
            for town in towns:
                once = f"{key} {town or ''}"
                enqueue(session, key, tenant_id=town, queueing_lock=once)
            session.commit()
        log.debug("%s of %s queued for %s towns", key, timestamp, len(towns))

    def put_away(self) -> None:
        """Close what jobs kept open for the next one, as none is due."""
        self._around.put_away()

    def _declared(self, key: str) -> Answer[Job]:
        declared = self._jobs.get(key)
        if declared is None:
            raise UnknownWorkError(f"no plugin declares {key}")
        return declared

    def _attempt(
        self, job_id: int, attempt: int, declared: Answer[Job], tenant_id: int | None, values: dict[str, Any]
    ) -> None:
        key = declared.value.key
        with self._database.session(tenant_id) as session:
            town, active, hindrance = self._look_around(session, declared, tenant_id)
            if hindrance:
                log.info("job %s %s, town %s: skipped, %s", job_id, key, tenant_id, hindrance)
                return
            begin(session, Work(job_id, attempt, town, active, self._around.tools))
            with self._around.speaking(town):
                declared.value.run(session, **values)
            session.commit()

    def _look_around(
        self, session: Scope, declared: Answer[Job], tenant_id: int | None
    ) -> tuple[TenantRef | None, frozenset[str], str]:
        """Give the town, its plugins, and why the job may no longer run there; asked anew at each attempt."""
        if tenant_id is None:
            return None, frozenset(), ""
        try:
            town = self._around.find_town(session, tenant_id)
        except NotFound:
            return None, frozenset(), "the town is gone"
        if town.suspended and not declared.value.even_suspended:
            return town, frozenset(), "the town is suspended"
        active = self._around.active(session)
        off = not is_usable(declared.plugin, active)
        return town, active, f"the plugin {declared.plugin} is switched off" if off else ""

    def _note(self, job_id: int, attempt: int, error: Exception) -> None:
        with self._database.session(None) as session:
            dead.note(session, job_id, attempt, _said(error))
            session.commit()


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {short(error)}"
