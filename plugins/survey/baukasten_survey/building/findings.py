"""What the check before publishing says: one thing to look at, and where it is mended."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from baukasten.plugin import LazyText
from baukasten_survey.building.outline import GROUP, PAGE, QUESTION
from baukasten_survey.definition.model import Definition, Group, Page, Question, Text
from baukasten_survey.keys import SEALED, Anonymity

SURVEY = "survey"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One thing that should be looked at, and where it is mended."""

    what: str
    """``survey``, ``page``, ``group`` or ``question``."""
    code: str
    message: LazyText
    field: str = ""
    words: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    stops: bool = True
    """Whether it keeps the survey from opening."""

    @property
    def text(self) -> str:
        """The sentence in the reader's language."""
        return str(self.message) % self.words if self.words else str(self.message)


def hint(what: str, code: str, message: LazyText, field: str = "", **words: Any) -> Finding:
    """Say something that should be looked at and stops nothing."""
    return Finding(what, code, message, field, words, stops=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Setting:
    """What of how a survey is run decides about its questions."""

    anonymity: Anonymity
    quotas: Sequence[tuple[str, str]] = ()
    """Code and expression of each."""
    pictures: Collection[int] | None = None
    """Pictures that are there; None where nobody looked."""

    @property
    def sealed(self) -> bool:
        """Whether answers go through the mixing queue."""
        return self.anonymity in SEALED


def texts_of(definition: Definition) -> Iterator[tuple[str, str, str, Text]]:
    """Give each text of a survey with where it stands: what, its code, the way from there as fixes name it."""
    for name in ("title", "intro", "outro"):
        yield SURVEY, "", name, getattr(definition, name)
    for page in definition.pages:
        yield from _parts(PAGE, page)
        for group in page.groups:
            yield from _parts(GROUP, group)
            for question in group.questions:
                yield from of_question(question)


def _parts(what: str, part: Page | Group) -> Iterator[tuple[str, str, str, Text]]:
    yield what, part.code, "title", part.title
    yield what, part.code, "text", part.text


def of_question(question: Question) -> Iterator[tuple[str, str, str, Text]]:
    """Give the texts of one question."""
    for name in ("title", "help", "unit", "low", "high"):
        yield QUESTION, question.code, name, getattr(question, name)
    if question.other is not None:
        yield QUESTION, question.code, "other", question.other
    for at, rule in enumerate(question.rules):
        yield QUESTION, question.code, f"rules/{at}/message", rule.message
    for option in question.options:
        yield QUESTION, question.code, f"options/{option.code}/title", option.title
        yield QUESTION, question.code, f"options/{option.code}/alt", option.alt
    for row in question.rows:
        yield QUESTION, question.code, f"rows/{row.code}/title", row.title
        yield QUESTION, question.code, f"rows/{row.code}/high", row.high
