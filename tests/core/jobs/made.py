"""A plugin made for the tests of the queue: jobs that note, fail or crash, and an ear for events."""

import os
import sys
from types import ModuleType
from typing import Any

from baukasten.plugin.declarations import Job
from baukasten.plugin.events import Event
from baukasten.plugin.hookspecs import hookimpl
from baukasten.plugin.manifest import Manifest
from baukasten.plugin.text import lazy
from baukasten.plugin.work import work

GREETING = lazy("core")("Sign in")


class Diary:
    """What the jobs did, and what they shall do next."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self.failing: set[str] = set()

    @property
    def words(self) -> list[str]:
        """Give the words alone; a worker that waits for jobs does periodic work in between."""
        return [line[0] for line in self.lines if line[0] != "note"]

    def write(self, session: Any, *, word: str) -> None:
        """Note the word with the town and the scope of the session, then fail if asked."""
        seen = work(session)
        self.lines.append((word, session.tenant_id, seen.town.id, seen.attempt))
        if word in self.failing:
            raise ValueError(f"{word} fails\nwith a second line about a person")

    def note(self, session: Any) -> None:
        """Note the scope."""
        self.lines.append(("note", session.tenant_id))

    def greet(self, _session: Any) -> None:
        """Note a text in the language of the town."""
        self.lines.append(str(GREETING))

    def lend(self, session: Any) -> None:
        """Note what the process lends."""
        self.lines.append(work(session).tools["pen"])

    @staticmethod
    def crash(_session: Any) -> None:
        """End the process at once, as kill -9 does."""
        os._exit(9)


def module(name: str, diary: Diary) -> ModuleType:
    """Give a plugin with jobs and an ear."""
    made = ModuleType(f"made_{name}")
    made.manifest = Manifest(name=name, title=name, version="1", core=">=0")  # type: ignore[attr-defined]

    @hookimpl
    def register_jobs() -> list[Job]:
        return [
            Job(f"{name}.write", diary.write, max_attempts=3),
            Job(f"{name}.note", diary.note, every="* * * * *"),
            Job(f"{name}.whole", diary.note, every="* * * * *", per_tenant=False),
            Job(f"{name}.greet", diary.greet),
            Job(f"{name}.lend", diary.lend),
            Job(f"{name}.crash", diary.crash, max_attempts=2),
        ]

    @hookimpl
    def on_event(event: Event) -> None:
        if name in diary.failing:
            raise ValueError(f"{name} does not take {event.name}")
        diary.lines.append((name, event))

    made.register_jobs, made.on_event = register_jobs, on_event  # type: ignore[attr-defined]
    sys.modules[made.__name__] = made
    return made
