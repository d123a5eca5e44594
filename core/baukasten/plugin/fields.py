"""The one description of an input field, for settings and for forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FieldKind(StrEnum):
    """How a field is shown and what type its value has."""

    TEXT = "text"
    TEXTAREA = "textarea"
    MARKDOWN = "markdown"
    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - the name of a kind, not a secret
    URL = "url"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    CHECKBOXES = "checkboxes"
    RADIO = "radio"
    SELECT = "select"
    DATE = "date"
    DATETIME = "datetime-local"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Field:
    """One input: what it is called, what it accepts, how it helps."""

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    default: Any = None
    help: str = ""
    choices: Sequence[tuple[str, str]] = ()
    """Pairs of value and label; the closed list of what is accepted."""
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 200
    rows: int = 6
    autocomplete: str = ""
    inputmode: str = ""
    check: Callable[[Any], str | None] | None = None
    """Gets the typed value, gives an error text or nothing."""


class Scope(StrEnum):
    """Where a group of settings belongs and who may change it."""

    OPERATOR = "operator"
    TENANT = "tenant"
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class SettingsGroup:
    """Settings that the core shows, checks and stores for a plugin; an unknown key is an error."""

    key: str
    scope: Scope
    title: str
    fields: Sequence[Field]
