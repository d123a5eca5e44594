"""What there is to count in a survey: its questions over all versions, under the codes of the newest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from baukasten.sdk import Scope
from baukasten_survey.answers.flow import Flow, flow_of
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.definition.renaming import renamed
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.nodes import questions
from baukasten_survey.expressions.parsing import parse as parse_expression
from baukasten_survey.expressions.types import Sort as ValueSort
from baukasten_survey.keys import Kind, Style
from baukasten_survey.models import Survey
from baukasten_survey.results.scheme import Counted, Scheme, counted_as, scheme_of
from baukasten_survey.surveys import lookup


class Form(StrEnum):
    """How the answers of a question are taken apart and shown."""

    CHOICE = "choice"
    """One of a few classes."""
    LIST = "list"
    ROWS = "rows"
    RANKING = "ranking"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    CELLS = "cells"
    """A matrix of numbers."""
    MAP = "map"
    WORDS = "words"


RANGED = frozenset({Form.NUMBER})
PLAIN = frozenset({Form.CHOICE, Form.NUMBER, Form.DATE, Form.TIME})
"""Forms whose answers are counted as they stand."""
ALIKE: Mapping[Kind, Form | None] = {
    Kind.INFO: None,
    Kind.NUMBER: Form.NUMBER,
    Kind.SLIDER: Form.NUMBER,
    Kind.DATE: Form.DATE,
    Kind.TIME: Form.TIME,
    Kind.MATRIX_NUMBER: Form.CELLS,
    Kind.MATRIX_TEXT: Form.WORDS,
    Kind.MAP: Form.MAP,
    Kind.RANKING: Form.RANKING,
    **dict.fromkeys(kinds.TRUTHS, Form.CHOICE),
}
"""Kinds that are shown in one way only."""
RESULTS = {
    ValueSort.NUMBER: Form.NUMBER,
    ValueSort.BOOLEAN: Form.CHOICE,
    ValueSort.DATE: Form.DATE,
    ValueSort.TIME: Form.TIME,
}
"""Forms of calculated questions."""


def form_of(question: Question, result: ValueSort | None = None) -> Form | None:
    """Say how a question is shown; nothing for one that is not answered. ``result`` is what a calculated one gives."""
    kind = question.kind
    if kind is Kind.CALCULATED:
        return RESULTS.get(result, Form.WORDS) if result is not None else Form.WORDS
    if kind in ALIKE:
        return ALIKE[kind]
    if kinds.takes_many(question):
        return Form.LIST
    if kinds.has_rows(question):
        return Form.ROWS
    return Form.CHOICE if kinds.has_options(question) or kind is Kind.SCALE else Form.WORDS


@dataclass(frozen=True)
class Edition:
    """One version: its questions, and what they are called now."""

    number: int
    definition: Definition
    steps: Sequence[Mapping[str, str]]
    """How codes were renamed since."""

    @cached_property
    def codes(self) -> dict[str, str]:
        """Give what each question is called now, by what it was called then."""
        return {code: next(iter(renamed({code: None}, self.steps))) for code in self.definition.questions}

    @cached_property
    def before(self) -> dict[str, str]:
        """Give what each question was called then, by what it is called now."""
        return {new: old for old, new in self.codes.items()}

    @cached_property
    def forms(self) -> dict[str, Form]:
        """Give how each question is shown, by what it was called then."""
        asked = self.definition.questions
        calculated = any(one.kind is Kind.CALCULATED for one in asked.values())
        types = types_of(self.definition) if calculated else {}
        sorts = {code: types[code].sort for code in asked if code in types}
        found = {code: form_of(one, sorts.get(code)) for code, one in asked.items()}
        return {code: form for code, form in found.items() if form is not None}

    @cached_property
    def flow(self) -> Flow:
        """Give the version with its conditions compiled."""
        return flow_of(self.definition)

    @cached_property
    def scheme(self) -> Scheme:
        """Give which single question decides which other one is asked."""
        return scheme_of(self.definition)

    def renamed(self, code: str, value: Any) -> Any:
        """Give an answer, or a part of one, under the codes of the newest version."""
        return next(iter(renamed({code: value}, self.steps).values())) if self.steps else value

    def part(self, code: str, name: str) -> str:
        """Give what an option or a row is called now."""
        return str(self.renamed(code, name))

    @cached_property
    def decided(self) -> dict[str, frozenset[str]]:
        """Give for each question that only some are asked all the questions that this depends on."""
        direct = {
            question.code: _looked_at(page.relevance, group.relevance, question.relevance)
            for page in self.definition.pages
            for group in page.groups
            for question in group.questions
        }
        return {code: _all(code, direct) for code, looked in direct.items() if looked is not None}

    @cached_property
    def hidden(self) -> dict[str, frozenset[str]]:
        """Give the questions whose answers stay where they become hidden, with all that this depends on."""
        kept = (code for code, one in self.definition.questions.items() if one.keep_hidden)
        return {code: self.decided[code] for code in kept if code in self.decided and code in self.forms}


def _looked_at(*conditions: str) -> frozenset[str] | None:
    """Give the questions that conditions look at; nothing where there is no condition."""
    said = [one for one in conditions if one.strip()]
    return frozenset().union(*(questions(parse_expression(one)) for one in said)) if said else None


def _all(code: str, direct: Mapping[str, frozenset[str] | None]) -> frozenset[str]:
    found: set[str] = set()
    ahead = [code]
    while ahead:
        for one in direct.get(ahead.pop()) or ():
            if one not in found:
                found.add(one)
                ahead.append(one)
    return frozenset(found - {code})


@dataclass(frozen=True)
class Plan:
    """All versions of a survey, newest first, as they are counted together."""

    editions: Sequence[Edition]
    by_number: Mapping[int, Edition] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_number", {one.number: one for one in self.editions})

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Give all questions by what they are called now, as the newest version that has them asks them."""
        found: dict[str, Question] = {}
        for one in self.editions:
            for code, question in one.definition.questions.items():
                if code in one.forms:
                    found.setdefault(one.codes[code], question)
        return found

    @cached_property
    def forms(self) -> dict[str, Form]:
        """Give how each question is shown."""
        found: dict[str, Form] = {}
        for one in self.editions:
            for code, form in one.forms.items():
                found.setdefault(one.codes[code], form)
        return found

    @cached_property
    def counted(self) -> dict[str, Counted]:
        """Give the classes of the questions that have some."""
        found = ((code, counted_as(question)) for code, question in self.questions.items())
        return {code: one for code, one in found if one is not None}

    def names(self, code: str) -> list[str]:
        """Give the classes of a question over all versions, in their order; nothing where they are not fixed."""
        if self.questions[code].kind is Kind.CALCULATED:
            return ["true", "false"] if self.forms[code] is Form.CHOICE else []
        return list(dict.fromkeys(self._over(code, lambda one: one.names)))

    def parts(self, code: str) -> list[str]:
        """Give the rows of a question over all versions, or the options of a ranking."""
        return list(dict.fromkeys(self._over(code, lambda one: one.asked.parts)))

    def _over(self, code: str, read: Any) -> Iterator[str]:
        for one in self.editions:
            old = one.before.get(code)
            counted = counted_as(one.definition.questions[old]) if old is not None else None
            if old is not None and counted is not None and self.fits(one, old):
                yield from (one.part(old, name) for name in read(counted))

    def fits(self, one: Edition, code: str) -> bool:
        """Tell whether a version's question asks what the newest one under its code does."""
        return one.forms.get(code) is self.forms.get(one.codes.get(code, ""))

    @cached_property
    def closed(self) -> list[str]:
        """Give the questions that may be filtered by, crossed and weighted: one answer or several of a list.

        Questions whose hidden answers stay are none of them: only the flow knows which of their answers count.
        """
        kept = {one.codes[code] for one in self.editions for code in one.hidden}
        forms = (Form.CHOICE, Form.LIST)
        found = (code for code, form in self.forms.items() if form in forms and code not in kept)
        return [code for code in found if code in self.counted and self.names(code)]

    @cached_property
    def ranged(self) -> list[str]:
        """Give the questions that may be filtered by a span of numbers."""
        kept = {one.codes[code] for one in self.editions for code in one.hidden}
        return [code for code, form in self.forms.items() if form in RANGED and code not in kept]

    @cached_property
    def crossed(self) -> list[str]:
        """Give the questions that put each person into one class."""
        return [code for code in self.closed if self.forms[code] is Form.CHOICE]

    def raw(self, code: str) -> dict[int, str]:
        """Give what a question was called in each version that asked it alike."""
        found = ((one.number, one.before.get(code)) for one in self.editions)
        return {
            number: old for number, old in found if old is not None and self.fits(self.by_number[number], old)
        }

    def raw_answers(self, code: str, number: int, name: str) -> list[Any]:
        """Give the answers of a version that count as a class, as they are stored."""
        one = self.by_number[number]
        old = one.before[code]
        question = one.definition.questions[old]
        counted = counted_as(question)
        known = counted.names if counted is not None else ()
        return [_stored(question, raw) for raw in known if one.part(old, raw) == name]


def _stored(question: Question, name: str) -> Any:
    """Give a class as the value that answers hold."""
    if question.kind in kinds.TRUTHS and name in {"true", "false"}:
        return name == "true"
    if question.kind is Kind.SCALE and question.style is not Style.LIKERT and not name.startswith("_"):
        return float(name)
    return name


def of_survey(session: Scope, survey: Survey) -> Plan:
    """Give the plan of a survey that was opened, texts as they read today; one statement."""
    asked = lookup.history(session, survey.id)
    return Plan([Edition(number, one, asked.names.since(number)) for number, one in asked.versions])
