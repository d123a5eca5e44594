"""Codes of our own for whatever a file calls its questions and options."""

import re

LONGEST = 32
_STRANGE = re.compile(r"[^A-Za-z0-9_]+")
RESERVED = frozenset({"and", "or", "not", "in", "true", "false", "missing", "if", "today", "has", "answered"})
"""Words that an expression would not read as a name."""


class Codes:
    """Gives each foreign code one of ours: a letter first, then letters, digits, underscores, no two alike."""

    def __init__(self, first: str) -> None:
        self.first = first
        """The letter before a code that begins with a digit."""
        self.taken: set[str] = set()
        self.ours: dict[str, str] = {}

    def give(self, foreign: str) -> str:
        """Give the code for a foreign one, the same each time."""
        if foreign not in self.ours:
            self.ours[foreign] = self.fresh(foreign)
        return self.ours[foreign]

    def fresh(self, wish: str) -> str:
        """Give a code that nobody has yet, near to a wish."""
        base = _STRANGE.sub("_", wish).strip("_")
        if not base or not base[0].isalpha():
            base = f"{self.first}{base}"
        if base.lower() in RESERVED:
            base = f"{self.first}_{base}"
        found, number = base[:LONGEST], 1
        while found in self.taken:
            number += 1
            tail = f"_{number}"
            found = base[: LONGEST - len(tail)] + tail
        self.taken.add(found)
        return found
