"""A tree as JSON and back: what the browser evaluates, and what was stored.

Numbers, texts and true/false are themselves; ``{"name": "q7"}``, ``{"date": "2026-01-31"}``, ``{"time": "07:30"}``,
``{"codes": ["a1"]}``, ``{"pattern": …}``; a list is an operator or a function with its parts.
"""

from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.expressions import building
from baukasten_survey.expressions.moments import read_date, read_time, write_time
from baukasten_survey.expressions.nodes import (
    MAX_DEPTH,
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
from baukasten_survey.expressions.parsing import MAX_DIGITS, NAME, RESERVED
from baukasten_survey.expressions.patterns import compile_pattern
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.expressions.writing import write_number

_ = lazy("survey")

BINARY = frozenset({"+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "in"})
MAX_NODES = 4000


def to_json(node: Node) -> Any:
    """Give a tree as JSON; patterns bring their automaton, so that the browser need not read them."""
    match node:
        case Number() | Text() | Truth():
            data: Any = node.value
        case Day():
            data = {"date": node.value.isoformat()}
        case Clock():
            data = {"time": write_time(node.value)}
        case Codes():
            data = {"codes": list(node.value)}
        case Name():
            data = {"name": node.path}
        case Call(function="matches", arguments=(text, Text() as pattern)):
            data = ["matches", to_json(text), {"pattern": compile_pattern(pattern.value).to_json()}]
        case Call():
            data = [node.function, *map(to_json, node.arguments)]
        case Unary() | Binary() | Logic():
            data = [node.operator, *map(to_json, node.children())]
        case _:
            raise TypeError(node)
    return data


def from_json(data: Any) -> Node:
    """Read a tree that was written; raises Unparsable, whatever the data is."""
    return _Reader().read(data, 0)


class _Reader:
    def __init__(self) -> None:
        self.nodes = 0

    def read(self, data: Any, depth: int) -> Node:
        self.nodes += 1
        if depth >= MAX_DEPTH or self.nodes > MAX_NODES:
            raise _refusal()
        if isinstance(data, bool):
            return Truth(data)
        if isinstance(data, (int, float)):
            if not 0 <= data < 1e20 or len(write_number(float(data))) > MAX_DIGITS + 1:
                raise _refusal()
            return Number(float(data))
        if isinstance(data, str):
            return Text(data)
        if isinstance(data, dict) and len(data) == 1:
            return _literal(*next(iter(data.items())))
        if isinstance(data, list) and data and isinstance(data[0], str):
            return self._operation(data[0], data[1:], depth)
        raise _refusal()

    def _operation(self, head: str, rest: list[Any], depth: int) -> Node:
        parts = tuple(self.read(part, depth + 1) for part in rest)
        if head in {"and", "or"} and len(parts) > 1:
            return Logic(head, parts)
        if head in {"not", "-"} and len(parts) == 1:
            return Unary(head, parts[0])
        if head in BINARY and len(parts) == 2:
            return Binary(head, *parts)
        return building.call(head, parts)


def _literal(key: Any, value: Any) -> Node:
    if key == "pattern" and isinstance(value, dict):
        value = value.get("source")
    if key == "codes" and isinstance(value, list) and value and all(isinstance(code, str) for code in value):
        return building.codes(tuple(value))
    if not isinstance(value, str):
        raise _refusal()
    day, clock = read_date(value), read_time(value)
    if key == "name" and NAME.fullmatch(value) and value not in RESERVED:
        return Name(value)
    if key == "date" and day is not None:
        return Day(day)
    if key == "time" and clock is not None:
        return Clock(clock)
    if key == "pattern":
        return Text(value)
    raise _refusal()


def _refusal() -> Unparsable:
    return Unparsable(_("This is no stored expression."))
