"""What plugins cost in all processes: each process reports its own, the console reads the sum."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from baukasten import clock, ids
from baukasten.db.session import Database, Scope
from baukasten.plugin.validity import is_core

log = logging.getLogger("baukasten.operator")
NOTE = text("SELECT platform.note_costs(:process, :at, CAST(:said AS jsonb))")
NOTE_REFUSED = text("SELECT platform.note_shedding(:at, :refused)")
SUM = text(
    # Sums of whole numbers are numeric in PostgreSQL, which Python does not divide by.
    "SELECT c.plugin, c.hook, CAST(sum(c.calls) AS bigint) AS calls, CAST(sum(c.failures) AS bigint) AS failures, "
    "CAST(sum(c.skipped) AS bigint) AS skipped, sum(c.seconds) AS seconds, max(c.slowest) AS slowest, "
    "bool_or(c.paused) AS paused, "
    "count(DISTINCT c.tenant_id) FILTER (WHERE c.failures > 0 OR c.paused) AS troubled, "
    "(array_agg(c.last_error ORDER BY c.noted_at DESC) FILTER (WHERE c.last_error <> ''))[1] AS last_error "
    "FROM platform.hook_cost c WHERE c.noted_at > :since GROUP BY c.plugin, c.hook "
    "ORDER BY bool_or(c.paused) DESC, sum(c.failures) DESC, sum(c.seconds) DESC LIMIT 100"
)
REPORT_SECONDS = 10.0
PERIOD_HOURS = 1


@dataclass(frozen=True, slots=True)
class HookCost:
    """One hook of one plugin over all towns and processes of the last hour."""

    plugin: str
    hook: str
    calls: int
    failures: int
    skipped: int
    seconds: float
    slowest: float
    paused: bool
    troubled: int
    """Towns in which it failed or is paused."""
    last_error: str

    @property
    def mean(self) -> float:
        """Seconds of one call."""
        return self.seconds / self.calls if self.calls else 0.0


class Reporter:
    """Reports this process's costs every few seconds, in a thread of its own."""

    def __init__(self, database: Database, take_refused: Callable[[], int] = lambda: 0) -> None:
        """Name the process so that restarts do not mix their counts.

        ``take_refused`` gives how many requests were turned away since it was last asked.
        """
        self._database, self._take_refused = database, take_refused
        self._process = f"{socket.gethostname()}:{os.getpid()}:{ids.token(4)}"
        self._stop = threading.Event()

    def follow(self) -> None:
        """Keep reporting until ``stop``."""
        threading.Thread(target=self._follow, name="costs", daemon=True).start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()

    def report(self) -> None:
        """Write down what the hooks have cost so far."""
        costs = [cost for cost in self._database.contract.manager.costs() if not is_core(cost.plugin)]
        if not costs:
            return
        said = [{key: value for key, value in asdict(cost).items() if key != "last_at"} for cost in costs]
        with self._database.session(None) as session:
            values = {"process": self._process, "at": clock.now(), "said": json.dumps(said)}
            session.execute(NOTE, values)
            session.commit()

    def report_refused(self) -> None:
        """Write down how many requests were turned away since the last time."""
        refused = self._take_refused()
        if refused:
            with self._database.session(None) as session:
                session.execute(NOTE_REFUSED, {"at": clock.now(), "refused": refused})
                session.commit()

    def _follow(self) -> None:
        while not self._stop.wait(REPORT_SECONDS):
            try:
                self.report()
                self.report_refused()
            except SQLAlchemyError as error:
                # Counts are kept in the process and go out with the next report.
                log.warning("costs were not reported: %s", type(error).__name__)


def total(session: Scope) -> list[HookCost]:
    """Give the costs of the last hour, paused and failing ones first; an operator's session."""
    since = clock.now() - timedelta(hours=PERIOD_HOURS)
    rows = session.execute(SUM, {"since": since}).mappings()
    return [HookCost(**{**row, "last_error": row["last_error"] or ""}) for row in rows]
