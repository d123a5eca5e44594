"""The outgoing side of one websocket: everything in order, never waiting, and not for ever for the slow."""

import _socket
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Any, Protocol

READABLE, WRITABLE = 1, 2
"""What a watcher waits for, as libev numbers it."""
MANY_BYTES, MOST_BYTES = 64 * 1024, 256 * 1024
MOST_SECONDS = 10.0
"""What may wait for a client that takes too little, and for how long; it comes back and asks for what it lacks.

From ``MANY_BYTES`` on, sending to it costs a look whether it has read meanwhile.
"""
UNSENT = 64 * 1024
"""Bytes that the kernel takes beyond what is under way; its own limit of some megabytes would hide who is slow."""
PIECES = 64
"""Waiting frames that are handed to the kernel at once; below any system's IOV_MAX."""
RESET = struct.pack("ii", 1, 0)


class Watcher(Protocol):
    """Calls back as long as a descriptor is ready."""

    def start(self, callback: Callable[[], Any]) -> None:
        """Begin to call."""

    def stop(self) -> None:
        """Call no longer."""

    def close(self) -> None:
        """Give the watcher back to its loop."""


class Loop(Protocol):
    """The loop that tells when a descriptor is ready; gevent's."""

    def io(self, fd: int, events: int) -> Watcher:
        """Give a watcher of a descriptor."""


class Loss(StrEnum):
    """Why a line was lost."""

    PEER = "the peer is gone"
    SLOW = "the peer is slow"


class Line:
    """Sends the bytes of one socket in the order in which they were given.

    A frame goes to the kernel at once, and only what it does not take waits. Nothing here switches to another
    greenlet, so no two frames interleave; whoever writes to the socket past its line would break that.
    """

    __slots__ = ("_bytes", "_ending", "_loop", "_on_lost", "_queue", "_sock", "_watcher", "over")

    def __init__(self, sock: _socket.socket, loop: Loop, on_lost: Callable[[Loss], None]) -> None:
        """Take a socket that does not block, and what to call, at most once, when nothing can be sent any more.

        The callback runs in the middle of whatever was sent to many; it must not switch or send itself.
        """
        self._sock, self._loop, self._on_lost = sock, loop, on_lost
        self._queue: deque[tuple[memoryview, float]] | None = None
        self._bytes = 0
        self._watcher: Watcher | None = None
        self._ending = False
        self.over = False
        """Nothing more is taken."""

    def send(self, frame: bytes) -> None:
        """Send a frame, or let it wait behind what waits already; after the end it is dropped."""
        if self.over or self._ending:
            return
        if self._queue:
            self._follow(frame)
            return
        try:
            sent = self._sock.send(frame, socket.MSG_DONTWAIT)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._lose(Loss.PEER)
            return
        if sent != len(frame):
            self._wait(memoryview(frame)[sent:])

    def finish(self) -> None:
        """Take nothing more, and tell the peer so as soon as all that waits is sent."""
        self._ending = True
        if not self._queue and not self.over:
            self._shut()

    def check(self, now: float) -> bool:
        """Lose a peer whose oldest waiting frame waits for too long; tells whether the line is still there.

        ``now`` is of ``time.monotonic``.
        """
        if self._queue and now - self._queue[0][1] > MOST_SECONDS:
            self._lose(Loss.SLOW)
        return not self.over

    def end(self) -> None:
        """Drop what waits and let go of the socket, whose owner closes it; any number of times."""
        self.over = True
        self._queue, self._bytes = None, 0
        self._unwatch()

    @property
    def waiting(self) -> int:
        """Bytes that the kernel did not take yet."""
        return self._bytes

    def _follow(self, frame: bytes) -> None:
        if self._bytes > MANY_BYTES:
            # Perhaps much was sent without a turn for the loop, and the peer has read meanwhile.
            self._flush()
        if self._queue:
            self._wait(memoryview(frame))
        else:
            self.send(frame)

    def _wait(self, frame: memoryview) -> None:
        if self._bytes and self._bytes + len(frame) > MOST_BYTES:
            self._lose(Loss.SLOW)
            return
        if self._queue is None:
            self._queue = deque()
        self._queue.append((frame, time.monotonic()))
        self._bytes += len(frame)
        if self._watcher is None:
            self._watcher = self._loop.io(self._sock.fileno(), WRITABLE)
            self._watcher.start(self._flush)

    def _flush(self) -> None:
        """Send what waits, as much of it as the kernel takes."""
        queue = self._queue
        while queue:
            try:
                sent = self._sock.sendmsg([queue[at][0] for at in range(min(len(queue), PIECES))])
            except BlockingIOError:
                return
            except OSError:
                self._lose(Loss.PEER)
                return
            self._bytes -= sent
            while queue and sent >= len(queue[0][0]):
                sent -= len(queue.popleft()[0])
            if sent:
                frame, since = queue[0]
                queue[0] = (frame[sent:], since)
        self._queue = None
        self._unwatch()
        if self._ending:
            self._shut()

    def _shut(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def _lose(self, loss: Loss) -> None:
        if self.over:
            return
        self.end()
        with suppress(OSError):
            # What the kernel still holds ends perhaps in the middle of a frame: it is thrown away, not sent.
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self._on_lost(loss)

    def _unwatch(self) -> None:
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher.close()
            self._watcher = None
