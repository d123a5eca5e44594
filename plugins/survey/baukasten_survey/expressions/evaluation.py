"""Turns a tree into a Python function that says what it is worth; the authority over the browser's."""

import datetime as dt
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from baukasten_survey.expressions.functions import GATHERING, STRICT, age, finite
from baukasten_survey.expressions.nodes import Binary, Call, Logic, Name, Node, Text, Unary
from baukasten_survey.expressions.patterns import compile_pattern
from baukasten_survey.expressions.signatures import SIGNATURES
from baukasten_survey.expressions.types import CLASSES, MISSING, ORDERED, Value, Values

Evaluator = Callable[[Values, dt.date], Value]
"""Takes what the names hold and the day that ``today()`` is."""

_PLAIN = frozenset({str, bool, dt.date, dt.time, tuple, type(None)})
_ORDERED = frozenset(CLASSES[sort] for sort in ORDERED)
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(node: Node, values: Values, today: dt.date) -> Value:
    """Say what an expression is worth; never raises, whatever the values are."""
    return _remembered(node)(values, today)


def compile_node(node: Node) -> Evaluator:
    """Turn a tree into a function once, to be called for many answers."""
    match node:
        case Name():
            return _name(node.path)
        case Unary():
            return _unary(node)
        case Binary():
            return _binary(node.operator, compile_node(node.left), compile_node(node.right))
        case Logic():
            return _logic(node.operator == "or", tuple(map(compile_node, node.parts)))
        case Call():
            return _call(node)
    value: Value = getattr(node, "value", MISSING)
    return lambda _values, _today: value


_remembered = lru_cache(maxsize=2048)(compile_node)


def clean(value: Any) -> Value:
    """Take a value as the language knows it; whatever it does not know is missing."""
    kind = type(value)
    if kind is float:
        return value if value - value == 0.0 else MISSING
    if kind in _PLAIN:
        plain: Value = value
        return plain
    if kind is not int:
        return MISSING
    try:
        return float(value)
    except OverflowError:
        return MISSING


def _name(path: str) -> Evaluator:
    return lambda values, _today: clean(values.get(path))


def _unary(node: Unary) -> Evaluator:
    part = compile_node(node.part)

    def opposite(values: Values, today: dt.date) -> Value:
        value = part(values, today)
        return not value if type(value) is bool else MISSING

    def negative(values: Values, today: dt.date) -> Value:
        value = part(values, today)
        return 0.0 - value if type(value) is float else MISSING

    return opposite if node.operator == "not" else negative


def _logic(decisive: bool, parts: tuple[Evaluator, ...]) -> Evaluator:  # noqa: FBT001 - which of two it is
    """Give Kleene's logic: one false makes "and" false, one true makes "or" true, whatever is missing."""

    def run(values: Values, today: dt.date) -> Value:
        result: Value = not decisive
        for part in parts:
            value = part(values, today)
            if value is decisive:
                return decisive
            if type(value) is not bool:
                result = MISSING
        return result

    return run


def _binary(sign: str, left: Evaluator, right: Evaluator) -> Evaluator:
    if sign in {"==", "!="}:
        return _equal(sign == "==", left, right)
    if sign in _COMPARISONS:
        return _compare(_COMPARISONS[sign], left, right)
    if sign == "in":
        return _within(left, right)
    if sign == "/":
        return _divide(left, right)
    return _calculate(_ARITHMETIC[sign], left, right)


def _equal(wanted: bool, left: Evaluator, right: Evaluator) -> Evaluator:  # noqa: FBT001 - which of two it is
    def run(values: Values, today: dt.date) -> Value:
        first, second = left(values, today), right(values, today)
        if first is None or type(first) is not type(second):
            return MISSING
        if isinstance(first, tuple) and isinstance(second, tuple):
            return (frozenset(first) == frozenset(second)) is wanted
        return (first == second) is wanted

    return run


def _compare(compare: Callable[[Any, Any], bool], left: Evaluator, right: Evaluator) -> Evaluator:
    def run(values: Values, today: dt.date) -> Value:
        first, second = left(values, today), right(values, today)
        if type(first) is not type(second) or type(first) not in _ORDERED:
            return MISSING
        return compare(first, second)

    return run


def _within(left: Evaluator, right: Evaluator) -> Evaluator:
    def run(values: Values, today: dt.date) -> Value:
        code, codes = left(values, today), right(values, today)
        return code in codes if type(code) is str and type(codes) is tuple else MISSING

    return run


def _calculate(calculate: Callable[[float, float], float], left: Evaluator, right: Evaluator) -> Evaluator:
    def run(values: Values, today: dt.date) -> Value:
        first, second = left(values, today), right(values, today)
        if type(first) is not float or type(second) is not float:
            return MISSING
        return finite(calculate(first, second))

    return run


def _divide(left: Evaluator, right: Evaluator) -> Evaluator:
    def run(values: Values, today: dt.date) -> Value:
        first, second = left(values, today), right(values, today)
        if type(first) is not float or type(second) is not float or second == 0.0:
            return MISSING
        return finite(first / second)

    return run


def _call(node: Call) -> Evaluator:
    name, arguments = node.function, node.arguments
    if name in GATHERING:
        return _gather(GATHERING[name], tuple(map(compile_node, arguments)))
    if name in STRICT:
        return _strict(name, STRICT[name], tuple(map(compile_node, arguments)))
    return _SPECIAL[name](*arguments)


def _gather(gather: Callable[[list[Value]], Value], parts: tuple[Evaluator, ...]) -> Evaluator:
    return lambda values, today: gather([part(values, today) for part in parts])


def _today() -> Evaluator:
    return lambda _values, today: today


def _value(question: Node) -> Evaluator:
    return _name(f"{question.path}.value" if isinstance(question, Name) else "")


def _matches(text: Node, pattern: Node) -> Evaluator:
    compiled = compile_pattern(pattern.value if isinstance(pattern, Text) else "")
    return _strict("matches", compiled.matches, (compile_node(text),))


def _choose(*arguments: Node) -> Evaluator:
    condition, then, otherwise = map(compile_node, arguments)

    def run(values: Values, today: dt.date) -> Value:
        decided = condition(values, today)
        if type(decided) is not bool:
            return MISSING
        return then(values, today) if decided else otherwise(values, today)

    return run


def _default(*arguments: Node) -> Evaluator:
    part, instead = map(compile_node, arguments)

    def run(values: Values, today: dt.date) -> Value:
        value = part(values, today)
        return instead(values, today) if value is None else value

    return run


def _age(birthday: Node) -> Evaluator:
    part = compile_node(birthday)

    def run(values: Values, today: dt.date) -> Value:
        birth = part(values, today)
        return age(birth, today) if type(birth) is dt.date else MISSING

    return run


def _strict(name: str, function: Callable[..., Value], parts: tuple[Evaluator, ...]) -> Evaluator:
    """Call a function only where every value is there and of a sort that it takes."""
    signature = SIGNATURES[name]
    wanted = tuple(frozenset(CLASSES[sort] for sort in signature.sorts(index)) for index in range(len(parts)))

    def run(values: Values, today: dt.date) -> Value:
        given = [part(values, today) for part in parts]
        for value, kinds in zip(given, wanted, strict=True):
            if type(value) not in kinds:
                return MISSING
        return function(*given)

    return run


_SPECIAL: dict[str, Callable[..., Evaluator]] = {
    "if": _choose,
    "default": _default,
    "value": _value,
    "today": _today,
    "age": _age,
    "matches": _matches,
}
"""Functions that are more than a function of their values."""
