"""What an import gives: the survey, and in plain words what of the file it could not take."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from baukasten.sdk import Invalid

Text = dict[str, str]
"""Words by language."""


class Refused(Invalid):
    """A file that cannot be read at all; the message says why in one sentence."""

    def __init__(self, sentence: object, **values: object) -> None:
        super().__init__(message=str(sentence) % values if values else sentence)


class Level(StrEnum):
    """How much a note matters."""

    INFO = "info"
    """All is there, in a way that staff should know."""
    CHANGED = "changed"
    """Something works otherwise than it did."""
    LOST = "lost"
    """Something is missing now."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that staff should look at."""

    level: Level
    place: str
    """Code of a question as the file calls it, or "" for the whole survey."""
    message: object
    """A text to be translated when shown."""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in the language of the reader."""
        return str(self.message) % self.values if self.values else str(self.message)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many responses are wanted of a kind."""

    code: str
    title: str
    expression: str
    wanted: int
    message: Text
    """What is said to those who come too late."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a file says about running the survey; a proposal, since nothing of it is switched on by an import."""

    anonymous: bool | None = None
    codes: bool = False
    """Only invited people could answer."""
    resumable: bool = False
    editable: bool = False
    """Whoever answered could change it afterwards."""
    opens: dt.datetime | None = None
    closes: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """One response of an archive."""

    answers: dict[str, Any]
    language: str
    day: dt.date | None
    """Day of the submission, if the archive knows a true one."""
    done: bool
    """Submitted, not left half way."""
    lost: tuple[str, ...] = ()
    """Columns whose value has no place in the definition."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of the file."""

    place: str
    """Its code there, by which notes name it."""
    type: str
    """Its type there."""
    mapped: bool
    """Whether it is a question here too."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A survey as this platform writes it, with the report."""

    definition: dict[str, Any]
    quotas: tuple[Quota, ...] = ()
    settings: Settings = field(default_factory=Settings)
    notes: tuple[Note, ...] = ()
    responses: Iterator[Filled] | None = None
    """Read while it is walked through; raises Refused where the archive breaks off."""
    asked: tuple[Asked, ...] = ()


class Report:
    """Collects notes, each only once."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, str], Note] = {}

    def note(self, level: Level, place: str, message: object, **values: object) -> None:
        """Remember a note; the same words about the same place count once."""
        made = Note(level, place, message, {name: str(one)[:200] for name, one in values.items()})
        self._notes.setdefault((place, made.text), made)

    def info(self, place: str, message: object, **values: object) -> None:
        """Say what staff should know."""
        self.note(Level.INFO, place, message, **values)

    def changed(self, place: str, message: object, **values: object) -> None:
        """Say what works otherwise now."""
        self.note(Level.CHANGED, place, message, **values)

    def lost(self, place: str, message: object, **values: object) -> None:
        """Say what is missing now."""
        self.note(Level.LOST, place, message, **values)

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes in the order in which they were found."""
        return tuple(self._notes.values())
