"""How often one person presses by forms what everybody in a room is told; over sockets the core sees to that."""

import math
import threading
import time

from baukasten.plugin import MemberRef
from baukasten.sdk import Buckets, Scope, TooMany

AT_ONCE, PER_SECOND = 60, 3.0
"""Enough for who votes through a long list, without a script too."""


class Presses:
    """The presses of this process's people; nobody's are kept longer than they count."""

    def __init__(self) -> None:
        """Nobody pressed anything yet."""
        self._lock, self._buckets = threading.Lock(), Buckets(AT_ONCE, PER_SECOND)

    def take(self, session: Scope, member: MemberRef, now: float | None = None) -> None:
        """Count one; raises TooMany with the seconds to wait, and then counts nothing."""
        now = time.monotonic() if now is None else now
        key = f"{session.tenant_id} {member.id}"
        with self._lock:
            wait = self._buckets.wait(key, now)
            if wait > 0:
                raise TooMany(math.ceil(wait))
            self._buckets.take(key, now)


PRESSES = Presses()
