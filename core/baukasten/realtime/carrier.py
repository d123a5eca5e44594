"""A bus over a service that may be away for a while: one thread sends, one listens, and both come back."""

import logging
import random
import threading
import time
from abc import ABC, abstractmethod
from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import ClassVar

from baukasten.realtime.bus import MISSED, Follower

log = logging.getLogger(__name__)
MOST_WAITING = 1_000
"""News kept while the service is away; if there are more, all are told that they missed some."""
BATCH = 100
POLL_SECONDS = 0.5
IDLE_SECONDS = 60.0
"""Whoever has nothing to say for so long holds no connection."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
CLOSE_SECONDS = 3.0

Said = tuple[str, str]
"""A topic and its news."""
Send = Callable[[Sequence[Said]], None]
Topics = Callable[[], Collection[str]]


class Errand(threading.Thread):
    """One of a carrier's two threads; it ends when asked to."""

    def __init__(self, name: str, work: Callable[["Errand"], None]) -> None:
        """Begin at once."""
        super().__init__(target=work, args=(self,), name=f"bus {name}", daemon=True)
        self.over = threading.Event()
        self.start()


class Carrier(ABC):
    """What all such services have in common; how to reach one is a subclass's matter."""

    away: ClassVar[tuple[type[Exception], ...]] = (OSError,)
    """How the service's absence shows."""

    def __init__(self) -> None:
        """Reach nothing yet: the threads begin when first needed, in the process that needs them."""
        self._waiting: deque[Said] = deque(maxlen=MOST_WAITING)
        self._lost: set[str] = set()
        self._followers: defaultdict[str, list[Follower]] = defaultdict(list)
        self._wake, self._lock = threading.Event(), threading.Lock()
        self._sender: Errand | None = None
        self._listener: Errand | None = None

    @abstractmethod
    def sending(self) -> AbstractContextManager[Send]:
        """Connect for sending; raises one of ``away``, as does what it gives."""

    @abstractmethod
    def listening(self, topics: Topics) -> AbstractContextManager[Iterator[Said | None]]:
        """Connect for listening to topics, also to those that join; raises one of ``away``, as does what it gives.

        Nothing is given at least every ``POLL_SECONDS``.
        """

    def publish(self, topic: str, news: str) -> None:
        """Let the thread that sends tell all followers; takes microseconds, whatever the service does."""
        if len(self._waiting) == MOST_WAITING:
            self._lost.add(topic)
        self._waiting.append((topic, news))
        self._wake.set()
        if self._sender is None:
            self._begin()

    def follow(self, topic: str, follower: Follower) -> None:
        """Hear about a topic; from half a second later on."""
        self._followers[topic].append(follower)
        with self._lock:
            if self._listener is None:
                self._listener = Errand("listens", self._keep_listening)

    def leave(self, topic: str, follower: Follower) -> None:
        """Hear no more."""
        self._followers[topic].remove(follower)

    def close(self) -> None:
        """Send what waits, for some seconds at most, and give the connections back."""
        with self._lock:
            ended = [one for one in (self._sender, self._listener) if one is not None]
            self._sender = self._listener = None
        for one in ended:
            one.over.set()
        self._wake.set()
        for one in ended:
            one.join(CLOSE_SECONDS)

    def _begin(self) -> None:
        with self._lock:
            if self._sender is None:
                self._sender = Errand("sends", self._keep_sending)

    def _keep_sending(self, errand: Errand) -> None:
        self._keep(errand, self._send)

    def _keep_listening(self, errand: Errand) -> None:
        self._keep(errand, self._listen)

    def _keep(self, errand: Errand, work: Callable[[Errand, bool], None]) -> None:
        """Begin again whenever the service was away, after pauses that grow."""
        pause, returning = SHORTEST_PAUSE, False
        while not errand.over.is_set():
            begun = time.monotonic()
            try:
                work(errand, returning)
                returning = False
            except self.away as error:
                if time.monotonic() - begun > LONGEST_PAUSE:
                    pause = SHORTEST_PAUSE
                if not returning:
                    log.warning("the bus that %s is away: %s", errand.name, type(error).__name__)
                returning = True
                # Processes that lost it together shall not all come back at the same moment.
                errand.over.wait(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret
                pause = min(2 * pause, LONGEST_PAUSE)

    def _send(self, errand: Errand, _returning: bool) -> None:  # noqa: FBT001 - called by _keep alone
        while not self._waiting:
            if errand.over.is_set():
                return
            self._wake.wait()
            self._wake.clear()
        with self.sending() as send:
            lost, self._lost = self._lost, set()
            try:
                send([(topic, MISSED) for topic in sorted(lost)])
                self._send_waiting(errand, send)
            except self.away:
                self._lost |= lost
                raise

    def _send_waiting(self, errand: Errand, send: Send) -> None:
        while True:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            if batch:
                try:
                    send(batch)
                except self.away:
                    self._put_back(batch)
                    raise
            elif errand.over.is_set() or not self._wake.wait(IDLE_SECONDS):
                return
            else:
                self._wake.clear()

    def _put_back(self, batch: Sequence[Said]) -> None:
        """Keep for the next try; it may have arrived, so a ring may be heard twice."""
        for said in reversed(batch):
            if len(self._waiting) == MOST_WAITING:
                self._lost.add(said[0])
            else:
                self._waiting.appendleft(said)

    def _listen(self, errand: Errand, returning: bool) -> None:  # noqa: FBT001 - as above
        with self.listening(self._topics) as news:
            if returning:
                log.info("the bus that %s is back", errand.name)
                for topic in self._topics():
                    self._tell(topic, MISSED)
            for said in news:
                if errand.over.is_set():
                    return
                if said is not None:
                    self._tell(*said)

    def _topics(self) -> list[str]:
        return [topic for topic, followers in tuple(self._followers.items()) if followers]

    def _tell(self, topic: str, news: str) -> None:
        for follower in tuple(self._followers[topic]):
            try:
                follower.missed() if news == MISSED else follower.heard(news)
            except Exception:
                # One listener's accident must not make the whole process deaf.
                log.exception("an accident in a follower of %s", topic)
