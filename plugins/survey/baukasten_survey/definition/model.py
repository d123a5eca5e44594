"""One version of a survey as frozen values: pages, groups, questions, options, rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from baukasten_survey.keys import Kind, Shape, Style

Text = Mapping[str, str]
"""Words by language; empty where nothing is said."""


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer; in a matrix, a column."""

    code: str
    title: Text = field(default_factory=dict)
    fixed: bool = False
    """Stays at its place at the end where the others are shuffled."""
    exclusive: bool = False
    """Nothing else can be chosen beside it."""
    relevance: str = ""
    value: float | None = None
    """What it counts as, in means and in expressions."""
    picture: int | None = None
    alt: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a matrix or of a semantic differential."""

    code: str
    title: Text = field(default_factory=dict)
    high: Text = field(default_factory=dict)
    """The other end of a differential."""
    relevance: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What must be true of an answer, and what is said where it is not."""

    expression: str
    message: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One question; fields that its kind does not use keep what they are born with."""

    code: str
    kind: Kind
    title: Text = field(default_factory=dict)
    help: Text = field(default_factory=dict)
    required: bool = False
    soft: bool = False
    """Asked once whether it should really stay empty, then taken as it is."""
    relevance: str = ""
    keep_hidden: bool = False
    """Answers stay when the question becomes hidden; they are never counted all the same."""
    rules: tuple[Rule, ...] = ()
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    other: Text | None = None
    no_answer: bool = False
    random: bool = False
    many: bool = False
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    min_answers: int | None = None
    max_answers: int | None = None
    max_length: int | None = None
    pattern: str = ""
    unit: Text = field(default_factory=dict)
    low: Text = field(default_factory=dict)
    high: Text = field(default_factory=dict)
    style: Style | None = None
    shapes: tuple[Shape, ...] = ()
    expression: str = ""
    parameter: str = ""
    default: str | float | bool | tuple[str, ...] | Mapping[str, Any] | None = None
    """What is filled in before anybody answered: of several choices their codes, of a table its rows."""

    def option(self, code: str) -> Option | None:
        """Find an option by its code."""
        return next((one for one in self.options if one.code == code), None)

    def row(self, code: str) -> Row | None:
        """Find a row by its code."""
        return next((one for one in self.rows if one.code == code), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that belong together on a page; they appear and vanish together."""

    code: str
    title: Text = field(default_factory=dict)
    text: Text = field(default_factory=dict)
    relevance: str = ""
    random: bool = False
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked at once."""

    code: str
    title: Text = field(default_factory=dict)
    text: Text = field(default_factory=dict)
    relevance: str = ""
    random: bool = False
    groups: tuple[Group, ...] = ()

    @property
    def questions(self) -> Iterator[Question]:
        """Give the questions of all groups in their order."""
        return (question for group in self.groups for question in group.questions)


@dataclass(frozen=True)
class Definition:
    """All that a survey asks."""

    languages: tuple[str, ...]
    """The first is the one that it was written in."""
    title: Text = field(default_factory=dict)
    intro: Text = field(default_factory=dict)
    outro: Text = field(default_factory=dict)
    pages: tuple[Page, ...] = ()

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """Give all questions by their codes, in their order."""
        return {question.code: question for page in self.pages for question in page.questions}

    @cached_property
    def page_of(self) -> Mapping[str, int]:
        """Tell on which page, counted from 0, each question stands."""
        return {question.code: at for at, page in enumerate(self.pages) for question in page.questions}


def said(text: Text, language: str, origin: str) -> str:
    """Give words in a language, else in the one that they were written in, else in any."""
    return text.get(language) or text.get(origin) or next(iter(text.values()), "")
