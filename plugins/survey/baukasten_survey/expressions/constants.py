"""Tells conditions that no answer can change, by trying all answers that make a difference."""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from baukasten_survey.expressions.evaluation import compile_node
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
    Unary,
    references,
    walk,
)
from baukasten_survey.expressions.types import MISSING, Sort, Type, Value

MAX_TRIALS = 20_000
MAX_SUBSETS = 8
"""Codes of a question with several choices of which all combinations are tried."""
_ANY_DAY = dt.date(2000, 1, 1)
_TODAY = frozenset({"today", "age"})
_TRUTHS: tuple[Value, ...] = (True, False, MISSING)


def verdict(node: Node, types: Mapping[str, Type]) -> bool | None:
    """Tell whether a condition is true whatever is answered, or never (False); None where answers decide.

    None too where there are too many combinations. What is said is certain.
    """
    domains = _domains(node, types)
    atoms: dict[Node, str] = {}
    plain = _simplify(node, domains, atoms)
    names = sorted(references(plain))
    choices = [domains.get(name, _TRUTHS) for name in names]
    trials = 1
    for values in choices:
        trials *= len(values)
    if trials > MAX_TRIALS:
        return None
    run = compile_node(plain)
    found = {
        run(dict(zip(names, values, strict=True)), _ANY_DAY) is True for values in itertools.product(*choices)
    }
    return found.pop() if len(found) == 1 else None


def _simplify(node: Node, domains: Mapping[str, tuple[Value, ...]], atoms: dict[Node, str]) -> Node:
    """Put an unknown condition in the place of each one whose names may hold too much to try."""
    if isinstance(node, Logic):
        return replace(node, parts=tuple(_simplify(part, domains, atoms) for part in node.parts))
    if isinstance(node, Unary) and node.operator == "not":
        return replace(node, part=_simplify(node.part, domains, atoms))
    timely = any(isinstance(part, Call) and part.function in _TODAY for part in walk(node))
    weighs = any(isinstance(part, Call) and part.function == "value" for part in walk(node))
    if not timely and not weighs and references(node) <= domains.keys():
        return node
    return Name(atoms.setdefault(node, f"#{len(atoms)}"))


def _domains(node: Node, types: Mapping[str, Type]) -> dict[str, tuple[Value, ...]]:
    """Give the values of each name that can be told apart, where there are few."""
    found: dict[str, tuple[Value, ...]] = {}
    beside = _literals(node)
    for name in references(node):
        kind = types.get(name)
        if kind is None:
            continue
        values = _closed(kind)
        if values is None and beside[name] is not None:
            values = _around(kind.sort, beside[name] or [])
        if values is not None:
            found[name] = (*values, MISSING)
    return found


def _closed(kind: Type) -> tuple[Value, ...] | None:
    if kind.sort is Sort.BOOLEAN:
        return True, False
    if kind.codes is None:
        return None
    codes = sorted(kind.codes)
    if kind.sort is Sort.TEXT:
        return tuple(codes)
    if kind.sort is not Sort.SET or len(codes) > MAX_SUBSETS:
        return None
    sizes = range(1, len(codes) + 1)
    return tuple(itertools.chain.from_iterable(itertools.combinations(codes, size) for size in sizes))


def _literals(node: Node) -> defaultdict[str, list[Value] | None]:
    """Give the literals that each name is compared with; None where something else is done with it."""
    found: defaultdict[str, list[Value] | None] = defaultdict(list)
    for part in walk(node):
        pairs: tuple[tuple[Node, Node], ...]
        if isinstance(part, Binary) and part.operator not in {"+", "-", "*", "/"}:
            pairs = ((part.left, part.right), (part.right, part.left))
        elif isinstance(part, Call) and part.function == "answered":
            pairs = ((part.arguments[0], Codes(())),)
        else:
            for child in part.children():
                if isinstance(child, Name):
                    found[child.path] = None
            continue
        for name, other in pairs:
            if isinstance(name, Name):
                known = found[name.path]
                found[name.path] = None if known is None else _added(known, other)
    return found


def _added(known: list[Value], other: Node) -> list[Value] | None:
    if isinstance(other, Codes):
        return [*known, *other.value]
    return [*known, other.value] if isinstance(other, Number | Text | Day | Clock) else None


def _around(sort: Sort, literals: Iterable[Value]) -> tuple[Value, ...] | None:
    """Give the literals, and values before, between and after them."""
    if sort is Sort.NUMBER:
        numbers = sorted({value for value in literals if type(value) is float})
        between = [(low + high) / 2 for low, high in itertools.pairwise(numbers)]
        return (*numbers, *between, *([numbers[0] - 1, numbers[-1] + 1] if numbers else [0.0]))
    if sort is Sort.TEXT:
        # An empty text is never an answer.
        texts = {value for value in literals if type(value) is str and value}
        return ("\0", *sorted(texts | {text + "\0" for text in texts}))
    if sort is Sort.DATE:
        days = {value.toordinal() for value in literals if type(value) is dt.date} or {_ANY_DAY.toordinal()}
        near = {day + step for day in days for step in (-1, 0, 1)}
        return tuple(dt.date.fromordinal(day) for day in sorted(near) if 1 <= day <= dt.date.max.toordinal())
    if sort is Sort.TIME:
        times = {_seconds(value) for value in literals if type(value) is dt.time} or {0}
        near = {time + step for time in times for step in (-1, 0, 1)}
        return tuple(_clock(time) for time in sorted(near) if 0 <= time < 86400)
    return None


def _seconds(moment: dt.time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def _clock(seconds: int) -> dt.time:
    return dt.time(seconds // 3600, seconds // 60 % 60, seconds % 60)
