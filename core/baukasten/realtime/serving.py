"""Serving live connections by gevent: one handler for production's process and for the demo."""

import _socket
import logging
import resource
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import gevent
from flask import Flask
from gevent.event import Event
from gevent.pywsgi import WSGIHandler, WSGIServer

from baukasten.realtime.line import UNSENT, Loop
from baukasten.realtime.sockets import UPGRADE, Engine

log = logging.getLogger(__name__)
BACKLOG = 1024
"""Connections that wait to be taken: everybody comes back at once after a restart."""
STOP_SECONDS, PAUSE = 2.0, 0.02
IDLE_SECONDS = 30.0
"""How long the next piece of a request may take to come; proxies in front are more patient with people."""
PATH = "/socket.io/"
Begin = Callable[[_socket.socket, Loop], None]


class Handler(WSGIHandler):
    """Answers requests; where the answer is 101, the connection goes over to the engine and this ends."""

    def __init__(self, sock: Any, *values: Any) -> None:
        """Take a connection."""
        super().__init__(sock, *values)
        sock.settimeout(IDLE_SECONDS)
        self._begin: Begin | None = None

    def get_environ(self) -> dict[str, Any]:
        """Give the environ, with the way over."""
        return {**super().get_environ(), UPGRADE: self._upgrade}

    def handle_one_response(self) -> None:
        """Answer, and hand the connection over if that was agreed and said."""
        super().handle_one_response()
        if self._begin is None or self.code != 101:
            return
        self.close_connection = True
        green = self.socket
        # Nothing is left to close for the server, and nothing to read.
        vars(self)["socket"] = None
        raw = _socket.socket(green.family, green.type, green.proto, green.detach())
        _tune(raw)
        self._begin(raw, gevent.get_hub().loop)

    def log_request(self) -> None:
        """Write nothing, and spare the line that nobody would read."""

    def _upgrade(self, begin: Begin) -> None:
        self._begin = begin


def _tune(raw: _socket.socket) -> None:
    raw.settimeout(0)
    with suppress(OSError):
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)


def only_live(app: Flask) -> None:
    """Let it answer handshakes alone; pages have processes of their own, whose slow work holds up no connection."""
    whole: Any = app.wsgi_app

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(PATH):
            answered: Iterable[bytes] = whole(environ, start_response)
            return answered
        start_response("404 NOT FOUND", [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return ()

    app.wsgi_app = answer  # type: ignore[method-assign]


def listen(address: tuple[str, int], family: int = socket.AF_INET) -> socket.socket:
    """Open a port with room for a herd; raises OSError where it is in use."""
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        door.bind(address)
        door.listen(BACKLOG)
        # Whom the loop was told of may have hung up by the time that it accepts.
        door.settimeout(0)
    except OSError:
        door.close()
        raise
    return door


@contextmanager
def answering(app: Flask, doors: Sequence[socket.socket]) -> Iterator[None]:
    """Answer requests and hold live connections as long as the block lasts; then let all of them go in good order."""
    raise_limit()
    engine: Engine = app.extensions["socketio"].server.eio
    servers = [WSGIServer(door, app, handler_class=Handler, log=None, error_log=log) for door in doors]
    for server in servers:
        server.start()
    try:
        yield
    finally:
        # New requests first, so that nothing is begun while the rest ends.
        gevent.joinall([gevent.spawn(server.stop, timeout=STOP_SECONDS) for server in servers])
        engine.shut()
        until = time.monotonic() + STOP_SECONDS
        while engine.is_busy() and time.monotonic() < until:
            gevent.sleep(PAUSE)
        engine.shutdown()


@contextmanager
def stoppable(signals: Sequence[int]) -> Iterator[Event]:
    """Give what becomes true when one of the signals comes; afterwards a signal ends the process as usual.

    To be entered before the process says that it is ready: whoever reads that may stop it at once.
    """
    asked = Event()
    handlers = [gevent.signal_handler(number, asked.set) for number in signals]
    try:
        yield asked
    finally:
        for handler in handlers:
            handler.cancel()


def raise_limit() -> None:
    """Allow this process as many open connections as the system lets it have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
