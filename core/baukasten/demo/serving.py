"""Serving the demo: pages, live connections and jobs in one process, on this machine alone."""

import errno
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import gevent

from baukasten.app import create_app, end
from baukasten.config import Config, ConfigError
from baukasten.db.session import Database
from baukasten.demo import views
from baukasten.identity import passwords
from baukasten.realtime import serving as live
from baukasten.web.here import Place
from baukasten.workshop import make_worker

FIRST_PORT, PAST_LAST_PORT = 8000, 32768
"""From 32768 on, systems hand ports out to outgoing connections."""
ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
IN_USE = frozenset({errno.EADDRINUSE, errno.EACCES})
STOP_SECONDS = 2.0


def listen(port: int | None) -> tuple[int, list[socket.socket]]:
    """Open the wished port, or the first free one, for this machine alone; raises ConfigError."""
    for wanted in [port] if port is not None else range(FIRST_PORT, PAST_LAST_PORT):
        sockets = _bind(wanted)
        if sockets:
            return int(sockets[0].getsockname()[1]), sockets
    raise ConfigError(f"port {port} is in use; choose another with --port, or leave it out")


def _bind(port: int) -> list[socket.socket]:
    """Open a port on both loopback addresses; a machine without IPv6 has one, none is left half open."""
    opened: list[socket.socket] = []
    for family, address in ADDRESSES:
        try:
            door = live.listen((address, opened[0].getsockname()[1] if opened else port), family)
        except OSError as error:
            if family == socket.AF_INET6 and error.errno not in IN_USE:
                continue
            for other in opened:
                other.close()
            return []
        opened.append(door)
    return opened


@contextmanager
def serving(
    config: Config, database: Database, exhibit: views.Exhibit, sockets: Sequence[socket.socket]
) -> Iterator[None]:
    """Answer requests and run jobs as long as the block lasts."""
    app = create_app(config, database, live=True, extra=[(views.blueprint, (Place.DEMO,))])
    app.extensions[views.EXTENSION] = exhibit
    app.extensions["baukasten.live"].follow()
    worker = make_worker(config, database)
    try:
        with live.answering(app, sockets):
            worker.start()
            # A password is a fifth of a second of work, in which one loop would answer nobody else.
            passwords.work_in(gevent.get_hub().threadpool.apply)
            yield
    finally:
        passwords.work_in(None)
        worker.stop(STOP_SECONDS)
        end(app)
