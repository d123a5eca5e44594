"""A small websocket client for tests, which also sends what no browser would."""

import base64
import json
import os
import socket
from typing import Any, Self

from baukasten.realtime import frames

PATIENCE = 60.0
"""Seconds for anything to come."""


class WireClient:
    """One connection to ``/socket.io/``, by blocking calls."""

    def __init__(
        self, port: int, host: str = "localhost", *, headers: dict[str, str] | None = None, buffer: int = 0
    ) -> None:
        """Connect over loopback and shake hands; ``buffer`` bytes are all it takes in unread, 0 as many as usual.

        Raises ConnectionError with the answer's status line where the handshake is refused.
        """
        self._rest = b""
        self.sock = socket.socket()
        try:
            if buffer:
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
            self.sock.settimeout(PATIENCE)
            self.sock.connect(("127.0.0.1", port))
            self.answer = self._shake_hands({"Host": host, **(headers or {})})
        except OSError:
            self.sock.close()
            raise

    def _shake_hands(self, headers: dict[str, str]) -> str:
        lines = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **headers,
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.sock.sendall(f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{head}\r\n".encode())
        answer, _, self._rest = self._until(b"\r\n\r\n").partition(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101 "):
            raise ConnectionError(answer.partition(b"\r\n")[0].decode())
        return answer.decode()

    def __enter__(self) -> Self:
        """Give the client."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Hang up without a word."""
        self.sock.close()

    def join(self) -> str:
        """Say what Socket.IO says at first; gives the id that the server gave. Raises ConnectionError."""
        self.text()
        self.say("40")
        told = self.text()
        if not told.startswith("40"):
            raise ConnectionError(told)
        return str(json.loads(told[2:])["sid"])

    def call(self, event: str, *values: Any) -> Any:
        """Send an event and give its acknowledgement; what comes before it is passed over."""
        self.say(f"421{json.dumps([event, *values])}")
        while not (told := self.text()).startswith("431"):
            pass
        return json.loads(told[3:])[0]

    def event(self) -> list[Any]:
        """Give the next event with its values; other packets are passed over."""
        while not (told := self.text()).startswith("42"):
            pass
        given: list[Any] = json.loads(told[2:])
        return given

    def say(self, text: str) -> None:
        """Send one text message."""
        self.send(frames.TEXT, text.encode())

    def send(self, opcode: int, payload: bytes, *, last: bool = True) -> None:
        """Send one frame, masked as clients must (RFC 6455, section 5.3)."""
        self.sock.sendall(masked(opcode, payload, last=last))

    def text(self) -> str:
        """Give the next text message; pings of Engine.IO are answered and passed over. Raises ConnectionError."""
        while True:
            opcode, payload = self.frame()
            if opcode == frames.CLOSE:
                raise ConnectionError(f"closed with {int.from_bytes(payload[:2], 'big')}")
            if opcode == frames.TEXT and payload == b"2":
                self.say("3")
            elif opcode == frames.TEXT:
                return payload.decode()

    def frame(self) -> tuple[int, bytes]:
        """Give opcode and content of the next frame; raises ConnectionError at the end."""
        first, second = self._take(2)
        length = second & 0x7F
        if length >= frames.SHORT:
            length = int.from_bytes(self._take(2 if length == frames.SHORT else 8), "big")
        return first & 0x0F, self._take(length)

    def _take(self, count: int) -> bytes:
        while len(self._rest) < count:
            self._rest += self._receive()
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def _until(self, mark: bytes) -> bytes:
        said = b""
        while mark not in said:
            said += self._receive()
        return said

    def _receive(self) -> bytes:
        data = self.sock.recv(65536)
        if not data:
            raise ConnectionError("the server hung up")
        return data


def masked(opcode: int, payload: bytes, *, last: bool = True, mask: bytes = b"\x01\x02\x03\x04") -> bytes:
    """Give a frame as clients send it."""
    plain = frames.frame(opcode, payload)
    head = plain[: len(plain) - len(payload)]
    hidden = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    first = head[0] if last else head[0] & ~frames.FIN
    return bytes((first, head[1] | frames.MASKED)) + head[2:] + mask + hidden
