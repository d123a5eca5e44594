"""A live server in a thread of its own, whose hub is not that of the tests."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import gevent
import pytest
from flask import Flask, request

from baukasten.realtime import sockets
from baukasten.realtime.serving import answering, listen
from baukasten.realtime.sockets import Sockets
from baukasten.testing.wire import WireClient
from tests.core.realtime.murmur import connect, dispatcher, draft, hear, live, murmuring, put, statements

__all__ = ["connect", "dispatcher", "draft", "hear", "live", "murmuring", "put", "statements"]

LIMIT = 4096
PATIENCE = 60


class Stage:
    """A server with one room, and what its handlers saw."""

    def __init__(self, **options):
        self.seen = []
        self.refuse = self.fail = False
        self.hold = None
        self.errands: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]]] = queue.SimpleQueue()
        self.app = Flask("stage")
        self.io = Sockets(
            self.app,
            async_mode="gevent",
            cors_allowed_origins=["http://here"],
            max_http_buffer_size=LIMIT,
            **options,
        )
        for name in ("connect", "disconnect", "call"):
            self.io.on_event(name, getattr(self, f"on_{name}"))
        self.door = listen(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.asked, self.ready = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._serve)

    @property
    def people(self):
        return self.io.server.manager

    @property
    def engine(self):
        return self.io.server.eio

    def on_connect(self, _auth=None):
        self.seen.append("connect")
        if self.hold:
            self.hold.wait()
        if self.fail:
            raise LookupError("on purpose")
        if self.refuse:
            return False
        self.io.server.enter_room(request.sid, "room")  # type: ignore[attr-defined]
        self.seen.append("in")
        return True

    def on_disconnect(self, reason=None):
        self.seen.append(f"out: {reason}")

    def on_call(self, what, pause=0):
        self.seen.append(what)
        gevent.sleep(pause)
        return {"heard": what}

    def do(self, errand):
        """Run something in the server's thread and give what it gives."""
        done: Future[Any] = Future()
        self.errands.put((done, errand))
        return done.result(PATIENCE)

    def ring(self, data, **where):
        self.do(lambda: self.io.emit("ring", data, **{"to": "room", **where}))

    def until(self, true):
        """Wait until the server's state is such."""
        end = gevent.get_hub().loop.now() + PATIENCE
        while not self.do(true):
            assert gevent.get_hub().loop.now() < end
            gevent.sleep(0.01)

    def client(self, **options):
        return WireClient(self.port, **options)

    def _serve(self):
        with answering(self.app, [self.door]):
            self.ready.set()
            while not self.asked.is_set():
                try:
                    done, errand = self.errands.get_nowait()
                except queue.Empty:
                    gevent.sleep(0.002)
                    continue
                done.set_result(errand())

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(PATIENCE)
        return self

    def __exit__(self, *_error):
        self.asked.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@pytest.fixture
def make_stage(monkeypatch):
    """Open servers with the options of the test."""
    monkeypatch.setattr(sockets, "TICK_SECONDS", 0.02)
    opened = []

    def make(**options):
        stage = Stage(**options).__enter__()
        opened.append(stage)
        return stage

    yield make
    for stage in opened:
        stage.__exit__()


@pytest.fixture
def stage(make_stage):
    """Open a server."""
    return make_stage()
