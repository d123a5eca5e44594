"""Conditions of XLSForm, which are XPath, as expressions of ours."""

from collections.abc import Callable, Mapping, Sequence

from baukasten_survey.expressions.moments import read_date
from baukasten_survey.expressions.types import Sort
from baukasten_survey.transfer.foreign import (
    Call,
    Dialect,
    Name,
    Node,
    Number,
    Operation,
    Truth,
    Untranslatable,
    Words,
    read,
)
from baukasten_survey.transfer.lime_functions import FUNCTIONS as SHARED
from baukasten_survey.transfer.lowering import Function, Lowering, spoken
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.pieces import Piece, as_text, negated, quoted, truthful
from baukasten_survey.transfer.regex import pattern_of

DIALECT = Dialect(
    # ${age}, ../group/age, /data/age, and the dot for the question itself
    names=r"\$\{\s*([^{}]+?)\s*\}|\.\./[\w./-]+|/[\w./-]+|\.(?![\d.])",
    operators={
        "or": "or", "and": "and", "=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
        "+": "+", "-": "-", "*": "*", "div": "/", "mod": "%",
    },
    escapes=False,
    constants={},
    loose=lambda word: Name(f"column:{word}"),
)  # fmt: skip

Resolve = Callable[[str], Sequence[Operand]]


def _exactly(parts: Sequence[Node], *counts: int) -> None:
    if len(parts) not in counts:
        raise Untranslatable("()")


def _selected(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 2)
    return low.among("contains", parts[0], parts[1], certain=low.certain)


def _count_selected(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 1)
    return Piece(f"count({low.value(parts[0]).text})", Sort.NUMBER, certain=True)


def _not(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 1)
    return negated(low.truth(parts[0], certain=True))


def _truth(value: bool) -> Function:  # noqa: FBT001 - which of two it is
    return lambda _low, _parts: Piece("true" if value else "false", Sort.BOOLEAN, certain=True)


def _regex(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 2)
    if not isinstance(parts[1], Words):
        raise Untranslatable("regex()")
    body = parts[1].value.removeprefix("^")
    body = body.removesuffix("$") if not body.endswith("\\$") else body
    inner = f"({body})" if "|" in body else body
    return Piece(
        f"matches({as_text(low.value(parts[0])).text}, {quoted(pattern_of(f'^{inner}$'))})", Sort.BOOLEAN
    )


def _date(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 1)
    if isinstance(parts[0], Words) and (day := read_date(parts[0].value)) is not None:
        return Piece(f'date("{day.isoformat()}")', Sort.DATE, certain=True)
    found = low.value(parts[0])
    if found.sort is not Sort.DATE:
        raise Untranslatable("date()")
    return found


def _coalesce(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 2)
    first, second = low.value(parts[0]), low.value(parts[1])
    if first.sort is not second.sort:
        first, second = as_text(first), as_text(second)
    return Piece(f"default({first.text}, {second.text})", first.sort, certain=second.certain)


def _string(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 1)
    return as_text(low.value(parts[0]))


def _number(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 1)
    return low.number(parts[0])


def _boolean(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 1)
    return truthful(low.value(parts[0]))


def _contains(name: str) -> Function:
    def write(low: Lowering, parts: tuple[Node, ...]) -> Piece:
        _exactly(parts, 2)
        texts = ", ".join(as_text(low.value(part)).text for part in parts)
        return Piece(f"{name}({texts})", Sort.BOOLEAN)

    return write


def _label(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """The words of a chosen option: ``jr:choice-name(${q}, '${q}')``."""
    if not parts or not isinstance(parts[0], Name):
        raise Untranslatable("jr:choice-name()")
    operand = low.one(parts[0])
    if operand.form is not Form.CHOICE:
        raise Untranslatable("jr:choice-name()")
    return spoken(operand)


def _once(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _exactly(parts, 1)
    return low.value(parts[0])


def _today(_low: Lowering, _parts: tuple[Node, ...]) -> Piece:
    return Piece("today()", Sort.DATE, certain=True)


FUNCTIONS: Mapping[str, Function] = {
    **{name: SHARED[name] for name in ("if", "sum", "min", "max", "round", "floor", "abs", "sqrt", "pow", "substr",
                                       "pi")},
    "int": SHARED["intval"],
    "ceiling": SHARED["ceil"],
    "string-length": SHARED["strlen"],
    "normalize-space": SHARED["trim"],
    "concat": SHARED["join"],
    "selected": _selected,
    "count-selected": _count_selected,
    "not": _not,
    "true": _truth(True),  # noqa: FBT003 - the function's own name says it
    "false": _truth(False),  # noqa: FBT003 - as above
    "regex": _regex,
    "date": _date,
    "coalesce": _coalesce,
    "string": _string,
    "number": _number,
    "boolean": _boolean,
    "boolean-from-string": _boolean,
    "contains": _contains("contains"),
    "starts-with": _contains("starts"),
    "jr:choice-name": _label,
    "once": _once,
    "today": _today,
    "now": _today,
}  # fmt: skip


def lowering(resolve: Resolve) -> Lowering:
    """Give what writes the conditions of a form."""
    return Lowering(resolve, dict(FUNCTIONS))


def condition(text: str, resolve: Resolve) -> str:
    """Write a condition. Raises Untranslatable."""
    return lowering(resolve).condition(read(text, DIALECT))


def formula(text: str, resolve: Resolve) -> Piece:
    """Write what gives a value. Raises Untranslatable."""
    return lowering(resolve).value(read(text, DIALECT))


def filtered(text: str, columns: Mapping[str, str], resolve: Resolve) -> str:
    """Write when an option is shown, given its columns: ``state = ${state}``. Raises Untranslatable."""
    found = lowering(resolve).condition(_filled(read(text, DIALECT), columns))
    return "" if found == "true" else found


def _filled(node: Node, columns: Mapping[str, str]) -> Node:
    """Put an option's own columns into a filter; what compares two of them is decided at once."""
    if isinstance(node, Name) and node.name.startswith("column:"):
        return Words(columns.get(node.name.removeprefix("column:"), ""))
    if isinstance(node, Call):
        return Call(node.name, tuple(_filled(part, columns) for part in node.parts))
    if not isinstance(node, Operation):
        return node
    parts = tuple(_filled(part, columns) for part in node.parts)
    if node.sign in {"==", "!="} and all(isinstance(part, Words | Number) for part in parts):
        same = len({str(part.value) for part in parts if isinstance(part, Words | Number)}) == 1
        return Truth(same is (node.sign == "=="))
    return Operation(node.sign, parts)
