"""How many people listen in a room, over all processes: each announces its own counts, and they expire."""

import json
import time
from collections.abc import Mapping

from baukasten.realtime.bus import LONGEST, Bus, Follower

TOPIC = "people"
ANNOUNCE_SECONDS = 5.0
EXPIRE_SECONDS = 3 * ANNOUNCE_SECONDS
"""After this long without a word, a process counts as gone."""


class Presence:
    """The counts of all processes as this one knows them; it begins to listen when first asked."""

    def __init__(self, bus: Bus) -> None:
        """Know nobody yet."""
        self._bus = bus
        self._counts: dict[str, dict[str, tuple[int, float]]] = {}
        self._follower: Follower | None = None

    def people_in(self, room: str, *, but: str = "") -> int:
        """Give how many listen in a room, leaving one process out; nobody before the first announcements are heard."""
        self.listen()
        now = time.monotonic()
        known = tuple(self._counts.get(room, {}).items())
        return sum(count for who, (count, at) in known if who != but and now - at < EXPIRE_SECONDS)

    def listen(self) -> None:
        """Follow the announcements; safe to repeat."""
        if self._follower is None:
            self._follower = Follower(self._learn, lambda: None)
            self._bus.follow(TOPIC, self._follower)

    def announce(self, process: str, counts: Mapping[str, int]) -> None:
        """Tell all processes how many listen here, in pieces that the bus can carry; zero takes a room back."""
        self._note(process, counts)
        piece: dict[str, int] = {}
        size = 0
        for room, count in counts.items():
            size += len(room) + 16
            if size > LONGEST // 2:
                self._bus.publish(TOPIC, json.dumps([process, piece]))
                piece, size = {}, 0
            piece[room] = count
        if piece:
            self._bus.publish(TOPIC, json.dumps([process, piece]))

    def _learn(self, news: str) -> None:
        process, counts = json.loads(news)
        self._note(process, counts)

    def _note(self, process: str, counts: Mapping[str, int]) -> None:
        now = time.monotonic()
        for room, count in counts.items():
            known = self._counts.setdefault(room, {})
            if count > 0:
                known[process] = (count, now)
            else:
                known.pop(process, None)
            if not known:
                del self._counts[room]

    def tidy(self) -> None:
        """Forget processes that have long said nothing."""
        now = time.monotonic()
        for room, known in list(self._counts.items()):
            fresh = {who: one for who, one in known.items() if now - one[1] < EXPIRE_SECONDS}
            if fresh:
                self._counts[room] = fresh
            else:
                self._counts.pop(room, None)
