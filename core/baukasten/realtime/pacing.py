"""Large rooms in which much is said: news that follow closely travel together, so each person is sent to less often."""

import time
from typing import Any

GAP_SECONDS = 0.05
"""At most so long does news wait for company; nobody reads faster, and twenty times a second costs little."""
FEW = 50
"""Up to so many people everything is sent at once: there is little to spare."""
MOST_TOGETHER = 32
"""News that travel together; more would look like a slow client to a line."""


class Pace:
    """Tells rooms their news in order: at once what comes singly, together what follows closely on two others.

    What is said to one room keeps its order, and reaches who is in the room when it is sent. It relies on a fan-out
    that does not switch to another greenlet.
    """

    def __init__(self, server: Any) -> None:
        """Take the Socket.IO server whose manager is a ``Fanout``."""
        self._server = server
        self._waiting: dict[str, list[tuple[str, Any]]] = {}
        self._told_at: dict[str, float] = {}
        """When a large room was last told something; large rooms are few."""

    def tell(self, event: str, data: Any, room: str) -> None:
        """Send an event to everybody in a room, now or within the gap."""
        people = self._server.manager
        waiting = self._waiting.get(room)
        if waiting is None:
            people.emit_together([(event, data)], room)
            if people.count(room) > FEW and self._is_close(room):
                self._waiting[room] = []
                self._server.start_background_task(self._follow, room)
            return
        waiting.append((event, data))
        if len(waiting) >= MOST_TOGETHER:
            people.emit_together(waiting, room)
            waiting.clear()

    def _is_close(self, room: str) -> bool:
        """Tell whether the room was told something else less than a gap ago."""
        now = time.monotonic()
        before = self._told_at.get(room)
        self._told_at[room] = now
        return before is not None and now - before < GAP_SECONDS

    def _follow(self, room: str) -> None:
        """Send what waits after each gap, until nothing does; whatever happens, nobody waits for it afterwards."""
        try:
            self._server.sleep(GAP_SECONDS)
            while news := self._waiting.pop(room):
                self._server.manager.emit_together(news, room)
                self._waiting[room] = []
                self._server.sleep(GAP_SECONDS)
        finally:
            self._waiting.pop(room, None)
