"""Live connections without a greenlet each: one watcher reads, a line writes, few workers answer for all."""

import base64
import binascii
import hashlib
import io
import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import engineio
from engineio import packet as engine_packets
from flask import Flask
from flask_socketio import SocketIO
from socketio import packet

from baukasten.realtime.fanout import Fanout
from baukasten.realtime.wire import Wire, WrongPacketError

log = logging.getLogger("baukasten.realtime.wire")
# What the libraries tell at lower levels holds people's words, and lines that any client can bring about.
log.setLevel(logging.ERROR)

UPGRADE = "baukasten.upgrade"
"""In the environ: takes what is to be called with the socket and the loop once the answer 101 is sent."""
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, section 1.3."""
MOST_WORKERS = 32
"""Handlers at a time; more would wait for the database anyway, each with a stack of its own."""
TICK_SECONDS, HELD_UP_SECONDS = 1.0, 5.0
EMPTY = io.BytesIO()
DROPPED = frozenset(
    {
        UPGRADE,
        "werkzeug.proxy_fix.orig",
        "HTTP_UPGRADE",
        "HTTP_CONNECTION",
        "HTTP_ACCEPT_ENCODING",
        "HTTP_PRAGMA",
    }
)
RESERVED = frozenset({"connect", "disconnect"})
SPOKEN = frozenset({packet.CONNECT, packet.DISCONNECT, packet.EVENT, packet.ACK})
"""What clients may say; packets with bytes in them would wait for ever for the bytes."""
GREEN = "gevent"


class Engine(engineio.Server):  # type: ignore[misc]
    """The server of Engine.IO, with our sockets, one ticker for all pings, and workers that sockets queue for."""

    def __init__(self, above: Any, **options: Any) -> None:
        """Take the Socket.IO server above and do for it what its own engine was to do."""
        super().__init__(**options)
        self.above = above
        self.handlers.update(above.eio.handlers)
        self.start_service_task = True
        self.lines: dict[str, Any] = {}
        self.leaving: set[Wire] = set()
        self._ready: deque[Wire] = deque()
        self._workers = 0

    def send_packet(self, sid: str, pkt: Any) -> None:
        """Send to a socket; nobody hears what is said to one that is gone."""
        socket = self.sockets.get(sid)
        if socket is not None:
            socket.send(pkt)

    def begin(self, wire: Wire) -> None:
        """Take a socket whose handshake is done."""
        if self.start_service_task:
            self.start_service_task = False
            self.service_task_handle = self.start_background_task(self._service_task)
        self.sockets[wire.sid], self.lines[wire.sid] = wire, wire.line
        self._trigger_event("connect", wire.sid, wire.environ)
        told = {
            "sid": wire.sid,
            "upgrades": [],
            "pingTimeout": int(self.ping_timeout * 1000),
            "pingInterval": int(self.ping_interval * 1000),
            "maxPayload": self.max_http_buffer_size,
        }
        wire.send(engine_packets.Packet(engine_packets.OPEN, told))

    def retire(self, wire: Wire) -> None:
        """Take out of the books who is no longer to be reached."""
        self.sockets.pop(wire.sid, None)
        self.lines.pop(wire.sid, None)

    def ready(self, wire: Wire) -> None:
        """Let a socket with something to do queue for a worker."""
        self._ready.append(wire)
        self._call_worker()

    def hear(self, wire: Wire, text: str) -> None:
        """Answer one message; raises WrongPacketError where a client of ours would not have said it."""
        said = self._understand(text)
        self._trigger_event("message", wire.sid, text)
        if said.packet_type == packet.CONNECT:
            wire.joined = self.above.manager.knows(wire.sid)
            if not wire.joined:
                wire.close()
        # The framework leaves the last request there, some kilobytes for each connection.
        wire.environ.pop("werkzeug.request", None)

    def part(self, wire: Wire, reason: str) -> None:
        """Tell the handlers that a socket is gone."""
        self._trigger_event("disconnect", wire.sid, reason)
        self.above.manager.forget(wire.sid)

    def shut(self) -> None:
        """Say goodbye to everybody, who will come back to another process, or to this one's successor."""
        for wire in list(self.sockets.values()):
            wire.go_away()

    def is_busy(self) -> bool:
        """Tell whether somebody is still connected, leaving, or waiting for an answer."""
        return bool(self.sockets or self.leaving or self._workers)

    def _understand(self, text: str) -> Any:
        try:
            said = self.above.packet_class(encoded_packet=text)
        except (ValueError, TypeError, RecursionError) as error:
            raise WrongPacketError from error
        if said.packet_type not in SPOKEN:
            raise WrongPacketError
        if said.packet_type in (packet.EVENT, packet.ACK) and not isinstance(said.data, list):
            raise WrongPacketError
        if said.packet_type == packet.EVENT:
            names = self.above.handlers.get(said.namespace or "/", {})
            name = said.data[0] if said.data else None
            if not isinstance(name, str) or name in RESERVED or name not in names:
                raise WrongPacketError
        return said

    def _call_worker(self) -> None:
        if self._ready and self._workers < MOST_WORKERS:
            self._workers += 1
            self.start_background_task(self._work)

    def _work(self) -> None:
        """Give one socket after the other a turn, and those with more to say another one, until none is left."""
        try:
            while self._ready:
                wire = self._ready.popleft()
                # This turn may take long; nobody waits for it who could be answered meanwhile.
                self._call_worker()
                if wire.take_turn():
                    self._ready.append(wire)
        finally:
            self._workers -= 1

    def _service_task(self) -> None:
        self.service_task_event = self.create_event()
        last = time.monotonic()
        while not self.service_task_event.wait(timeout=TICK_SECONDS):
            before, last = last, time.monotonic()
            if last - before > HELD_UP_SECONDS:
                # We were away, not they: what they said meanwhile is read before anybody is judged.
                continue
            for wire in [*self.sockets.values(), *self.leaving]:
                wire.tick(last)

    def _handle_connect(
        self, environ: dict[str, Any], start_response: Callable[..., Any], _transport: str, _jsonp: Any = None
    ) -> Any:
        """Answer a handshake (RFC 6455, section 4.2.2); no extension is agreed, so nothing is compressed."""
        upgrade, accept = environ.get(UPGRADE), _accept(environ)
        if upgrade is None or accept is None:
            return self._bad_request("Not a websocket handshake of version 13")
        wire = Wire(self, self.generate_id(), _slim(environ))
        answer = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        start_response("101 Switching Protocols", answer)
        upgrade(wire.begin)
        # Without a length, since this answer must not have one.
        return iter(())


class Sockets(SocketIO):  # type: ignore[misc]
    """Flask-SocketIO with our engine below it and our fan-out inside."""

    def init_app(self, app: Flask, **options: Any) -> None:
        """Begin; the options are those of Flask-SocketIO, of which some are ours to choose."""
        fanout = Fanout(self._line, self._parted)
        ours = {
            "client_manager": fanout,
            "transports": ["websocket"],
            "manage_session": False,
            # Each socket's messages are handled one after the other, by the engine's workers.
            "async_handlers": False,
            "async_mode": GREEN if _is_green() else "threading",
            "logger": log,
            "engineio_logger": log,
        }
        super().init_app(app, **{**ours, **options})
        known = {**self.server_options, "async_handlers": False, "logger": log}
        self.server.eio = Engine(self.server, **known)

    def _line(self, engine: str) -> Any:
        return self.server.eio.lines.get(engine)

    def _parted(self, engine: str) -> None:
        """Close the socket of who is in no namespace any more; the framework would leave it open."""
        wire = self.server.eio.sockets.get(engine)
        if wire is not None:
            wire.close()


def _is_green() -> bool:
    """Tell whether gevent has replaced the standard library's sockets, without bringing gevent in."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and bool(monkey.is_module_patched("socket"))


def _accept(environ: Mapping[str, Any]) -> str | None:
    """Give the answer to a handshake's key, or nothing where the handshake is none (section 4.2.1)."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "").strip()
    connection = {word.strip().lower() for word in environ.get("HTTP_CONNECTION", "").split(",")}
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or "upgrade" not in connection:
        return None
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return None
    try:
        if len(base64.b64decode(key, validate=True)) != 16:
            return None
    except (binascii.Error, ValueError):
        return None
    digest = hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def _slim(environ: Mapping[str, Any]) -> dict[str, Any]:
    """Give what handlers may ask of the handshake's request later; equal words are kept once for all sockets."""
    kept = {sys.intern(key): _one(value) for key, value in _useful(environ)}
    kept["wsgi.input"] = EMPTY
    return kept


def _useful(environ: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    for key, value in environ.items():
        if key not in DROPPED and not key.startswith("HTTP_SEC_WEBSOCKET_"):
            yield key, value


def _one(value: Any) -> Any:
    return sys.intern(value) if type(value) is str else value
