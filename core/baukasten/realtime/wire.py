"""One live connection as Engine.IO knows it: what comes in, what is answered, and how it ends."""

import _socket
import time
from contextlib import suppress
from typing import Any, Protocol

from engineio import Server
from engineio.exceptions import EngineIOError

from baukasten.realtime import frames
from baukasten.realtime.frames import FrameError, Reader
from baukasten.realtime.line import READABLE, Line, Loop, Loss, Watcher

PING = frames.text_frame("2")
MESSAGE, PONG, CLOSE, NOOP = b"4", b"3", b"1", b"6"
"""First bytes of what clients send (Engine.IO protocol, version 4)."""
READ_BYTES = 16 * 1024
MOST_UNHEARD, FEW_UNHEARD = 16, 4
"""Messages that wait for a handler: from so many on nothing is read, until there are few again."""
CONNECT_SECONDS = 20.0
"""Who has not said by then what they came for is sent away."""
LEAVE_SECONDS = 5.0
"""How long a peer may take to hear that a connection ends."""
Reason = Server.reason


class WrongPacketError(EngineIOError):  # type: ignore[misc]
    """What no client of ours says; its socket is closed."""


class Host(Protocol):
    """The engine that a connection belongs to."""

    ping_interval: float
    ping_timeout: float
    max_http_buffer_size: int
    leaving: "set[Wire]"

    def begin(self, wire: "Wire") -> None:
        """Take a connection whose handshake is done."""

    def retire(self, wire: "Wire") -> None:
        """Take out of the books who is no longer to be reached."""

    def ready(self, wire: "Wire") -> None:
        """Let a connection with something to do queue for a worker."""

    def hear(self, wire: "Wire", text: str) -> None:
        """Answer one message; raises WrongPacketError."""

    def part(self, wire: "Wire", reason: str) -> None:
        """Tell the handlers that a connection is gone."""


class Wire:
    """One websocket; reading and sending never wait, so it needs no greenlet of its own.

    Its messages are handled one after the other, and that it is gone is told after the last of them.
    """

    __slots__ = (
        "_answered", "_farewell", "_host", "_inbox", "_paused", "_queued", "_reader", "_since", "_sock",
        "_watcher", "closed", "environ", "joined", "line", "sid",
    )  # fmt: skip
    line: Line
    _sock: _socket.socket
    _watcher: Watcher
    upgraded = connected = True
    """As Engine.IO asks."""

    def __init__(self, host: Host, sid: str, environ: dict[str, Any]) -> None:
        """Take Engine.IO's id and what is kept of the handshake's request."""
        self._host, self.sid, self.environ = host, sid, environ
        self._reader = Reader(host.max_http_buffer_size)
        self._inbox: list[str] = []
        self.closed = self.joined = False
        self._paused = self._queued = False
        self._farewell = ""
        self._answered = True
        self._since = 0.0
        """When it began, was pinged last, or began to leave."""

    def begin(self, sock: _socket.socket, loop: Loop) -> None:
        """Start with a socket that does not block."""
        self._sock, self._since = sock, time.monotonic()
        self.line = Line(sock, loop, self._lost)
        self._watcher = loop.io(sock.fileno(), READABLE)
        self._watcher.start(self._read)
        self._host.begin(self)

    def send(self, packet: Any) -> None:
        """Send one packet of Engine.IO."""
        encoded = packet.encode()
        if isinstance(encoded, str):
            self.line.send(frames.text_frame(encoded))
        else:
            self.line.send(frames.frame(frames.BINARY, encoded))

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: FBT001, FBT002, ARG002 - as Engine.IO calls it
        """End it after what was sent, or at once; what it said and nobody heard yet counts no more."""
        self._inbox.clear()
        if abort:
            self._end(reason or Reason.SERVER_DISCONNECT)
            self._release()
        else:
            self._leave(frames.NORMAL, reason or Reason.SERVER_DISCONNECT)

    def go_away(self) -> None:
        """End it because the process ends; clients come back."""
        self._leave(frames.GOING_AWAY, Reason.SERVER_DISCONNECT)

    def tick(self, now: float) -> None:
        """Look after it about once a second: pings, patience with the slow, the silent and the leaving."""
        waited = now - self._since
        if self.closed:
            if waited > LEAVE_SECONDS:
                self._release()
            return
        if not self.line.check(now) or self._paused:
            return
        if not self.joined and waited > CONNECT_SECONDS:
            self._fail(frames.NOT_ALLOWED)
        elif not self._answered and waited > self._host.ping_timeout:
            self._end(Reason.PING_TIMEOUT)
            self._release()
        elif self._answered and waited >= self._host.ping_interval:
            self._since, self._answered = now, False
            self.line.send(PING)

    def take_turn(self) -> bool:
        """Let a worker handle one message, or tell that it is gone; gives whether there is more to do."""
        if self._inbox:
            text = self._inbox.pop(0)
            try:
                self._host.hear(self, text)
            except WrongPacketError:
                self._fail(frames.NOT_ALLOWED)
            if not self.closed and self._paused and len(self._inbox) <= FEW_UNHEARD:
                self._resume()
        elif self._farewell:
            reason, self._farewell = self._farewell, ""
            self._host.part(self, reason)
        self._queued = bool(self._inbox or self._farewell)
        return self._queued

    def _read(self) -> None:
        """Take what has come; called by the loop."""
        try:
            data = self._sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(Reason.TRANSPORT_CLOSE)
            self._release()
        elif not self.closed:
            self._feed(data)

    def _feed(self, data: bytes) -> None:
        try:
            for opcode, payload in self._reader.feed(data):
                self._take(opcode, payload)
                if self.closed:
                    break
        except FrameError as error:
            self._fail(error.code)

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == frames.TEXT:
            self._take_packet(payload[:1], payload)
        elif opcode == frames.PING:
            self.line.send(frames.frame(frames.PONG, payload))
        elif opcode == frames.CLOSE:
            if len(payload) == 1:
                raise FrameError(frames.BROKEN_RULE)
            self._leave(frames.NORMAL, Reason.TRANSPORT_CLOSE)
        elif opcode == frames.BINARY:
            raise FrameError(frames.UNSUPPORTED)

    def _take_packet(self, kind: bytes, payload: bytes) -> None:
        if kind == MESSAGE:
            try:
                self._inbox.append(payload[1:].decode())
            except UnicodeDecodeError as error:
                raise FrameError(frames.NOT_TEXT) from error
            self._queue_up()
            if len(self._inbox) >= MOST_UNHEARD and not self._paused:
                self._paused = True
                self._watcher.stop()
        elif kind == PONG:
            self._answered = True
        elif kind == CLOSE:
            self._leave(frames.NORMAL, Reason.CLIENT_DISCONNECT)
        elif kind != NOOP:
            raise FrameError(frames.NOT_ALLOWED)

    def _queue_up(self) -> None:
        if not self._queued:
            self._queued = True
            self._host.ready(self)

    def _resume(self) -> None:
        self._paused = False
        self._watcher.start(self._read)

    def _fail(self, code: int) -> None:
        """Send away who broke a rule; nothing of what they said before is heard."""
        self._inbox.clear()
        self._leave(code, Reason.TRANSPORT_ERROR)

    def _leave(self, code: int, reason: str) -> None:
        """Say goodbye after all that was sent before, and wait for the peer to hang up."""
        if self.closed:
            return
        self._end(reason)
        self._since = time.monotonic()
        self._host.leaving.add(self)
        if self._paused:
            self._resume()
        self.line.send(frames.close_frame(code))
        self.line.finish()

    def _lost(self, loss: Loss) -> None:
        self._end(Reason.TRANSPORT_ERROR if loss is Loss.SLOW else Reason.TRANSPORT_CLOSE)
        self._release()

    def _end(self, reason: str) -> None:
        """Be gone for everybody here; the handlers hear of it by and by."""
        if not self.closed:
            self.closed = True
            self._host.retire(self)
            self._farewell = reason
            self._queue_up()

    def _release(self) -> None:
        """Let go of the descriptor; any number of times."""
        self._host.leaving.discard(self)
        self.line.end()
        self._watcher.stop()
        self._watcher.close()
        with suppress(OSError):
            self._sock.close()
