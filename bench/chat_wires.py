"""What clients of a live server say, byte by byte: the websocket's handshake and frames, socket.io's words."""

import base64
import json
from dataclasses import dataclass
from typing import Any

KIND = "chat"
"""The kind of the rooms that are compared."""
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
MEDIUM, LARGE = 126, 127
"""Stand in place of a length that needs two or eight bytes of its own."""
END_OF_HEAD = b"\r\n\r\n"
STAMP = b"due="
"""Stands once in the words of each message, before the microseconds of the machine's clock at which it was due."""
TALK = "Mehr Licht am Kanal, abends sieht man die Stufen nicht. due={due}"


@dataclass(frozen=True, slots=True)
class Wire:
    """How one kind of server is greeted and entered, and how a message is said to it."""

    path: str
    steps: tuple[tuple[bytes, bytes], ...]
    """What a client says after the websocket's handshake, each with what the answer must hold."""
    say: bytes
    """What stands before a message that a client says to the room; its closing bracket follows."""

    def upgrade(self, host: str) -> bytes:
        """Give the request that opens the websocket, as a page of the same host sends it."""
        key = base64.b64encode(b"one key for all.").decode("ascii")
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {host}",
            f"Origin: http://{host}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Accept-Language: de-DE,de;q=0.8,en;q=0.5",
        ]
        return "\r\n".join(lines).encode("ascii") + END_OF_HEAD


def socketio(kind: str, number: int) -> Wire:
    """Speak engine.io 4 and socket.io 5, as the product and Node's server do."""
    enter = json.dumps(["enter", kind, number]).encode("ascii")
    say = json.dumps(["say", kind, number])[:-1].encode("ascii")
    steps = ((b"", b'0{"sid"'), (b"40", b'40{"sid"'), (b"420" + enter, b'"ok":true'))
    return Wire("/socket.io/?EIO=4&transport=websocket", steps, b"42" + say)


def bare(kind: str, number: int) -> Wire:
    """Speak JSON lists over a bare websocket."""
    enter = json.dumps(["enter", kind, number]).encode("ascii")
    return Wire("/", ((enter, b'"ok":true'),), json.dumps(["say", kind, number])[:-1].encode("ascii"))


def message(kind: str, number: int, version: int, due: int) -> dict[str, Any]:
    """Make what a ring tells of one message of a chat, about 300 bytes; ``due`` in microseconds."""
    said = {
        "number": version,
        "version": version,
        "at": "2026-11-22T18:00:00.000+00:00",
        "kind": "text",
        "author": "Buergerin",
        "html": TALK.format(due=due),
        "folded": False,
        "edited": False,
        "by_staff": False,
        "reactions": {},
        "nonce": "7c0be2",
    }
    return {"kind": kind, "id": number, "version": version, "messages": [said]}


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Wrap as RFC 6455 wants it of clients; the mask is zero, which leaves the payload as it is."""
    size = len(payload)
    head = (
        bytes((0x80 | opcode, 0x80 | size))
        if size < MEDIUM
        else bytes((0x80 | opcode, 0xFE, *divmod(size, 256)))
    )
    return head + bytes(4) + payload


def split(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """Give each whole frame of a server as opcode and payload, and what is left of one that is not whole."""
    frames, start, size = [], 0, len(data)
    while size - start >= 2:
        length, body = data[start + 1], start + 2
        if length == MEDIUM:
            length, body = int.from_bytes(data[body : body + 2], "big"), body + 2
        elif length == LARGE:
            length, body = int.from_bytes(data[body : body + 8], "big"), body + 8
        if size < body + length:
            break
        frames.append((data[start] & 0x0F, data[body : body + length]))
        start = body + length
    return frames, data[start:]
