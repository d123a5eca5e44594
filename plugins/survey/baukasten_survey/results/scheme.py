"""How the questions of one version are counted, and which of them can be told at all."""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Any

from baukasten_survey.answers.flow import Flow, flow_of
from baukasten_survey.answers.values import values_of
from baukasten_survey.cells.spots import Grid
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.expressions.nodes import questions
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind, Style
from baukasten_survey.results.tallies import ANSWERED, Asked

CLASSES = 8
"""Classes of numbers, at most; their edges come of the questionnaire, so no answer moves them."""
LARGEST_SCALE = 101
SLACK = 1e-9
GRID = Grid(10, 30, 100)
"""Places are counted in squares of a tenth of the picture's width, whatever its height."""
UNTOLD = frozenset({Kind.INFO, Kind.CALCULATED, Kind.HIDDEN})
SINGLE = frozenset({Kind.SINGLE, Kind.DROPDOWN, Kind.YES_NO, Kind.CONSENT})


class Form(StrEnum):
    """How a question's counts are protected."""

    SINGLE = "single"
    LIST = "list"
    RANKING = "ranking"
    WORDS = "words"
    """Words, files and places: only how many answered."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One question of a version, ready to be counted."""

    question: Question
    form: Form
    asked: Asked
    names: Sequence[str]
    decided_by: str = ""
    """The one question that decides whether this one is asked."""

    @property
    def crosses(self) -> bool:
        """Tell whether each person stands in exactly one class of it, so that it may be crossed."""
        return self.form is Form.SINGLE and not self.asked.parts and not self.decided_by


@dataclass(frozen=True)
class Scheme:
    """All questions of a version that can be told, in their order; deciding ones stand before those they decide."""

    flow: Flow
    counted: Mapping[str, Counted]
    _known: dict[tuple[str, Any, dt.date], bool] = field(default_factory=dict)

    def unasked(self, answers: Mapping[str, Any], day: dt.date) -> list[str]:
        """Give the questions that were not shown to whoever gave these answers."""
        found = []
        for code, one in self.counted.items():
            if one.decided_by and not self.shows(code, one.decided_by, answers.get(one.decided_by), day):
                found.append(code)
        return found

    def shows(self, code: str, decider: str, value: Any, day: dt.date) -> bool:
        """Tell whether a question is shown to whoever gave its decider this answer, None for nothing."""
        key = (code, value, day)
        if key not in self._known:
            given = values_of(self.counted[decider].question, value, None) if value is not None else ()
            values = dict(given)
            page, group = self.flow.home[code]
            names = (f"page {page.code}", f"group {group.code}", f"question {code}")
            conditions = [self.flow.conditions[name] for name in names if name in self.flow.conditions]
            self._known[key] = all(condition(values, day) is True for condition in conditions)
        return self._known[key]


def scheme_of(definition: Definition) -> Scheme:
    """Say how a version is counted.

    A question that only some are asked is told when one question with a table of its own decides it: the answers to
    two would be a cross-table that nobody protects. The same goes for options, rows and rules that depend on answers.
    Raises Unparsable for a version that cannot be followed.
    """
    flow, found = flow_of(definition), dict[str, Counted]()
    for page in definition.pages:
        for group in page.groups:
            for question in group.questions:
                deciders = _looked_at((page.relevance, group.relevance, question.relevance))
                counted = counted_as(question)
                if counted is None or _entangled(question) or deciders is None:
                    continue
                if not deciders:
                    found[question.code] = counted
                elif len(deciders) == 1 and _decides(found.get(decider := min(deciders))):
                    found[question.code] = Counted(
                        question, counted.form, counted.asked, counted.names, decider
                    )
    return Scheme(flow, found)


def _looked_at(conditions: Iterable[str]) -> frozenset[str] | None:
    """Give the questions that conditions look at; nothing where one looks at something else, such as the day."""
    found = [questions(parse(condition)) for condition in conditions if condition.strip()]
    return None if not all(found) else frozenset().union(*found)


def _decides(decider: Counted | None) -> bool:
    return decider is not None and decider.form is Form.SINGLE and decider.question.kind in SINGLE


def _entangled(question: Question) -> bool:
    """Tell whether what can be answered depends on other answers."""
    conditions = [*(one.relevance for one in question.options), *(one.relevance for one in question.rows)]
    others = (questions(parse(rule.expression)) - {question.code} for rule in question.rules)
    return any(one.strip() for one in conditions) or any(others)


def counted_as(question: Question) -> Counted | None:
    """Say how a question is counted, whoever is asked it; nothing for kinds that are not."""
    kind = question.kind
    if kind in UNTOLD:
        return None
    names, rows = _names(question), tuple(row.code for row in question.rows)
    edges = edges_of(question) if kind in kinds.NUMBERS else ()
    if kind is Kind.RANKING:
        options = tuple(option.code for option in question.options)
        return Counted(
            question, Form.RANKING, Asked(kind, parts=options), [str(n + 1) for n in range(len(options))]
        )
    if kinds.takes_many(question) or kind is Kind.MATRIX_MULTIPLE:
        return Counted(question, Form.LIST, Asked(kind, parts=rows), names)
    if kind in {*SINGLE, Kind.IMAGE, Kind.MATRIX_SINGLE} or (kind is Kind.SCALE and names) or edges:
        parts = rows if kinds.has_rows(question) else ()
        return Counted(question, Form.SINGLE, Asked(kind, question.style, parts, edges), names)
    said = [ANSWERED, NO_ANSWER] if question.no_answer else [ANSWERED]
    # Asked as a text, so that numbers and whole matrices fall into the one class too.
    return Counted(question, Form.WORDS, Asked(Kind.LONG), said)


def _names(question: Question) -> list[str]:
    """Give the classes of a question, without those who gave no answer."""
    unsaid = [NO_ANSWER] if question.no_answer else []
    if question.kind in kinds.TRUTHS:
        return ["true", "false", *unsaid]
    if question.kind is Kind.SCALE and question.style is not Style.LIKERT:
        return [*(f"{point:g}" for point in points_of(question)), *unsaid]
    if question.kind in kinds.NUMBERS:
        return [*(f"n{at}" for at in range(len(edges_of(question)) + 1)), *unsaid]
    other = [OTHER] if question.other is not None else []
    return [*(option.code for option in question.options), *other, *unsaid]


def points_of(question: Question) -> list[float]:
    """Give the points of a scale that has no options; nothing where they are too many to be classes."""
    low, high, step = 0.0, 10.0, 1.0
    if question.style is not Style.NPS:
        low = 1.0 if question.minimum is None else question.minimum
        high = 5.0 if question.maximum is None else question.maximum
        step = question.step or 1.0
    count = int((high - low) / step + SLACK) + 1 if step > 0 else 0
    return [low + step * at for at in range(count)] if 0 < count < LARGEST_SCALE else []


def ends_of(question: Question) -> dict[str, tuple[float, float]]:
    """Give the least and the largest answer that each class of numbers allows."""
    edges = edges_of(question)
    if question.minimum is None or question.maximum is None or not edges:
        return {}
    low, step = question.minimum, question.step or 0.0
    found = {}
    for at, (begin, end) in enumerate(pairwise((low, *edges, question.maximum))):
        least, most = begin, end
        if step > 0:
            least = low + math.ceil((begin - low) / step - SLACK) * step
            beyond = math.ceil((end - low) / step - SLACK)
            most = low + (beyond - 1) * step
            if at == len(edges):
                most = low + math.floor((end - low) / step + SLACK) * step
        # Between two steps there may be nothing: such a class stays empty.
        found[f"n{at}"] = (least, max(least, most))
    return found


def edges_of(question: Question) -> tuple[float, ...]:
    """Cut the span of a number into equal classes; nothing where the questionnaire sets no span."""
    if question.minimum is None or question.maximum is None or question.maximum <= question.minimum:
        return ()
    wide = (question.maximum - question.minimum) / CLASSES
    return tuple(float(f"{question.minimum + wide * at:.6g}") for at in range(1, CLASSES))
