"""What one respondent sees of a survey: which pages, questions, options and rows, in which order.

Whether a question is shown may depend on answers to questions that are hidden themselves by now; those are
missing to it. So each name is worked out once, behind those that it needs.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any, Protocol, TypeVar

from baukasten_survey.answers.values import other_name, values_of
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Group, Option, Page, Question, Row
from baukasten_survey.expressions.evaluation import compile_node
from baukasten_survey.expressions.nodes import questions
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.types import MISSING, Value
from baukasten_survey.keys import OTHER, Kind

KEPT = "_kept"
"""Where answers lie whose question became hidden and whose author keeps them; no result counts them."""
UNSEEN = (Kind.CALCULATED, Kind.HIDDEN)
Compiled = Callable[[Mapping[str, Any], dt.date], Value]


class _Placed(Protocol):
    @property
    def code(self) -> str: ...


class _Fixable(_Placed, Protocol):
    @property
    def fixed(self) -> bool: ...


P = TypeVar("P", bound=_Placed)
F = TypeVar("F", bound=_Fixable)


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question with what is shown of its options and rows, in their order."""

    question: Question
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A group with its visible questions."""

    group: Group
    questions: tuple[ShownQuestion, ...]


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page that the respondent comes to; ``number`` counts visible ones from 1."""

    number: int
    page: Page
    groups: tuple[ShownGroup, ...]

    @property
    def questions(self) -> Iterator[ShownQuestion]:
        """Give the visible questions in their order."""
        return (one for group in self.groups for one in group.questions)


class Flow:
    """A definition with its expressions compiled; made once a version and used by everybody."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.conditions: dict[str, Compiled] = {}
        self.formulas: dict[str, Compiled] = {}
        self.rules: dict[str, tuple[Compiled, ...]] = {}
        self.home: dict[str, tuple[Page, Group]] = {}
        needed: dict[str, frozenset[str]] = {}
        for page in definition.pages:
            of_page = self._condition("page", page.code, page.relevance)
            for group in page.groups:
                of_group = of_page | self._condition("group", group.code, group.relevance)
                for question in group.questions:
                    self.home[question.code] = page, group
                    needed[question.code] = of_group | self._question(question)
        self.order, self.circles = _ordered(needed)
        self.alone = frozenset(code for code, looked in needed.items() if not looked)
        """Questions that are worked out without any other."""
        self.still: dict[str, ShownQuestion] = {}
        """Questions that look the same to everybody who sees them, as most do."""
        for code, question in definition.questions.items():
            parts = [f"option {code}/{one.code}" for one in question.options]
            parts += [f"row {code}/{one.code}" for one in question.rows]
            if not question.random and not any(part in self.conditions for part in parts):
                self.still[code] = ShownQuestion(question, question.options, question.rows)
        self.always = frozenset(code for code in self.home if self._is_always(code))
        """Questions that everybody sees."""
        self.groups = {group.code: whole for group in self._groups() if (whole := self._whole(group))}
        """Groups that everybody sees alike."""

    def _groups(self) -> Iterator[Group]:
        return (group for page in self.definition.pages for group in page.groups)

    def _whole(self, group: Group) -> ShownGroup | None:
        seen = [one.code for one in group.questions if one.kind not in UNSEEN]
        alike = not group.random and all(code in self.still and code in self.always for code in seen)
        return ShownGroup(group, tuple(self.still[code] for code in seen)) if seen and alike else None

    def _is_always(self, code: str) -> bool:
        page, group = self.home[code]
        conditions = (f"page {page.code}", f"group {group.code}", f"question {code}")
        return code not in self.circles and not any(one in self.conditions for one in conditions)

    def _question(self, question: Question) -> frozenset[str]:
        code = question.code
        found = [self._condition("question", code, question.relevance)]
        found += [self._condition("option", f"{code}/{one.code}", one.relevance) for one in question.options]
        found += [self._condition("row", f"{code}/{one.code}", one.relevance) for one in question.rows]
        if question.rules:
            self.rules[code] = tuple(compile_node(parse(rule.expression)) for rule in question.rules)
        if question.kind is Kind.CALCULATED and question.expression:
            node = parse(question.expression)
            self.formulas[code] = compile_node(node)
            found.append(questions(node))
        return frozenset().union(*found)

    def _condition(self, what: str, code: str, relevance: str) -> frozenset[str]:
        """Compile a condition and give the questions that it looks at."""
        if not relevance.strip():
            return frozenset()
        node = parse(relevance)
        self.conditions[f"{what} {code}"] = compile_node(node)
        return questions(node)

    def follow(self, answers: Mapping[str, Any], today: dt.date, seed: str = "") -> "Path":
        """Follow what somebody has answered so far; ``seed`` decides orders that are random."""
        return Path(self, answers, today, seed)


def flow_of(definition: Definition) -> Flow:
    """Compile a definition; raises ``Unparsable`` for an expression that is none, which publishing refuses."""
    return Flow(definition)


def _ordered(needed: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Give the questions so that each comes behind those that it looks at, and those that look at themselves.

    In this order a survey of any length is followed without recursion; publishing refuses circles.
    """
    graph = {code: {one for one in looked if one in needed} for code, looked in needed.items()}
    circles: set[str] = set()
    while True:
        try:
            return tuple(TopologicalSorter(graph).static_order()), frozenset(circles)
        except CycleError as error:
            for code in error.args[1]:
                circles.add(code)
                graph[code] = set()


class _Values(Mapping[str, Any]):
    """Names of expressions, worked out in the order in which they need each other; circles, strangers are missing."""

    def __init__(self, path: "Path") -> None:
        self._path = path
        self._known: dict[str, Any] = {}
        self._left = iter(path.flow.order)
        self._done: set[str] = set()

    def get(self, name: str, default: Any = MISSING) -> Any:
        code = name.partition(".")[0]
        # A name of no question would else make all the others be worked out in the wrong order.
        flow = self._path.flow
        if code in flow.alone and code not in self._done:
            self._known.update(self._path.named(code))
            self._done.add(code)
        known = code in flow.home
        while known and code not in self._done and (one := next(self._left, None)) is not None:
            if one not in self._done:
                self._known.update(self._path.named(one))
                self._done.add(one)
        return self._known.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not MISSING

    def __iter__(self) -> Iterator[str]:
        for code in self._path.flow.order:
            self.get(code)
        return iter(self._known)

    def __len__(self) -> int:
        return sum(1 for _name in self)


class Path:
    """One respondent's way through a survey, as far as it is answered."""

    def __init__(self, flow: Flow, answers: Mapping[str, Any], today: dt.date, seed: str) -> None:
        self.flow, self.today, self.seed = flow, today, seed
        self._given = answers
        self._true: dict[str, bool] = {}
        self.values: Mapping[str, Any] = _Values(self)

    def is_true(self, what: str, code: str) -> bool:
        """Tell whether a condition holds; what has none always does."""
        key = f"{what} {code}"
        condition = self.flow.conditions.get(key)
        if condition is None:
            return True
        if key not in self._true:
            self._true[key] = condition(self.values, self.today) is True
        return self._true[key]

    def is_visible(self, code: str) -> bool:
        """Tell whether a question, its group and its page are shown."""
        if code in self.flow.always:
            return True
        page, group = self.flow.home[code]
        return (
            code not in self.flow.circles
            and self.is_true("page", page.code)
            and self.is_true("group", group.code)
            and self.is_true("question", code)
        )

    def named(self, code: str) -> Iterable[tuple[str, Any]]:
        """Work out a question's names and values; nothing for a hidden one."""
        question = self.flow.definition.questions.get(code)
        if question is None or not self.is_visible(code):
            return ()
        if question.kind is Kind.CALCULATED:
            formula = self.flow.formulas.get(code)
            return () if formula is None else ((code, formula(self.values, self.today)),)
        given = self.given(question)
        return () if given is None else values_of(question, given, self._given.get(other_name(code)))

    def given(self, question: Question) -> Any:
        """Give an answer without what was chosen among options and rows that are hidden by now; None for nothing."""
        given = self._given.get(question.code)
        if given is None or not (question.options or question.rows):
            return given
        return self._left(question, given)

    def _left(self, question: Question, given: Any) -> Any:
        still = question.code in self.flow.still
        if isinstance(given, str) and still:
            return given
        if isinstance(given, Mapping) and kinds.has_rows(question):
            shown = {
                row.code
                for row in question.rows
                if still or self.is_true("row", f"{question.code}/{row.code}")
            }
            cells = {row: self._cell(question, cell) for row, cell in given.items() if row in shown}
            return {row: cell for row, cell in cells.items() if cell is not None} or None
        return self._cell(question, given)

    def _cell(self, question: Question, given: Any) -> Any:
        if isinstance(given, str | int | float):
            return given if self._offers(question, given) else None
        if isinstance(given, list):
            return [one for one in given if self._offers(question, one)] or None
        if isinstance(given, Mapping):
            return {one: cell for one, cell in given.items() if self._offers(question, one)} or None
        return given

    def _offers(self, question: Question, code: Any) -> bool:
        if not isinstance(code, str) or question.code in self.flow.still:
            return True
        return self.is_true("option", f"{question.code}/{code}")

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What counts: hidden answers are gone or kept apart, calculated ones are there."""
        found: dict[str, Any] = {}
        kept: dict[str, Any] = {}
        for code, question in self.flow.definition.questions.items():
            other = other_name(code)
            if not self.is_visible(code):
                if question.keep_hidden:
                    kept.update({name: self._given[name] for name in (code, other) if name in self._given})
                continue
            value = self._counted(question)
            if value is not None:
                found[code] = value
                if other in self._given and _says_other(value):
                    found[other] = self._given[other]
        return {**found, KEPT: kept} if kept else found

    def _counted(self, question: Question) -> Any:
        if question.kind is not Kind.CALCULATED:
            return self.given(question)
        value = self.values.get(question.code)
        return value.isoformat() if isinstance(value, dt.date | dt.time) else value

    @cached_property
    def pages(self) -> tuple[ShownPage, ...]:
        """The pages that the respondent comes to, as far as the answers tell."""
        shown: list[ShownPage] = []
        for page in self.flow.definition.pages:
            if not self.is_true("page", page.code):
                continue
            groups = tuple(group for one in self._ordered(page.groups, page) if (group := self._group(one)))
            if groups:
                shown.append(ShownPage(len(shown) + 1, page, groups))
        return tuple(shown)

    def _group(self, group: Group) -> ShownGroup | None:
        if (whole := self.flow.groups.get(group.code)) is not None:
            return whole
        questions = tuple(
            self._question(one)
            for one in self._ordered(group.questions, group)
            if one.kind not in UNSEEN and self.is_visible(one.code)
        )
        return ShownGroup(group, questions) if questions else None

    def _question(self, question: Question) -> ShownQuestion:
        code = question.code
        if (still := self.flow.still.get(code)) is not None:
            return still
        options = [one for one in question.options if self.is_true("option", f"{code}/{one.code}")]
        rows = [one for one in question.rows if self.is_true("row", f"{code}/{one.code}")]
        if question.random:
            if kinds.has_rows(question):
                rows = self._shuffled(rows, code)
            else:
                options = self._shuffled(options, code)
        return ShownQuestion(question, tuple(options), tuple(rows))

    def _ordered(self, things: Iterable[P], owner: Page | Group) -> list[P]:
        if not owner.random:
            return list(things)
        return sorted(things, key=lambda one: self._rank(owner.code, one.code))

    def _shuffled(self, things: Iterable[F], code: str) -> list[F]:
        return sorted(things, key=lambda one: (one.fixed, "" if one.fixed else self._rank(code, one.code)))

    def _rank(self, *names: str) -> str:
        return hashlib.sha256("/".join((self.seed, *names)).encode()).hexdigest()

    def page(self, code: str) -> ShownPage | None:
        """Find a visible page."""
        return next((one for one in self.pages if one.page.code == code), None)

    def after(self, code: str) -> ShownPage | None:
        """Give the next visible page behind one, which may be hidden itself; None at the end."""
        return self._beside(code, 1)

    def before(self, code: str) -> ShownPage | None:
        """Give the visible page before one; None at the beginning."""
        return self._beside(code, -1)

    def _beside(self, code: str, step: int) -> ShownPage | None:
        order = [page.code for page in self.flow.definition.pages]
        if code not in order:
            return None
        shown = {one.page.code: one for one in self.pages}
        rest = order[order.index(code) + 1 :] if step > 0 else order[: order.index(code)][::-1]
        return next((shown[one] for one in rest if one in shown), None)

    def share(self, code: str) -> float:
        """Tell how much of the visible questions lies before a page, from 0 to 1."""
        counts = {page.page.code: sum(1 for _one in page.questions) for page in self.pages}
        before = 0
        for name, count in counts.items():
            if name == code:
                break
            before += count
        return before / max(1, sum(counts.values()))


def _says_other(value: Any) -> bool:
    return value == OTHER or (isinstance(value, list) and OTHER in value)
