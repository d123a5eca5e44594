"""Finds what keeps an expression from meaning what it says, before a survey is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import LazyText, lazy
from baukasten_survey.expressions.building import nearest
from baukasten_survey.expressions.constants import verdict
from baukasten_survey.expressions.nodes import (
    Binary,
    Call,
    Clock,
    Codes,
    Day,
    Logic,
    Name,
    Node,
    Number,
    Text,
    Truth,
    Unary,
)
from baukasten_survey.expressions.problems import Problem, ProblemKind
from baukasten_survey.expressions.signatures import SIGNATURES
from baukasten_survey.expressions.types import ORDERED, Sort, Type

_ = lazy("survey")

_WORDS: dict[frozenset[Sort], LazyText] = {
    frozenset({Sort.NUMBER}): _("a number"),
    frozenset({Sort.TEXT}): _("a text"),
    frozenset({Sort.BOOLEAN}): _("a condition"),
    frozenset({Sort.DATE}): _("a date"),
    frozenset({Sort.TIME}): _("a time"),
    frozenset({Sort.SET}): _("several answers"),
    frozenset({Sort.TEXT, Sort.SET}): _("a text or several answers"),
    frozenset({Sort.NUMBER, Sort.DATE, Sort.TIME}): _("a number, a date or a time"),
    ORDERED: _("a number, a text, a date or a time"),
}
_LITERALS: dict[type[Node], Sort] = {
    Number: Sort.NUMBER,
    Text: Sort.TEXT,
    Truth: Sort.BOOLEAN,
    Day: Sort.DATE,
    Clock: Sort.TIME,
    Codes: Sort.SET,
}


@dataclass(frozen=True)
class Checked:
    """What an expression gives, and what is wrong with it."""

    type: Type | None
    """None where it cannot be told because of a problem."""
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Give what makes the expression meaningless, apart from what is merely always or never true."""
        return tuple(one for one in self.problems if one.kind not in {ProblemKind.ALWAYS, ProblemKind.NEVER})


def check(
    node: Node, types: Mapping[str, Type], wanted: Sort | None = None, *, decide: bool = True
) -> Checked:
    """Find wrong sorts, unknown names and codes, and conditions that do not depend on any answer.

    ``wanted`` is what the expression has to give: a condition is ``Sort.BOOLEAN``. Without ``decide`` nobody tries
    out whether it depends on any answer, which takes longer than all the rest.
    """
    checker = _Checker(types)
    found = checker.type_of(node)
    if wanted is not None:
        checker.expect(node, found, frozenset({wanted}), str(wanted))
    if decide and not checker.problems and found is not None and found.sort is Sort.BOOLEAN:
        decided = verdict(node, types)
        if decided is True:
            checker.report(ProblemKind.ALWAYS, node, _("This is true whatever is answered."))
        elif decided is False:
            checker.report(ProblemKind.NEVER, node, _("This is never true, whatever is answered."))
    return Checked(found, tuple(checker.problems))


class _Checker:
    def __init__(self, types: Mapping[str, Type]) -> None:
        self.types = types
        self.problems: list[Problem] = []

    def report(self, kind: ProblemKind, node: Node, message: LazyText, **words: Any) -> None:
        self.problems.append(Problem(kind, message, node.position, words))

    def expect(self, node: Node, found: Type | None, wanted: frozenset[Sort], name: str) -> None:
        if found is None or found.sort in wanted or wanted not in _WORDS:
            return
        given = _WORDS[frozenset({found.sort})]
        if name in set(Sort):
            message = _("This gives %(given)s, but %(wanted)s is needed.")
            self.report(ProblemKind.TYPE, node, message, wanted=_WORDS[wanted], given=given)
        else:
            message = _("“%(name)s” takes %(wanted)s, not %(given)s.")
            self.report(ProblemKind.TYPE, node, message, name=name, wanted=_WORDS[wanted], given=given)

    def type_of(self, node: Node) -> Type | None:
        match node:
            case Name():
                return self._name(node)
            case Unary():
                sort = Sort.BOOLEAN if node.operator == "not" else Sort.NUMBER
                self._all((node.part,), sort, node.operator)
                return Type(sort)
            case Logic():
                self._all(node.parts, Sort.BOOLEAN, node.operator)
                return Type(Sort.BOOLEAN)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
        return Type(_LITERALS[type(node)])

    def _all(self, parts: tuple[Node, ...], sort: Sort, name: str) -> None:
        for part in parts:
            self.expect(part, self.type_of(part), frozenset({sort}), name)

    def _name(self, node: Name) -> Type | None:
        found = self.types.get(node.path)
        if found is None:
            guess = nearest(node.path, self.types.keys())
            message = _("There is nothing called “%(name)s” here.")
            if guess is not None:
                message = _("There is nothing called “%(name)s” here. Did you mean “%(guess)s”?")
            self.report(ProblemKind.NAME, node, message, name=node.path, guess=guess)
        return found

    def _binary(self, node: Binary) -> Type | None:
        sign = node.operator
        if sign in {"+", "-", "*", "/"}:
            self._all(node.children(), Sort.NUMBER, sign)
            return Type(Sort.NUMBER)
        left, right = self.type_of(node.left), self.type_of(node.right)
        if sign == "in":
            self.expect(node.left, left, frozenset({Sort.TEXT}), sign)
            self.expect(node.right, right, frozenset({Sort.SET}), sign)
        elif (
            left is not None and right is not None and self._comparable(node, left, right) and sign[0] in "<>"
        ):
            self.expect(node.left, left, ORDERED, sign)
        self._codes(node.left, right)
        self._codes(node.right, left)
        return Type(Sort.BOOLEAN)

    def _comparable(self, node: Binary, left: Type, right: Type) -> bool:
        if left.sort is right.sort:
            return True
        if {left.sort, right.sort} == {Sort.SET, Sort.TEXT}:
            message = _('Several answers may be ticked here; ask with in: "a1" in q8.')
            self.report(ProblemKind.TYPE, node, message)
        else:
            first, second = _WORDS[frozenset({left.sort})], _WORDS[frozenset({right.sort})]
            message = _("“%(name)s” compares %(wanted)s with %(given)s.")
            self.report(ProblemKind.TYPE, node, message, name=node.operator, wanted=first, given=second)
        return False

    def _codes(self, literal: Node, other: Type | None) -> None:
        """Report codes that the question on the other side does not have."""
        if other is None or other.codes is None:
            return
        written = (
            literal.value
            if isinstance(literal, Codes)
            else (literal.value,)
            if isinstance(literal, Text)
            else ()
        )
        for code in written:
            if code in other.codes:
                continue
            guess = nearest(code, other.codes)
            message = _("The question has no answer “%(code)s”.")
            if guess is not None:
                message = _("The question has no answer “%(code)s”. Did you mean “%(guess)s”?")
            self.report(ProblemKind.CODE, literal, message, code=code, guess=guess)

    def _call(self, node: Call) -> Type | None:
        signature = SIGNATURES[node.function]
        found = [self.type_of(part) for part in node.arguments]
        for index, (part, kind) in enumerate(zip(node.arguments, found, strict=True)):
            self.expect(part, kind, signature.sorts(index), node.function)
        if node.function == "contains" and found[0] is not None and found[0].sort is Sort.SET:
            self._codes(node.arguments[1], found[0])
        if node.function == "value" and found[0] is not None and not found[0].values:
            self.report(ProblemKind.TYPE, node, _("The answers of this question stand for no numbers."))
        if node.function == "at" and found[0] is not None:
            return Type(Sort.TEXT, found[0].codes)
        if signature.gives is not None:
            return Type(signature.gives)
        return self._same(node, found[1:] if node.function == "if" else found)

    def _same(self, node: Call, found: list[Type | None]) -> Type | None:
        """Give the one type of all, with the codes of all."""
        known = [kind for kind in found if kind is not None]
        parts = node.arguments[-len(found) :]
        for part, kind in zip(parts, found, strict=True):
            if known and kind is not None:
                self.expect(part, kind, frozenset({known[0].sort}), node.function)
        if len(known) != len(found) or len({kind.sort for kind in known}) != 1:
            return None
        codes = [
            frozenset({part.value}) if isinstance(part, Text) else kind.codes
            for part, kind in zip(parts, known, strict=True)
        ]
        closed = [one for one in codes if one is not None]
        return Type(known[0].sort, frozenset().union(*closed) if len(closed) == len(codes) else None)
