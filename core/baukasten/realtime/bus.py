"""How news travel between the processes of an installation: told to all who follow, kept by nobody."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

LONGEST = 7_900
"""Bytes of one piece of news; PostgreSQL carries fewer than 8,000."""
MISSED = ""
"""Stands for news that nobody could be told."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody who wants to hear about a topic."""

    heard: Callable[[str], None]
    """Told each piece of news, in the same order in every process."""
    missed: Callable[[], None]
    """Told that news may have passed unheard, after the bus was away."""


class Bus(Protocol):
    """Carries news; whoever was not there misses them, so they are bells and never the truth."""

    def publish(self, topic: str, news: str) -> None:
        """Tell all followers in all processes; takes no time and never raises, for requests call it."""

    def follow(self, topic: str, follower: Follower) -> None:
        """Hear about a topic from now on."""

    def leave(self, topic: str, follower: Follower) -> None:
        """Hear no more."""

    def close(self) -> None:
        """Send what waits, for some seconds at most, and give connections back; it may be used again."""


class LocalBus:
    """The bus of a single process: told at once, by whoever publishes."""

    def __init__(self) -> None:
        """Follow nothing yet."""
        self._followers: defaultdict[str, list[Follower]] = defaultdict(list)

    def publish(self, topic: str, news: str) -> None:
        """Tell all followers here."""
        for follower in tuple(self._followers[topic]):
            follower.heard(news)

    def follow(self, topic: str, follower: Follower) -> None:
        """Hear about a topic from now on."""
        self._followers[topic].append(follower)

    def leave(self, topic: str, follower: Follower) -> None:
        """Hear no more."""
        self._followers[topic].remove(follower)

    def close(self) -> None:
        """Nothing waits and nothing is open."""
