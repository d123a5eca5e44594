"""Traces taken out of compressed pictures inside other files, without touching a pixel."""

import re
from collections.abc import Iterator

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN, COMMENT, FIRST_APP, LAST_APP, ADOBE = 0xDA, 0xFE, 0xE0, 0xEF, 0xEE
ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length (ITU T.81, table B.1)."""
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
JFIF_HEAD = b"JFIF\0"
JFIF_BARE = 16
"""Bytes of a JFIF segment without a thumbnail."""

CODESTREAM, TILE, CODESTREAM_COMMENT = b"\xff\x4f", 0xFF90, 0xFF64
BOXES = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})
"""What a JPEG 2000 picture needs (ITU T.800, annex I); the rest tells about it."""


def strip(data: bytes) -> bytes:
    """Give a JPEG without EXIF, XMP, IPTC, profiles, comments, thumbnails and what follows its end.

    Colours stay: what Adobe's segment says about them is kept. Raises ValueError for what is no JPEG.
    """
    if not data.startswith(START):
        raise ValueError("no JPEG")
    return b"".join((START, *_segments(data), END))


def _segments(data: bytes) -> Iterator[bytes]:
    at = len(START)
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise ValueError("no marker where one must be")
        marker = data[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
        elif marker == END[1]:
            return
        elif marker in ALONE:
            at += 2
        else:
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == SCAN:
                found = AFTER_SCAN.search(data, end)
                end = found.start() if found else len(data)
            yield _without_traces(marker, data[at:end])
            at = end


def _without_traces(marker: int, segment: bytes) -> bytes:
    body = segment[4:]
    if marker == COMMENT or FIRST_APP < marker <= LAST_APP:
        return segment if marker == ADOBE and body.startswith(b"Adobe") else b""
    if marker == FIRST_APP:
        if not body.startswith(JFIF_HEAD):
            return b""
        # Width and height of a thumbnail become zero, and its pixels are left out.
        return segment[:2] + JFIF_BARE.to_bytes(2, "big") + body[: JFIF_BARE - 4] + b"\0\0"
    return segment


def strip_2000(data: bytes) -> bytes:
    """Give a JPEG 2000 picture without boxes and comments that tell about it; raises ValueError for others."""
    if data.startswith(CODESTREAM):
        return _without_comments(data)
    kept = []
    for kind, body in _boxes(data):
        if kind in BOXES:
            inner = _without_comments(body) if kind == b"jp2c" else body
            kept.append((len(inner) + 8).to_bytes(4, "big") + kind + inner)
    return b"".join(kept)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        length, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif length == 0:  # up to the end
            length = len(data) - at
        if length < head:
            raise ValueError("a box shorter than its head")
        yield kind, data[at + head : at + length]
        at += length


def _without_comments(stream: bytes) -> bytes:
    """Leave comments out of the main header of a codestream; the tiles follow untouched."""
    if not stream.startswith(CODESTREAM):
        raise ValueError("no codestream")
    kept, at = [CODESTREAM], len(CODESTREAM)
    while (marker := int.from_bytes(stream[at : at + 2], "big")) != TILE:
        end = at + 2 + int.from_bytes(stream[at + 2 : at + 4], "big")
        if end > len(stream) or marker < 0xFF00:
            raise ValueError("a broken header")
        if marker != CODESTREAM_COMMENT:
            kept.append(stream[at:end])
        at = end
    return b"".join((*kept, stream[at:]))
