"""Frames of the websocket protocol (RFC 6455): built once for everybody, and read with a limit."""

from collections.abc import Iterator

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FIN, RESERVED, MASKED = 0x80, 0x70, 0x80
CONTROL = 0x8
"""Opcodes from here on carry no message; their frames are whole and short (section 5.5)."""
MOST_CONTROL = 125
SHORT, LONG = 126, 127
"""Lengths that announce two or eight more bytes of length (section 5.2)."""
GOING_AWAY, BROKEN_RULE, UNSUPPORTED, NOT_TEXT, NOT_ALLOWED, TOO_LARGE = 1001, 1002, 1003, 1007, 1008, 1009
NORMAL = 1000
OPCODES = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})


class FrameError(Exception):
    """What a peer sent breaks the protocol or our limit; ``code`` says which (section 7.4.1)."""

    def __init__(self, code: int) -> None:
        """Take the code of the close frame that answers."""
        super().__init__(code)
        self.code = code


def frame(opcode: int, payload: bytes) -> bytes:
    """Give a whole frame as servers send it: final and without a mask (sections 5.1 and 5.2)."""
    length = len(payload)
    if length < SHORT:
        return bytes((FIN | opcode, length)) + payload
    if length <= 0xFFFF:
        return bytes((FIN | opcode, SHORT)) + length.to_bytes(2, "big") + payload
    return bytes((FIN | opcode, LONG)) + length.to_bytes(8, "big") + payload


def text_frame(text: str) -> bytes:
    """Give the frame of one text message."""
    return frame(TEXT, text.encode())


def close_frame(code: int) -> bytes:
    """Give the frame that ends a connection for a reason (section 5.5.1)."""
    return frame(CLOSE, code.to_bytes(2, "big"))


class Reader:
    """Puts the messages of one client together from whatever pieces arrive."""

    __slots__ = ("_limit", "_opcode", "_parts", "_rest")

    def __init__(self, limit: int) -> None:
        """Take the most bytes of one message, however many fragments it comes in."""
        self._limit = limit
        self._rest = b""
        self._opcode = CONTINUATION
        self._parts = b""

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Give opcode and content of what is complete by now; raises FrameError where the peer breaks a rule."""
        data = self._rest + data if self._rest else data
        at = 0
        while (found := self._frame(data, at)) is not None:
            first, payload, at = found
            opcode = first & 0x0F
            if opcode >= CONTROL:
                yield opcode, payload
                continue
            self._begin(opcode)
            self._parts = self._parts + payload if self._parts else payload
            if first & FIN:
                message, kind = self._parts, self._opcode
                self._parts, self._opcode = b"", CONTINUATION
                yield kind, message
        self._rest = data[at:]

    def _begin(self, opcode: int) -> None:
        """Hold a data frame against what came before: a message begins once and then goes on (section 5.4)."""
        if (opcode == CONTINUATION) is (self._opcode == CONTINUATION):
            raise FrameError(BROKEN_RULE)
        if opcode != CONTINUATION:
            self._opcode = opcode

    def _frame(self, data: bytes, at: int) -> tuple[int, bytes, int] | None:
        """Give the first byte, the content and the end of the frame at a place, or nothing while it lacks a part."""
        if len(data) < at + 2:
            return None
        first, second = data[at], data[at + 1]
        _check(first, second)
        length, at = second & 0x7F, at + 2
        if length >= SHORT:
            width = 2 if length == SHORT else 8
            if len(data) < at + width:
                return None
            length, at = int.from_bytes(data[at : at + width], "big"), at + width
        # Before the content has come: who announces too much is not waited for.
        if first & 0x0F < CONTROL and length + len(self._parts) > self._limit:
            raise FrameError(TOO_LARGE)
        end = at + 4 + length
        if len(data) < end:
            return None
        return first, _unmasked(data[at : at + 4], data[at + 4 : end]), end


def _check(first: int, second: int) -> None:
    """Refuse what no client may send us; raises FrameError."""
    opcode = first & 0x0F
    if first & RESERVED or opcode not in OPCODES or not second & MASKED:
        raise FrameError(BROKEN_RULE)
    if opcode >= CONTROL and (not first & FIN or second & 0x7F > MOST_CONTROL):
        raise FrameError(BROKEN_RULE)


def _unmasked(mask: bytes, payload: bytes) -> bytes:
    """Take the mask off (section 5.3), as one large number: byte by byte would be slow for long messages."""
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(length, "big")
