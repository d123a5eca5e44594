"""Quoted-printable (RFC 2045, 6.7), with places between the lines where personal parts fit in."""

import re

WIDTH = 75
"""Letters a line; with the sign of a soft line break 76, which is the most."""
SOFT = b"=\r\n"
PLAIN = re.compile(r"[!-<>-~](?:[ -<>-~]*[!-<>-~])?")
BREAKS = re.compile(r"\r\n|\r|\n")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LETTERS = [
    bytes([code]) if code in b"\t " or (33 <= code <= 126 and code != 61) else b"=%02X" % code
    for code in range(256)
]


def encode(text: str) -> bytes:
    """Write text with lines of 75 letters at most; ends of lines become CRLF, other control characters vanish."""
    if PLAIN.fullmatch(text):
        plain = text.encode("ascii")
        if len(plain) <= WIDTH:
            return plain
        return SOFT.join([plain[start : start + WIDTH] for start in range(0, len(plain), WIDTH)])
    lines = BREAKS.split(CONTROL.sub("", text))
    return b"\r\n".join(map(_line, lines))


def between(piece: bytes) -> bytes:
    """Give what must follow a piece so that a value can begin on a line of its own."""
    return b"" if not piece or piece.endswith(b"\r\n") else SOFT


def _line(line: str) -> bytes:
    written = b"".join([LETTERS[code] for code in line.encode("utf-8")])
    if written[-1:] in (b" ", b"\t"):
        # Servers take blanks from the ends of lines.
        written = written[:-1] + (b"=20" if written.endswith(b" ") else b"=09")
    if len(written) <= WIDTH:
        return written
    parts, start = [], 0
    while len(written) - start > WIDTH:
        end = start + WIDTH
        sign = written.rfind(b"=", end - 2, end)
        end = sign if sign > 0 else end
        parts.append(written[start:end])
        start = end
    return SOFT.join([*parts, written[start:]])
