"""A thousand listeners in one process: raw sockets under epoll, counting what comes and sampling how late."""

import gc
import re
import select
import socket
import time
from dataclasses import dataclass, field

from bench.chat_wires import CLOSE, END_OF_HEAD, MEDIUM, PING, PONG, STAMP, TEXT, Wire, frame, split

EVERY = 10
"""Each tenth listener notes how late messages are; all of them count."""
AT_ONCE = 64
"""How many are let in at the same time."""
ROOM = 1 << 20
WHEN = re.compile(STAMP + rb"(\d+)")
ENGINE_PONG = frame(b"3")


@dataclass(slots=True)
class Heard:
    """What the crowd heard in one stretch."""

    count: int = 0
    seconds: float = 0.0
    """From the first to the last delivery."""
    late: list[float] = field(default_factory=list)
    """Seconds from when a message was due until a sampled listener had it, in order of size."""
    load: float = 0.0
    """Share of its core that the crowd itself used; near 1 the crowd is the bottleneck."""
    octets: int = 0

    def late_by(self, share: float) -> float:
        """Give the latency within which that share of messages arrived."""
        return self.late[min(len(self.late) - 1, int(len(self.late) * share))]


class Listener:
    """One client: its socket, and where it is in being let in."""

    __slots__ = ("rest", "samples", "sock", "step")

    def __init__(self, index: int) -> None:
        """Begin at the handshake; every client comes from an address of its own."""
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((f"127.{10 + index // 62_500}.{index // 250 % 250}.{1 + index % 250}", 0))
        self.sock.settimeout(0)
        self.step, self.rest, self.samples = -1, b"", index % EVERY == 0


class Crowd:
    """Listeners of one server."""

    def __init__(self, port: int, host: str, wire: Wire) -> None:
        """Take where the server is, under which name it is asked for, and its words."""
        self.port, self.host, self.wire = port, host, wire
        self.listeners: dict[int, Listener] = {}
        self.epoll = select.epoll()
        self.buffer = bytearray(ROOM)
        self.heard = Heard()
        self.last = 0

    def open(self, size: int, patience: float = 120.0) -> float:
        """Let in that many; gives the seconds. Raises RuntimeError when one is refused or it takes too long."""
        begun = time.monotonic()
        opening = set[int]()
        while len(self.listeners) < size or opening:
            while len(self.listeners) < size and len(opening) < AT_ONCE:
                opening.add(self._begin())
            for number, _event in self.epoll.poll(1.0):
                if number not in opening:
                    self._take(number)
                elif self._advance(self.listeners[number]):
                    opening.discard(number)
            if time.monotonic() - begun > patience:
                raise RuntimeError(f"{len(opening)} of {size} clients still wait for being let in")
        return time.monotonic() - begun

    def listen(self, wanted: int, patience: float) -> Heard:
        """Listen until that many deliveries came, or as long as patience lasts."""
        self.heard, first = Heard(), 0.0
        begun, cpu = time.monotonic(), time.process_time()
        # Nothing here makes cycles; a collection in mid-stretch would look like a slow server.
        gc.disable()
        while self.heard.count < wanted and time.monotonic() - begun < patience:
            for number, _event in self.epoll.poll(0.1):
                self._take(number)
            if self.heard.count and not first:
                first = time.monotonic()
        gc.enable()
        ended = time.monotonic()
        self.heard.load = (time.process_time() - cpu) / (ended - begun)
        self.heard.seconds = ended - first
        self.heard.late.sort()
        return self.heard

    def idle(self, seconds: float) -> None:
        """Answer pings for a while."""
        self.listen(1 << 62, seconds)

    def close(self) -> None:
        """Hang up."""
        for listener in self.listeners.values():
            listener.sock.close()
        self.epoll.close()

    def _begin(self) -> int:
        listener = Listener(len(self.listeners))
        number = listener.sock.fileno()
        self.listeners[number] = listener
        listener.sock.connect_ex(("127.0.0.1", self.port))
        self.epoll.register(number, select.EPOLLOUT)
        return number

    def _advance(self, listener: Listener) -> bool:
        """Say the next thing of the way in when the last was answered; true once inside."""
        if listener.step < 0:
            listener.sock.sendall(self.wire.upgrade(self.host))
            self.epoll.modify(listener.sock.fileno(), select.EPOLLIN)
            listener.step = 0
            return False
        listener.rest += listener.sock.recv(ROOM)
        if not listener.rest:
            raise RuntimeError("the server hung up on a client on its way in")
        return self._walk(listener)

    def _walk(self, listener: Listener) -> bool:
        if listener.step == 0:
            head, found, listener.rest = listener.rest.partition(END_OF_HEAD)
            if not found:
                listener.rest = head
                return False
            if b" 101 " not in head.partition(b"\r\n")[0]:
                raise RuntimeError(f"the server refused a client: {head[:200]!r}")
            listener.step = 1
            if words := self.wire.steps[0][0]:
                listener.sock.sendall(frame(words))
        frames, listener.rest = split(listener.rest)
        for opcode, payload in frames:
            if opcode == TEXT and not self._is_in(listener):
                self._answered(listener, payload)
        return self._is_in(listener)

    def _is_in(self, listener: Listener) -> bool:
        return listener.step > len(self.wire.steps)

    def _answered(self, listener: Listener, payload: bytes) -> None:
        """Say the next thing when this was the answer to the last."""
        if self.wire.steps[listener.step - 1][1] in payload:
            listener.step += 1
            if not self._is_in(listener):
                listener.sock.sendall(frame(self.wire.steps[listener.step - 1][0]))
        elif b'"ok":false' in payload or payload.startswith(b"44"):
            raise RuntimeError(f"the server refused a client: {payload[:200]!r}")

    def _take(self, number: int) -> None:
        """Read what is there; whole messages of one length are by far the commonest, and need no unpacking."""
        listener, buffer, heard = self.listeners[number], self.buffer, self.heard
        try:
            size = listener.sock.recv_into(buffer)
        except ConnectionError as error:
            raise RuntimeError("the server hung up on a client") from error
        if not size:
            raise RuntimeError("the server hung up on a client")
        heard.octets += size
        step = 4 + (buffer[2] << 8 | buffer[3])
        together = 0 if listener.rest or buffer[1] != MEDIUM else _alike(buffer, size, step)
        if not together or buffer.find(STAMP, 0, step) < 0:
            self._unpack(listener, listener.rest + bytes(buffer[:size]))
            return
        heard.count += together
        if listener.samples:
            now = time.monotonic()
            heard.late += [now - int(when) / 1e6 for when in WHEN.findall(buffer, 0, size)]

    def _unpack(self, listener: Listener, data: bytes) -> None:
        heard, now = self.heard, time.monotonic()
        frames, listener.rest = split(data)
        for opcode, payload in frames:
            if opcode == TEXT and payload == b"2":
                listener.sock.sendall(ENGINE_PONG)
            elif opcode == TEXT and (when := WHEN.search(payload)):
                heard.count += 1
                if listener.samples:
                    heard.late.append(now - int(when[1]) / 1e6)
            elif opcode == PING:
                listener.sock.sendall(frame(payload, PONG))
            elif opcode == CLOSE:
                raise RuntimeError("the server closed a client's socket")


def _alike(buffer: bytearray, size: int, step: int) -> int:
    """Count the frames, all of one length; none where they differ or the last one is not whole."""
    if size == step:
        return 1
    count, rest = divmod(size, step)
    # Payloads are ASCII, so where a frame should begin, 0x81 is a frame's first byte and nothing else.
    alike = not rest and all(buffer[at:size:step].count(buffer[at]) == count for at in range(4))
    return count if alike else 0
