"""The process in which strangers' files are unpacked: little memory, little time, no way to write or to reach us.

``python -m baukasten.content.cell picture|paper|table`` reads a file and writes the result; started by ``apart``.
"""

import json
import resource
import struct
import sys
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from baukasten.content import papers, pictures
from baukasten.errors import Invalid

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space; a picture of 40 megapixels takes up to 700 MB."""
SECONDS = 15
HEAD = struct.Struct(">I")
REFUSED = 3
"""Exit code of a refusal, whose message id stands on standard output; any other but 0 is an accident."""


def main(kind: str) -> int:
    """Do one piece of work; gives the exit code."""
    _bound()
    data = sys.stdin.buffer.read()
    try:
        if kind == "picture":
            made = pictures.rework(data)
            _pack(sys.stdout.buffer, {"width": made.width, "height": made.height}, (made.large, made.small))
        else:
            paper = papers.clean(data, is_table=kind == "table")
            _pack(sys.stdout.buffer, {"media_type": paper.media_type, "suffix": paper.suffix}, (paper.data,))
    except Invalid as error:
        sys.stdout.write(error.errors["files"])
        return REFUSED
    return 0


def unpack(packed: BinaryIO) -> tuple[dict[str, Any], list[bytes]]:
    """Read what ``main`` wrote: facts, then files."""
    parts = []
    while length := packed.read(HEAD.size):
        parts.append(packed.read(HEAD.unpack(length)[0]))
    return json.loads(parts[0]), parts[1:]


def _pack(out: BinaryIO, facts: Mapping[str, Any], parts: Sequence[bytes]) -> None:
    out.writelines(HEAD.pack(len(part)) + part for part in (json.dumps(facts).encode(), *parts))


def _bound() -> None:
    """Take from this process what it will not need."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
