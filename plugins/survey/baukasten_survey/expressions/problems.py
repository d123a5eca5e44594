"""What can be wrong with an expression, as sentences for whoever wrote it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from baukasten.plugin import LazyText


class Unparsable(ValueError):
    """The text is no expression; ``str()`` gives the sentence in the reader's language."""

    def __init__(self, message: LazyText, position: int = 0, **words: Any) -> None:
        super().__init__(message, position)
        self.message, self.position, self.words = message, position, words

    def __str__(self) -> str:
        """Fill in the sentence when it is shown, since only then the language is known."""
        return str(self.message) % self.words


class ProblemKind(StrEnum):
    """What is wrong."""

    TYPE = "type"
    NAME = "name"
    CODE = "code"
    ALWAYS = "always"
    """Whatever is answered, the expression is true."""
    NEVER = "never"
    """Whatever is answered, the expression is never true."""


@dataclass(frozen=True)
class Problem:
    """One thing that keeps an expression from meaning what it says."""

    kind: ProblemKind
    message: LazyText
    position: int
    """Signs before the place, counted from 0."""
    words: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give the sentence in the reader's language."""
        return str(self.message) % self.words
