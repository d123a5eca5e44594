"""Unpacking strangers' files in a process of its own, so that a decoder that breaks takes nobody with it."""

import os
import subprocess
import sys
import threading
from io import BytesIO
from typing import Any

from baukasten.content import cell
from baukasten.content.papers import Paper
from baukasten.content.pictures import Picture
from baukasten.errors import N_, Invalid
from baukasten.web.i18n import dgettext

# The machine's memory must hold all that are at work; who comes later waits.
AT_ONCE = threading.BoundedSemaphore(2)
UNREADABLE = N_("We could not read this file. Please save it anew and try again.")


def rework(data: bytes) -> Picture:
    """Do ``pictures.rework`` apart; raises Invalid in the reader's language, also where memory or time ran out."""
    facts, (large, small) = _ask("picture", data)
    return Picture(large, small, facts["width"], facts["height"])


def clean(data: bytes, *, is_table: bool = False) -> Paper:
    """Do ``papers.clean`` apart; raises Invalid in the reader's language, also where memory or time ran out."""
    facts, (body,) = _ask("table" if is_table else "paper", data)
    return Paper(body, facts["media_type"], facts["suffix"])


def _ask(kind: str, data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    with AT_ONCE:
        code, answer = _run(kind, data)
    if code == 0:
        return cell.unpack(BytesIO(answer))
    message = answer.decode() if code == cell.REFUSED else UNREADABLE
    raise Invalid({"files": dgettext("core", message)})


def _run(kind: str, data: bytes) -> tuple[int, bytes]:
    command = [sys.executable, "-P", "-m", cell.__name__, kind]
    # Nothing of ours is handed on, no database and no secret; one arena, since each reserves address space.
    environ = {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "1"
    }  # fmt: skip
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=cell.SECONDS, env=environ, check=False
        )
    except subprocess.TimeoutExpired:
        return -1, b""
    return done.returncode, done.stdout
