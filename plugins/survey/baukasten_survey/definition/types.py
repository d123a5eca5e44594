"""What each name of an expression may hold, as the kinds of questions say."""

from collections.abc import Iterator, Mapping

from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.expressions.nodes import (
    Binary,
    Call,
    Clock,
    Codes,
    Day,
    Name,
    Node,
    Number,
    Text,
    Unary,
)
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.expressions.signatures import SIGNATURES
from baukasten_survey.expressions.types import Sort, Type
from baukasten_survey.keys import OTHER, Kind

ARITHMETIC = frozenset({"+", "-", "*", "/"})
SIMPLE: Mapping[Kind, Sort] = {
    **dict.fromkeys(kinds.TEXTS, Sort.TEXT),
    **dict.fromkeys(kinds.NUMBERS, Sort.NUMBER),
    **dict.fromkeys(kinds.TRUTHS, Sort.BOOLEAN),
    Kind.DATE: Sort.DATE,
    Kind.TIME: Sort.TIME,
    Kind.FILE: Sort.SET,
    Kind.MAP: Sort.SET,
    Kind.SCALE: Sort.NUMBER,
}
LITERALS: Mapping[type[Node], Sort] = {
    Number: Sort.NUMBER,
    Text: Sort.TEXT,
    Day: Sort.DATE,
    Clock: Sort.TIME,
    Codes: Sort.SET,
}


def types_of(definition: Definition, before: int | None = None) -> dict[str, Type]:
    """Give the names that expressions may use; with ``before`` only those of pages up to that one, counted from 0."""
    known: dict[str, Type] = {}
    for at, page in enumerate(definition.pages):
        if before is None or at <= before:
            for question in page.questions:
                known.update(_types(question))
    for code in known.keys() & {one.code for one in _calculated(definition)}:
        known[code] = Type(_result(definition, code, known, frozenset()))
    return known


def _calculated(definition: Definition) -> Iterator[Question]:
    return (one for one in definition.questions.values() if one.kind is Kind.CALCULATED)


def _types(question: Question) -> Iterator[tuple[str, Type]]:
    code, kind = question.code, question.kind
    if question.other is not None:
        yield f"{code}.{OTHER.removeprefix('_')}", Type(Sort.TEXT)
    if kinds.has_rows(question):
        for row in question.rows:
            yield from _cells(f"{code}.{row.code}", question)
    elif kinds.has_options(question):
        many = kinds.takes_many(question) or kind is Kind.RANKING
        yield code, _chosen(question, Sort.SET if many else Sort.TEXT)
    elif kind is Kind.HIDDEN and question.options:
        yield code, _chosen(question, Sort.TEXT)
    elif kind is Kind.CALCULATED:
        yield code, Type(Sort.NUMBER)
    elif kind is not Kind.INFO:
        yield code, Type(SIMPLE[kind])


def _cells(name: str, question: Question) -> Iterator[tuple[str, Type]]:
    if question.kind is Kind.SCALE:
        yield name, Type(Sort.NUMBER)
    elif question.kind is Kind.MATRIX_SINGLE:
        yield name, _chosen(question, Sort.TEXT)
    elif question.kind is Kind.MATRIX_MULTIPLE:
        yield name, _chosen(question, Sort.SET)
    else:
        sort = Sort.NUMBER if question.kind is Kind.MATRIX_NUMBER else Sort.TEXT
        yield from ((f"{name}.{option.code}", Type(sort)) for option in question.options)


def _chosen(question: Question, sort: Sort) -> Type:
    codes = [option.code for option in question.options] + ([OTHER] if question.other is not None else [])
    values = tuple((one.code, float(one.value)) for one in question.options if one.value is not None)
    return Type(sort, frozenset(codes), values)


def _result(definition: Definition, code: str, known: Mapping[str, Type], asked: frozenset[str]) -> Sort:
    """Give what a calculated question holds; one that is calculated from itself counts as a number."""
    question = definition.questions[code]
    if code in asked:
        return Sort.NUMBER
    try:
        node = parse(question.expression)
    except Unparsable:
        return Sort.NUMBER
    return _sort(node, definition, known, asked | {code})


def _sort(node: Node, definition: Definition, known: Mapping[str, Type], asked: frozenset[str]) -> Sort:
    """Give the sort of an expression that need not be right; what is wrong with it is said elsewhere."""
    if isinstance(node, Name):
        question = definition.questions.get(node.path)
        if question is not None and question.kind is Kind.CALCULATED:
            return _result(definition, node.path, known, asked)
        return known[node.path].sort if node.path in known else Sort.NUMBER
    if isinstance(node, Call):
        return _called(node, definition, known, asked)
    if isinstance(node, Binary) and node.operator in ARITHMETIC:
        return Sort.NUMBER
    if isinstance(node, Unary) and node.operator == "-":
        return Sort.NUMBER
    return LITERALS.get(type(node), Sort.BOOLEAN)


def _called(node: Call, definition: Definition, known: Mapping[str, Type], asked: frozenset[str]) -> Sort:
    """Give what a function gives: itself, else what it was given (of ``if``, behind the condition)."""
    signature = SIGNATURES.get(node.function)
    if signature is None or not node.arguments:
        return signature.gives if signature is not None and signature.gives is not None else Sort.NUMBER
    if signature.gives is not None:
        return signature.gives
    at = 1 if node.function == "if" and len(node.arguments) > 1 else 0
    return _sort(node.arguments[at], definition, known, asked)
