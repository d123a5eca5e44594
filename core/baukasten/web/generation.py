"""How fresh this process's caches are: each town's generation, polled once a second."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import psycopg
from sqlalchemy import text

from baukasten.db.session import Database

T = TypeVar("T")
POLL_SECONDS = 1.0
STALE_SECONDS = 2.0
"""Older knowledge is not trusted; caches are passed by until the database answers again."""
ALL = text("SELECT tenant_id, value FROM platform.generations()")


class Generations:
    """What each tenant's generation was when this process last asked."""

    def __init__(self, database: Database) -> None:
        """Know nothing yet; ``follow`` or ``refresh`` fills it."""
        self._database = database
        self._values: dict[int, int] = {}
        self._forgotten: dict[int, float] = {}
        self._asked_at = float("-inf")
        self._stop = threading.Event()
        self._lock = threading.Lock()

    def of(self, tenant_id: int) -> int | None:
        """Give a tenant's generation, or nothing when this process cannot be sure of it."""
        if time.monotonic() - self._asked_at > STALE_SECONDS:
            return None
        return self._values.get(tenant_id)

    def forget(self, tenant_id: int) -> None:
        """Pass by the caches of a tenant that this very process just changed, until the next answer."""
        with self._lock:
            self._values.pop(tenant_id, None)
            self._forgotten[tenant_id] = time.monotonic()

    def refresh(self) -> None:
        """Ask the database once."""
        asked_at = time.monotonic()
        with self._database.session(None) as session:
            values = {row.tenant_id: row.value for row in session.execute(ALL)}
        self._learn(values, asked_at)

    def _learn(self, values: dict[int, int], asked_at: float) -> None:
        """Take in an answer, except about tenants that were changed here after the question was asked."""
        with self._lock:
            if asked_at < self._asked_at:
                return  # a later question was answered first
            self._forgotten = {one: at for one, at in self._forgotten.items() if at >= asked_at}
            for tenant_id in self._forgotten:
                values.pop(tenant_id, None)
            self._values, self._asked_at = values, asked_at

    def follow(self) -> threading.Thread:
        """Keep asking in a thread of its own, once a second and whenever the database rings."""
        thread = threading.Thread(target=self._follow, name="generations", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """End the thread within a second."""
        self._stop.set()

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (psycopg.Error, OSError):
                # The database restarts: caches are passed by meanwhile, pages say what is wrong.
                self._stop.wait(POLL_SECONDS)

    def _listen(self) -> None:
        """Ask over one connection of this thread's own; the bell is a hint, the question is the truth."""
        url = self._database.app.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True, application_name="baukasten generations") as connection:
            connection.execute("LISTEN generation")
            while not self._stop.is_set():
                asked_at = time.monotonic()
                rows: list[Any] = connection.execute("SELECT * FROM platform.generations()").fetchall()
                self._learn(dict(rows), asked_at)
                for _bell in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                    pass


class Memo:
    """Values that hold as long as a tenant's generation stands still, such as its navigation."""

    def __init__(
        self, generations: Generations, limit: int = 20_000, weigh: Callable[[Any], int] = lambda _value: 1
    ) -> None:
        """Keep values of at most ``limit`` in weight; then begin anew, which is cheaper than keeping order."""
        self._generations = generations
        self._kept: dict[tuple[Any, ...], tuple[int, Any]] = {}
        self._limit, self._weigh, self._weight = limit, weigh, 0

    def get(self, tenant_id: int, key: tuple[Any, ...], load: Callable[[], T]) -> T:
        """Give the kept value of (tenant, key), or load and keep it."""
        generation = self._generations.of(tenant_id)
        kept = self._kept.get((tenant_id, *key))
        if kept is not None and kept[0] == generation:
            value: T = kept[1]
            return value
        value = load()
        if generation is not None:
            self._weight += self._weigh(value)
            if self._weight > self._limit:
                self._kept.clear()
                self._weight = self._weigh(value)
            self._kept[(tenant_id, *key)] = (generation, value)
        return value

    def forget(self, tenant_id: int, key: tuple[Any, ...]) -> None:
        """Forget one value, such as one that is only true for a while."""
        kept = self._kept.pop((tenant_id, *key), None)
        if kept is not None:
            self._weight -= self._weigh(kept[1])
