"""Conditions of SurveyJS as expressions of ours."""

from collections.abc import Callable, Mapping, Sequence

from baukasten_survey.expressions.types import Sort
from baukasten_survey.transfer.foreign import Dialect, Node, Untranslatable, Words, read
from baukasten_survey.transfer.lime_functions import FUNCTIONS as SHARED
from baukasten_survey.transfer.lowering import Function, Lowering
from baukasten_survey.transfer.operands import Operand
from baukasten_survey.transfer.pieces import Piece

DIALECT = Dialect(
    names=r"\{([^{}]+)\}",
    operators={
        "and": "and", "&&": "and", "&": "and", "or": "or", "||": "or", "|": "or", "!": "not", "not": "not",
        "negate": "not", "=": "==", "==": "==", "equal": "==", "!=": "!=", "<>": "!=", "notequal": "!=",
        "<": "<", "less": "<", "<=": "<=", "lessorequal": "<=", ">": ">", "greater": ">", ">=": ">=",
        "greaterorequal": ">=", "contains": "contains", "contain": "contains", "*=": "contains",
        "notcontains": "lacks", "notcontain": "lacks", "anyof": "anyof", "allof": "allof", "noneof": "noneof",
        "+": "+", "-": "-", "*": "*", "/": "/", "%": "%", "^": "^", "power": "^",
    },
    after={"empty": "isempty", "notempty": "isnotempty"},
    loose=Words,
)  # fmt: skip


def _age(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    if len(parts) != 1:
        raise Untranslatable("age()")
    born = low.value(parts[0])
    if born.sort is not Sort.DATE:
        raise Untranslatable("age()")
    return Piece(f"age({born.text})", Sort.NUMBER)


def _year(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    if len(parts) != 1 or low.value(parts[0]).sort is not Sort.DATE:
        raise Untranslatable("year()")
    return Piece(f"year({low.value(parts[0]).text})", Sort.NUMBER)


def _mean(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    return Piece(f"mean({', '.join(low.number(part).text for part in parts)})", Sort.NUMBER)


def _today(_low: Lowering, parts: tuple[Node, ...]) -> Piece:
    if parts:
        raise Untranslatable("today(…)")
    return Piece("today()", Sort.DATE, certain=True)


def _this_year(_low: Lowering, _parts: tuple[Node, ...]) -> Piece:
    return Piece("year(today())", Sort.NUMBER, certain=True)


FUNCTIONS: Mapping[str, Function] = {
    **{name: SHARED[name] for name in ("iif", "sum", "min", "max", "round", "trim")},
    "isempty": SHARED["is_empty"],
    "isnotempty": SHARED["isset"],
    "avg": _mean,
    "age": _age,
    "year": _year,
    "currentyear": _this_year,
    "today": _today,
    "currentdate": _today,
}


def condition(text: str, resolve: Callable[[str], Sequence[Operand]]) -> str:
    """Write a condition. Raises Untranslatable."""
    return Lowering(resolve, dict(FUNCTIONS)).condition(read(text, DIALECT))


def formula(text: str, resolve: Callable[[str], Sequence[Operand]]) -> Piece:
    """Write what gives a value. Raises Untranslatable."""
    return Lowering(resolve, dict(FUNCTIONS)).value(read(text, DIALECT))
