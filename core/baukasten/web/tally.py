"""How often things were seen: counted in the process, written a batch at a time, so that reading writes nothing."""

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, g, request
from sqlalchemy.exc import OperationalError

from baukasten.db.session import Database
from baukasten.web.here import Here
from baukasten.web.visitors import is_view

log = logging.getLogger("baukasten.tally")
FLUSH_SECONDS = 30.0
LIMIT = 10_000
"""Things that a process remembers between two flushes; at that many it writes early."""
STOP_SECONDS = 5.0
Seen = tuple[str, int]
"""Key of the declared tally, and the id of the thing."""


class Tallies:
    """Counts of this process since the last flush, of all towns.

    A process that is killed loses what it counted since then, half a minute at most; one that ends in
    good order loses nothing. Counts are for orders such as "least seen", never for proof.
    """

    def __init__(self, database: Database, limit: int = LIMIT) -> None:
        """Begin at nothing; ``follow`` writes down what ``note`` hears."""
        self._database, self._limit = database, limit
        self._counts: dict[tuple[int, str, int], int] = {}
        self._lock = threading.Lock()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def see(self, key: str, thing: int) -> None:
        """Say that the page being made shows a thing; raises LookupError for a tally that nobody declared."""
        if key not in self._database.contract.registry.tallies:
            raise LookupError(f"no plugin declares the tally {key}")
        g.seen = (*g.get("seen", ()), (key, thing))

    def count(self, response: Response) -> Response:
        """Count what the page shows that a view just made."""
        place: Here | None = g.get("here")
        if response.status_code == 200 and place is not None and place.site is not None and "seen" in g:
            self.note(place.site.id, g.seen, request.environ)
        return response

    def note(self, tenant_id: int, seen: Iterable[Seen], environ: Mapping[str, Any]) -> None:
        """Count one request for a page that shows these things, unless a crawler asks."""
        if not is_view(environ):
            return
        with self._lock:
            for key, thing in seen:
                entry = (tenant_id, key, thing)
                if entry in self._counts or len(self._counts) < self._limit:
                    self._counts[entry] = self._counts.get(entry, 0) + 1
            if len(self._counts) >= self._limit:
                self._wake.set()

    def flush(self) -> None:
        """Write down what was counted, each tally of each town in a transaction of its own."""
        with self._lock:
            counts, self._counts = self._counts, {}
        sorted_out: dict[tuple[int, str], dict[int, int]] = {}
        # By id, so that two processes that write at once take the rows in the same order.
        for (tenant_id, key, thing), times in sorted(counts.items()):
            sorted_out.setdefault((tenant_id, key), {})[thing] = times
        for (tenant_id, key), things in sorted_out.items():
            self._write(tenant_id, key, things)

    def follow(self) -> None:
        """Keep flushing in a thread of its own."""
        self._thread = threading.Thread(target=self._follow, name="tallies", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and write down what is left."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        self.flush()

    def _follow(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(FLUSH_SECONDS)
            self._wake.clear()
            self.flush()

    def _write(self, tenant_id: int, key: str, things: Mapping[int, int]) -> None:
        add = self._database.contract.registry.tallies[key].value.add
        try:
            with self._database.session(tenant_id) as session:
                add(session, things)
                session.flush()
                # Counts show with whatever changes next; each batch would else make all of the town's pages anew.
                session.written = False
                session.commit()
        except OperationalError as error:
            log.warning("tally %s waits: %s", key, type(error).__name__)
            self._keep(tenant_id, key, things)
        except Exception as error:  # noqa: BLE001 - one plugin's fault must not end the counting for all
            log.warning("tally %s was lost: %s", key, type(error).__name__)

    def _keep(self, tenant_id: int, key: str, things: Mapping[int, int]) -> None:
        """Take back what could not be written while the database was away, as far as there is room."""
        with self._lock:
            for thing, times in things.items():
                entry = (tenant_id, key, thing)
                if entry in self._counts or len(self._counts) < self._limit:
                    self._counts[entry] = self._counts.get(entry, 0) + times
