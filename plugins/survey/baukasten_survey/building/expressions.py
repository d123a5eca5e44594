"""Where a survey holds expressions, what each has to give, and how one reads in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass

from baukasten_survey.building.outline import GROUP, PAGE, QUESTION
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question, said
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.checking import check
from baukasten_survey.expressions.describing import Words, describe
from baukasten_survey.expressions.nodes import Node, questions
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import Kind

LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Condition:
    """One expression and where it stands."""

    what: str
    code: str
    field: str
    text: str
    page: int | None
    """Number of the page that waits for it, from 0; none where all answers are there."""
    wanted: Sort | None = Sort.BOOLEAN
    shows: bool = True
    """It decides whether something is shown."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told of an expression while it is written."""

    words: str
    """In plain words; empty where it cannot be read."""
    problems: tuple[str, ...]
    position: int | None = None
    """Signs before the first problem."""


def conditions(definition: Definition) -> Iterator[Condition]:
    """Give every expression that is not empty, in the order of the survey."""
    for at, page in enumerate(definition.pages):
        yield from _filled(Condition(PAGE, page.code, "relevance", page.relevance, at))
        for group in page.groups:
            yield from _filled(Condition(GROUP, group.code, "relevance", group.relevance, at))
            for question in group.questions:
                yield from _of(question, at)


def _of(question: Question, at: int) -> Iterator[Condition]:
    code = question.code
    yield from _filled(Condition(QUESTION, code, "relevance", question.relevance, at))
    if question.kind is Kind.CALCULATED:
        yield from _filled(
            Condition(QUESTION, code, "expression", question.expression, None, None, shows=False)
        )
    for number, rule in enumerate(question.rules):
        where = f"rules/{number}/expression"
        yield Condition(QUESTION, code, where, rule.expression, at, shows=False)
    for sort, parts in (("options", question.options), ("rows", question.rows)):
        for part in parts:
            where = f"{sort}/{part.code}/relevance"
            yield from _filled(Condition(QUESTION, code, where, part.relevance, at))


def _filled(one: Condition) -> Iterator[Condition]:
    if one.text.strip():
        yield one


def names_of(node: Node) -> list[str]:
    """Give the codes of the questions that an expression reads, sorted."""
    return sorted(questions(node))


def words_for(definition: Definition, language: str) -> dict[str, Words]:
    """Give the names that expressions may use as readers know them: the question's words, the answers' titles."""
    origin = definition.languages[0]
    found = {}
    for name in types_of(definition):
        code, *parts = name.split(".")
        question = definition.questions[code]
        label = _short(said(question.title, language, origin) or code)
        row = question.row(parts[0]) if parts and kinds.has_rows(question) else None
        if row is not None:
            label = f"{label}: {_short(said(row.title, language, origin) or row.code)}"
        answers = {one.code: said(one.title, language, origin) or one.code for one in question.options}
        found[name] = Words(f"„{label}“" if language.startswith("de") else f"“{label}”", answers)
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"


def judge(definition: Definition, text: str, language: str, wanted: Sort | None = Sort.BOOLEAN) -> Verdict:
    """Say what an expression means and what is wrong with it; an empty one says nothing."""
    if not text.strip():
        return Verdict("", ())
    try:
        node = parse(text)
    except Unparsable as wrong:
        return Verdict("", (str(wrong),), wrong.position)
    problems = check(node, types_of(definition), wanted).problems
    position = problems[0].position if problems else None
    words = describe(node, words_for(definition, language)) if wanted is Sort.BOOLEAN else ""
    return Verdict(words, tuple(str(one) for one in problems), position)
