"""What everybody gets alike of a room, made once a process for each of its versions."""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

T = TypeVar("T")
SECONDS = 1.0
"""Votes and hours change without a version; nobody waits longer than this for them."""
MOST = 512
"""Answers kept at a time; beginning anew is cheaper than keeping order."""


@dataclass(slots=True)
class Slot:
    """One answer, and the lock under which it is made."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: int = -1
    made_at: float = float("-inf")
    value: Any = None


class Kept:
    """Answers by room and question, each good for one version of the room and a moment of time."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST) -> None:
        """Keep nothing yet."""
        self._seconds, self._most = seconds, most
        self._slots: dict[Hashable, Slot] = {}
        self._tidied_at = time.monotonic()

    def get(self, key: Hashable, version: int, make: Callable[[], T]) -> T:
        """Give the answer for a version; whoever asks while it is being made waits for it instead of making another."""
        slot = self._slots.get(key)
        if slot is None:
            self._tidy()
            slot = self._slots.setdefault(key, Slot())
        with slot.lock:
            if slot.version != version or time.monotonic() - slot.made_at >= self._seconds:
                slot.value = make()
                slot.version, slot.made_at = version, time.monotonic()
            return cast("T", slot.value)

    def _tidy(self) -> None:
        """Let go of what is good no more; whoever asks for one version after the other fills no memory with them."""
        now = time.monotonic()
        if now - self._tidied_at >= self._seconds:
            self._tidied_at = now
            good = now - self._seconds
            slots = tuple(self._slots.items())
            self._slots = {key: one for key, one in slots if one.made_at > good or one.lock.locked()}
        if len(self._slots) >= self._most:
            self._slots = {}


class Pace:
    """How often clients without a live connection shall ask, by how many of them there are."""

    LEAST, MOST = 3, 10
    """Seconds."""
    EASY = 40
    """Questions a second that a process answers beside its pages without anybody noticing."""
    WINDOW = 5.0

    def __init__(self) -> None:
        """Nobody asked yet."""
        self._since, self._asked, self._seconds = time.monotonic(), 0, self.LEAST

    def seconds(self) -> int:
        """Give how long a client waits before it asks."""
        return self._seconds

    def ask(self, now: float | None = None) -> int:
        """Count one question and give how long its client waits before the next one."""
        now = time.monotonic() if now is None else now
        self._asked += 1
        passed = now - self._since
        if passed >= self.WINDOW:
            # So many clients there must be; asking at the easy rate, they wait this long between two questions.
            clients = self._asked / passed * self._seconds
            self._seconds = min(self.MOST, max(self.LEAST, round(clients / self.EASY)))
            self._since, self._asked = now, 0
        return self._seconds


PACE = Pace()
"""Of this process's clients without a live connection."""
