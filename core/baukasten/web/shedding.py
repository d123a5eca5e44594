"""Busy processes turn crawlers away, so that people are answered as long as anybody is."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wsgi import ClosingIterator

from baukasten.web.visitors import can_wait

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

WINDOW = 1.0
"""Seconds over which the load is averaged: a page with five parts is no rush, half a second of full threads is."""
NEARLY = 0.5
"""An average comes ever nearer to a steady load and never reaches it."""
RETRY_AFTER = "120"
SORRY = "Gerade ist viel los. Bitte später noch einmal.\nBusy just now. Please come back later.\n".encode()


class Shedding:
    """Watches how many threads are taken, now and on average; refuses who can wait while both are too many.

    The average number of requests in progress is their rate times how long each takes (Little's law), so it
    rises with either, and near the number of threads others are queueing already. The present number ends
    the refusing at once when the rush is over.
    """

    def __init__(
        self,
        threads: int,
        above: int,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        window: float = WINDOW,
    ) -> None:
        """Refuse above ``above`` per cent of ``threads``; 0 of either never refuses."""
        self._limit = threads * above / 100 if threads and above else math.inf
        self._monotonic, self._window = monotonic, window
        self._lock = threading.Lock()
        self._running, self._average, self._at = 0, 0.0, monotonic()
        self._refused = 0

    def wrap(self, app: WSGIApp) -> WSGIApp:
        """Give the application with the watch in front; unchanged where it would never refuse."""
        if self._limit == math.inf:
            return app

        def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if self.is_busy() and can_wait(environ):
                return self._refuse(environ, start_response)
            self._change(1)
            try:
                return ClosingIterator(app(environ, start_response), self._done)
            except BaseException:
                self._done()
                raise

        return answer

    def is_busy(self) -> bool:
        """Tell whether the requests in progress reach the limit, now and on average."""
        if self._running < self._limit:
            return False
        with self._lock:
            self._settle()
            return self._average >= self._limit - NEARLY

    def take_refused(self) -> int:
        """Give how many were refused since this was last asked."""
        with self._lock:
            refused, self._refused = self._refused, 0
        return refused

    def _done(self) -> None:
        self._change(-1)

    def _change(self, by: int) -> None:
        with self._lock:
            self._settle()
            self._running += by

    def _settle(self) -> None:
        """Bring the average up to this moment, weighing the past less the longer it is gone."""
        now = self._monotonic()
        past = math.exp((self._at - now) / self._window)
        self._average = self._running + (self._average - self._running) * past
        self._at = now

    def _refuse(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self._lock:
            self._refused += 1
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(SORRY))),
            ("Retry-After", RETRY_AFTER),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("503 SERVICE UNAVAILABLE", headers)
        return () if environ["REQUEST_METHOD"] == "HEAD" else (SORRY,)
