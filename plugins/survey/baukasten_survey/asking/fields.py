"""What templates of questions show: fields with their names, ids, words and what is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from baukasten.plugin import MediaRef
from baukasten_survey.keys import Kind


def field_id(name: str) -> str:
    """Give the id of a field, where an error's link leads."""
    return "f-" + name.replace(".", "-")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tick, or one place of a ranking."""

    value: str
    title: str
    id: str
    checked: bool = False
    name: str = ""
    picture: MediaRef | None = None
    alt: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a matrix."""

    name: str
    id: str
    label: str
    title: str
    value: str
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a matrix."""

    title: str
    high: str
    cells: Sequence[Cell]
    error: str = ""


@dataclass(slots=True)
class Box:
    """A question."""

    code: str
    kind: Kind
    look: str
    id: str
    title: str
    help: str
    number: int = 0
    """0 for what is only read."""
    optional: str = ""
    errors: Sequence[str] = ()
    asked_again: bool = False
    """Whether it was left empty and may stay so."""
    value: str = ""
    choices: Sequence[Choice] = ()
    many: bool = False
    lines: Sequence[Line] = ()
    columns: Sequence[str] = ()
    other: Choice | None = None
    other_value: str = ""
    none: Choice | None = None
    none_label: str = ""
    low: str = ""
    high: str = ""
    unit: str = ""
    input: Mapping[str, str] = field(default_factory=dict)
    minimum: str = ""
    maximum: str = ""
    step: str = ""
    maxlength: int = 0
    shapes: Sequence[str] = ()
    drawn: str = ""
    words: str = ""
    """As JSON: what the script of the map says."""
    files: Sequence[Mapping[str, Any]] = ()
    when: str = ""
    """The condition as JSON, where the browser can follow it."""
    hidden: bool = False
