"""The worker: takes jobs from the queue and runs them, each in a session of its own in the scope of its town."""

import asyncio
import datetime as dt
import logging
import signal
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.jobs import Job as QueuedJob
from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Database
from baukasten.jobs.functions import TASK
from baukasten.jobs.run import Runner, Surroundings, UnknownWorkError
from baukasten.jobs.schema import SEARCH_PATH
from baukasten.plugin.contract import Contract

log = logging.getLogger("baukasten.jobs")

EVERY = "baukasten.every"
CONCURRENCY = 4
"""Jobs at a time in one process; each holds one connection."""
GRACE = 30.0
"""Seconds that running jobs get to end when the worker is stopped; what is left runs again elsewhere."""
RECONNECT = 5.0
POLL = 5.0
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(seconds=10), dt.timedelta(hours=1)


def pause_after(attempt: int) -> dt.timedelta:
    """Give the pause after a failed attempt, the first being 1: 10 s, 20 s, 40 s, … at most an hour."""
    return min(FIRST_PAUSE * (1 << min(attempt - 1, 16)), LONGEST_PAUSE)


DUE = text(
    "SELECT id, attempts FROM jobs.procrastinate_jobs "
    "WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id"
)


class Patience(procrastinate.BaseRetryStrategy):
    """Decides after a failure whether and when a job is tried again, as its declaration says."""

    def __init__(self, contract: Contract, pause: Callable[[int], dt.timedelta]) -> None:
        """Take the declared jobs and the pauses between attempts."""
        self._jobs = contract.registry.jobs
        self._pause = pause

    def get_retry_decision(
        self, *, exception: BaseException, job: QueuedJob
    ) -> procrastinate.RetryDecision | None:
        """Give the moment of the next attempt, or nothing to give the job up."""
        declared = self._jobs.get(str(job.task_kwargs.get("key")))
        attempt = job.attempts + 1
        if declared is None or isinstance(exception, UnknownWorkError):
            return None
        if attempt >= declared.value.max_attempts:
            return None
        return procrastinate.RetryDecision(retry_at=clock.now() + self._pause(attempt))


class Worker:
    """Runs jobs until it is stopped; any number of workers share a queue."""

    def __init__(
        self,
        database: Database,
        surroundings: Surroundings,
        *,
        concurrency: int = CONCURRENCY,
        pause: Callable[[int], dt.timedelta] = pause_after,
    ) -> None:
        """Take the database whose queue is worked on, and what the rooms above tell about towns."""
        _keep_values_out_of_logs()
        self._database = database
        self._runner = Runner(database, surroundings)
        self._concurrency = concurrency
        self._pause = pause
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._task: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Work in this thread until ``stop`` or, in the main thread, SIGINT or SIGTERM."""
        main = threading.current_thread() is threading.main_thread()
        while not self._stop.is_set():
            self._work(wait=True, signals=main)
            # Not asked to stop, so the database went away: it usually comes back.
            self._stop.wait(RECONNECT)
        self._runner.put_away()

    def start(self) -> None:
        """Work in a thread of its own."""
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = GRACE + 5) -> None:
        """Take no further job, let running ones end, and wait for that at most ``timeout`` seconds."""
        self._stop.set()
        with self._lock:
            if self._task is not None:
                loop, task = self._task
                loop.call_soon_threadsafe(task.cancel)
        if self._thread is not None:
            self._thread.join(timeout)

    def run_pending(self) -> None:
        """Run what is due now in this thread, retries included, then return; periodic work is left alone."""
        before: Sequence[Any] = ()
        # What another session holds back stays due; looking again would not help.
        while (due := self._due()) and due != before:
            self._work(wait=False, signals=False)
            before = due
        self._runner.put_away()

    def _due(self) -> Sequence[Any]:
        with self._database.session(None) as session:
            return session.execute(DUE).all()

    def _work(self, *, wait: bool, signals: bool) -> None:
        """Work until stopped, or until the queue is empty or the database goes away."""
        try:
            _run(self._serve(wait=wait, signals=signals))
        except asyncio.CancelledError:
            log.info("the worker has stopped")
        except (exceptions.ConnectorException, psycopg.Error, OSError):
            if not wait:
                raise
            log.exception("the queue cannot be reached")

    async def _serve(self, *, wait: bool, signals: bool) -> None:
        app = self._queue(periodic=wait)
        with self._lock:
            if self._stop.is_set() and wait:
                return
            loop, task = asyncio.get_running_loop(), cast("asyncio.Task[None]", asyncio.current_task())
            self._task = (loop, task) if wait else None
        if signals:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self._end, task)
        try:
            async with app.open_async():
                await app.run_worker_async(
                    wait=wait,
                    concurrency=self._concurrency,
                    fetch_job_polling_interval=POLL,
                    listen_notify=wait,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE,
                )
        finally:
            with self._lock:
                self._task = None

    def _end(self, task: "asyncio.Task[None]") -> None:
        """Obey a signal; procrastinate's own handler would not tell it from a lost database."""
        self._stop.set()
        task.cancel()

    def _queue(self, *, periodic: bool) -> procrastinate.App:
        """Tell procrastinate our one task, and the rhythm of the periodic ones."""
        url = self._database.app.url.set(drivername="postgresql")
        connector = procrastinate.PsycopgConnector(
            conninfo=url.render_as_string(hide_password=False),
            kwargs={
                "options": f"-c search_path={SEARCH_PATH}",
                "application_name": "baukasten worker",
                "prepare_threshold": None,
            },
            min_size=1,
            max_size=self._concurrency + 2,
        )
        app = procrastinate.App(connector=connector)
        patience = Patience(self._database.contract, self._pause)
        app.task(name=TASK, pass_context=True, retry=patience)(self._runner.run)
        every: Any = app.task(name=EVERY)(self._runner.fan_out)
        if periodic:
            for key, declared in self._database.contract.registry.jobs.items():
                if declared.value.every:
                    rhythm = app.periodic(
                        cron=declared.value.every,
                        periodic_id=key,
                        task_kwargs={"key": key},
                        queueing_lock=f"every {key}",
                    )
                    rhythm(every)
        return app


def _keep_values_out_of_logs() -> None:
    """Silence procrastinate's lines about jobs, which print their values; ours name the job alone."""
    logging.getLogger("procrastinate").setLevel(logging.ERROR)
    for name in ("procrastinate.worker", "procrastinate.worker.worker"):
        logger = logging.getLogger(name)
        if _about_no_job not in logger.filters:
            logger.addFilter(_about_no_job)


def _about_no_job(record: logging.LogRecord) -> bool:
    return not hasattr(record, "job")


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end; beside the loop of whoever called, if there is one, since a thread holds one loop alone."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
    else:
        with ThreadPoolExecutor(1) as beside:
            beside.submit(asyncio.run, work).result()
