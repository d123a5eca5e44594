"""What a socket may say: JSON's own values, in sizes that every handler and the database can take."""

import math
from typing import Any

from baukasten.errors import Invalid
from baukasten.plugin.text import lazy

_ = lazy("core")
DEEPEST = 8
LARGEST = 2**63
"""Of whole numbers: the database's bigint begins to refuse here."""


def checked(said: Any, depth: int = 0) -> Any:
    """Give what was said; raises Invalid for NUL, halves of a pair, bytes, and numbers that nothing can hold."""
    if isinstance(said, dict | list):
        if depth == DEEPEST:
            raise _wrong()
        parts = [*said, *said.values()] if isinstance(said, dict) else said
        for part in parts:
            checked(part, depth + 1)
    elif not _is_plain(said):
        raise _wrong()
    return said


def number_of(said: Any) -> int:
    """Give what may be the number of a thing, 0 for anything else."""
    return said if type(said) is int and 0 < said < LARGEST else 0


def _is_plain(said: Any) -> bool:
    if isinstance(said, str):
        return "\x00" not in said and (
            said.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in said)
        )
    if isinstance(said, float):
        return math.isfinite(said)
    return said is None or (isinstance(said, int) and -LARGEST <= said < LARGEST)


def _wrong() -> Invalid:
    return Invalid({}, _("This could not be read."))
