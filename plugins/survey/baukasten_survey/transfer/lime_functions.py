"""The functions of LimeSurvey's expressions, each written with ours."""

from collections.abc import Iterable, Sequence

from baukasten_survey.expressions.types import Sort
from baukasten_survey.transfer.comparing import against, guarded, holds
from baukasten_survey.transfer.foreign import (
    AND,
    FLIPPED,
    Many,
    Name,
    Node,
    Number,
    Operation,
    Untranslatable,
    Words,
)
from baukasten_survey.transfer.lime_moments import MOMENTS
from baukasten_survey.transfer.lowering import Function, Lowering
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.pieces import Piece, as_text, joined, negated, numeral, quoted, sure, truthful
from baukasten_survey.transfer.regex import pattern_of

SIGN_WORDS = {"eq": "==", "=": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
MOST_COMPARED = 12
"""Answers of which each is compared with each."""
ONE_BY_ONE = 150
"""So many answers may be counted one by one; a longer sum nobody reads."""


def places(low: Lowering, parts: Iterable[Node]) -> list[Operand | Node]:
    """Give the places of names and lists, and what is no name as it is."""
    found: list[Operand | Node] = []
    for part in parts:
        if isinstance(part, Name):
            found += [one for one in low.places(part.name) if one.form is not Form.SILENT]
        elif isinstance(part, Many):
            found += places(low, part.parts)
        else:
            found.append(part)
    if len(found) > ONE_BY_ONE:
        raise Untranslatable("…")
    return found


def _value(low: Lowering, one: Operand | Node) -> Piece:
    return fixed(low, one).value(Name("")) if isinstance(one, Operand) else low.value(one)


def _number(low: Lowering, one: Operand | Node) -> Piece:
    return fixed(low, one).number(Name("")) if isinstance(one, Operand) else low.number(one)


def fixed(low: Lowering, one: Operand) -> Lowering:
    """Give a lowering in which any name means this place."""
    return Lowering(lambda _name: (one,), low.functions)


def _one(parts: Sequence[Node], *counts: int) -> None:
    if len(parts) not in counts:
        raise Untranslatable("()")


def _is_empty(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _one(parts, 1)
    found = []
    for one in places(low, parts):
        if isinstance(one, Operand):
            known = Piece(one.answered, Sort.BOOLEAN, certain=True)
            found.append(guarded(one, negated(known)))
        else:
            found.append(negated(Piece(f"answered({low.value(one).text})", Sort.BOOLEAN, certain=True)))
    return joined(AND, found)


def _if(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _one(parts, 2, 3)
    condition = low.truth(parts[0], certain=True)
    yes = low.value(parts[1])
    no = low.value(parts[2]) if len(parts) == 3 else Piece('""', Sort.TEXT, certain=True)
    if yes.sort is not no.sort:
        yes, no = _same(low, parts, yes, no)
    return Piece(f"if({condition.text}, {yes.text}, {no.text})", yes.sort, certain=yes.certain and no.certain)


def _same(low: Lowering, parts: tuple[Node, ...], yes: Piece, no: Piece) -> tuple[Piece, Piece]:
    """Bring both branches to one sort; a number against an empty text becomes text."""
    sorts = {yes.sort, no.sort}
    if Sort.BOOLEAN in sorts and Sort.TEXT not in sorts:
        return truthful(yes), truthful(no)
    if sorts == {Sort.NUMBER, Sort.TEXT}:
        written = [one for one in parts[1:] if isinstance(one, Words)]
        if all(_numeric(one.value) for one in written) and written:
            return low.number(parts[1]), low.number(parts[2])
    return as_text(yes), as_text(no)


def _numeric(words: str) -> bool:
    return holds(words, "==", words) and words.replace(".", "", 1).lstrip("-").isdigit()


def _count(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    found = places(low, parts)
    if not found:
        return numeral(0)
    flags: dict[str, list[str]] = {}
    wholes: dict[str, int] = {}
    rest: list[str] = []
    for one in found:
        if isinstance(one, Operand) and one.form is Form.FLAG:
            flags.setdefault(one.path, []).append(one.column)
            wholes[one.path] = one.size
        elif isinstance(one, Operand) and one.other and one.question in flags:
            flags[one.question].append("_other")
        else:
            rest.append(one.path if isinstance(one, Operand) else low.value(one).text)
    terms = [f"count({', '.join(rest)})"] if rest else []
    for path, codes in flags.items():
        if len(set(codes)) >= wholes[path] > 0:
            terms.append(f"count({path})")
        else:
            terms += [f'if(answered({path}) and "{code}" in {path}, 1, 0)' for code in codes]
    return Piece(" + ".join(terms), Sort.NUMBER, certain=True, loose=len(terms) > 1)


def _gathered(name: str, empty: str = "") -> Function:
    """Functions over numbers that pass over what is missing."""

    def write(low: Lowering, parts: tuple[Node, ...]) -> Piece:
        numbers = [_number(low, one).text for one in places(low, parts)]
        if not numbers:
            raise Untranslatable(f"{name}()")
        text = f"{name}({', '.join(numbers)})"
        return Piece(f"default({text}, {empty})" if empty else text, Sort.NUMBER, certain=bool(empty))

    return write


def _numeric_function(name: str, *counts: int) -> Function:
    def write(low: Lowering, parts: tuple[Node, ...]) -> Piece:
        _one(parts, *(counts or (1,)))
        return Piece(f"{name}({', '.join(low.number(part).text for part in parts)})", Sort.NUMBER)

    return write


def _text_function(name: str) -> Function:
    def write(low: Lowering, parts: tuple[Node, ...]) -> Piece:
        _one(parts, 1)
        sort = Sort.NUMBER if name == "length" else Sort.TEXT
        return Piece(f"{name}({as_text(low.value(parts[0])).text})", sort)

    return write


def _same_thing(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """For functions that only change how HTML looks."""
    if not parts:
        raise Untranslatable("()")
    return low.value(parts[0])


def _join(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    pieces = [as_text(_value(low, one)) for one in places(low, parts)]
    return Piece(f"join({', '.join(one.text for one in pieces)})", Sort.TEXT)


def _implode(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """A separator stands before each text that is there, but for the first."""
    if not parts or not isinstance(parts[0], Words):
        raise Untranslatable("implode()")
    return _listed(low, parts[0].value, parts[1:])


def _list(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    return _listed(low, ", ", parts)


def _listed(low: Lowering, separator: str, parts: Sequence[Node]) -> Piece:
    found = [(one, as_text(_spoken(low, one))) for one in places(low, parts)]
    if not found:
        raise Untranslatable("list()")
    pieces = [found[0][1].text]
    for at, (_, piece) in enumerate(found[1:], 1):
        before = " or ".join(f"answered({one.text})" for _, one in found[:at])
        known = f"answered({piece.text}) and ({before})"
        pieces.append(f"if({known}, join({quoted(separator)}, {piece.text}), {piece.text})")
    return Piece(f"join({', '.join(pieces)})", Sort.TEXT)


def _spoken(low: Lowering, one: Operand | Node) -> Piece:
    """In a list a chosen option says its words or nothing; a text that is no number is how missing is written."""
    if isinstance(one, Operand) and one.form is Form.FLAG:
        words = quoted(one.labels.get(one.column, one.column) if one.shown else "Y")
        return Piece(f'if({one.answered}, {words}, text(number("-")))', Sort.TEXT)
    return _value(low, one)


def _power(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    return _numeric_function("power", 2)(low, parts)


def _is_numeric(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _one(parts, 1)
    return Piece(f"answered({low.number(parts[0]).text})", Sort.BOOLEAN, certain=True)


def _is_int(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _one(parts, 1)
    number = low.number(parts[0])
    return Piece(f"{number.tight} == trunc({number.text})", Sort.BOOLEAN, loose=True)


def _intval(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    return _numeric_function("trunc")(low, parts[:1])


def _matches(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _one(parts, 2)
    if not isinstance(parts[0], Words):
        raise Untranslatable("regexMatch()")
    text = as_text(low.value(parts[1]))
    return Piece(f"matches({text.text}, {quoted(pattern_of(parts[0].value))})", Sort.BOOLEAN)


def _substr(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    _one(parts, 2, 3)
    if not all(isinstance(one, Number) and one.value >= 0 for one in parts[1:]):
        raise Untranslatable("substr()")
    numbers = [one.value for one in parts[1:] if isinstance(one, Number)]
    rest = "".join(f", {numeral(one).text}" for one in [numbers[0] + 1, *numbers[1:]])
    return Piece(f"part({as_text(low.value(parts[0])).text}{rest})", Sort.TEXT)


def _counted_if(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """How many answers equal a value: ``countif(value, …)``."""
    if len(parts) < 2 or not isinstance(parts[0], Words | Number):
        raise Untranslatable("countif()")
    return _sum_of_hits(low, "==", parts[0], parts[1:], sums=False)


def _counted_op(*, sums: bool) -> Function:
    """How many answers compare so with a value, or their sum: ``countifop(op, value, …)``."""

    def write(low: Lowering, parts: tuple[Node, ...]) -> Piece:
        if len(parts) < 3 or not isinstance(parts[0], Words) or not isinstance(parts[1], Words | Number):
            raise Untranslatable("countifop()")
        if parts[0].value.upper() == "RX" and isinstance(parts[1], Words):
            return _hits_of_pattern(low, parts[1].value, parts[2:], sums=sums)
        sign = SIGN_WORDS.get(parts[0].value.lower(), parts[0].value)
        if sign not in FLIPPED:
            raise Untranslatable(parts[0].value)
        return _sum_of_hits(low, sign, parts[1], parts[2:], sums=sums)

    return write


def _sum_of_hits(
    low: Lowering, sign: str, value: Words | Number, parts: Sequence[Node], *, sums: bool
) -> Piece:
    terms = []
    for one in places(low, parts):
        if isinstance(one, Operand):
            hit = against(one, sign, value, certain=True)
        else:
            hit = low.truth(Operation(sign, (one, value)), certain=True)
        worth = f"default({_number(low, one).text}, 0)" if sums else "1"
        terms.append(f"if({hit.text}, {worth}, 0)")
    return Piece(f"sum({', '.join(terms)})", Sort.NUMBER, certain=True)


def _hits_of_pattern(low: Lowering, pattern: str, parts: Sequence[Node], *, sums: bool) -> Piece:
    terms = []
    for one in places(low, parts):
        text = as_text(_value(low, one))
        hit = sure(Piece(f"matches({text.text}, {quoted(pattern_of(pattern))})", Sort.BOOLEAN), [text])
        worth = f"default({_number(low, one).text}, 0)" if sums else "1"
        terms.append(f"if({hit.text}, {worth}, 0)")
    return Piece(f"sum({', '.join(terms)})", Sort.NUMBER, certain=True)


def _within(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """Where a text stands in another: only whether it does can be asked here."""
    _one(parts, 2)
    whole, part = (as_text(low.value(one)) for one in parts)
    return Piece(f"contains({whole.text}, {part.text})", Sort.BOOLEAN)


def _ordered(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """Which of two texts comes first, as -1, 0 or 1."""
    _one(parts, 2)
    left, right = (as_text(low.value(one)) for one in parts)
    before, after = f"{left.tight} < {right.tight}", f"{left.tight} > {right.tight}"
    return Piece(f"if({before}, -1, if({after}, 1, 0))", Sort.NUMBER)


def _unique(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """No two answers are the same; what was not answered is like nothing."""
    found = [_value(low, one) for one in places(low, parts)]
    if len(found) > MOST_COMPARED or len({one.sort for one in found}) != 1:
        raise Untranslatable("unique()")
    same = [
        negated(sure(Piece(f"{one.tight} == {other.tight}", Sort.BOOLEAN, loose=True), [one, other]))
        for at, one in enumerate(found)
        for other in found[at + 1 :]
    ]
    return joined(AND, same)


def _deviation(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """How far numbers lie around their mean; those that are missing are passed over."""
    numbers = [_number(low, one) for one in places(low, parts)]
    if not numbers:
        raise Untranslatable("stddev()")
    mean = f"mean({', '.join(one.text for one in numbers)})"
    squares = ", ".join(f"power({one.tight} - {mean}, 2)" for one in numbers)
    return Piece(f"sqrt(mean({squares}))", Sort.NUMBER)


def _pi(_low: Lowering, _parts: tuple[Node, ...]) -> Piece:
    return Piece("3.14159265358979", Sort.NUMBER, certain=True)


FUNCTIONS: dict[str, Function] = {
    "is_empty": _is_empty,
    "empty": _is_empty,
    "is_null": _is_empty,
    "is_nan": lambda low, parts: negated(_is_numeric(low, parts)),
    "isset": lambda low, parts: negated(_is_empty(low, parts)),
    "if": _if,
    "iif": _if,
    "count": _count,
    "countif": _counted_if,
    "countifop": _counted_op(sums=False),
    "sumifop": _counted_op(sums=True),
    "sum": _gathered("sum", "0"),
    "max": _gathered("max"),
    "min": _gathered("min"),
    "round": _numeric_function("round", 1, 2),
    "floor": _numeric_function("floor"),
    "ceil": _numeric_function("ceil"),
    "abs": _numeric_function("abs"),
    "sqrt": _numeric_function("sqrt"),
    "pow": _power,
    "fmod": _numeric_function("mod", 2),
    "modulo": _numeric_function("mod", 2),
    "intval": _intval,
    "int": _intval,
    "floatval": lambda low, parts: low.number(parts[0]) if parts else numeral(0),
    "pi": _pi,
    "is_numeric": _is_numeric,
    "is_float": _is_numeric,
    "is_int": _is_int,
    "is_string": lambda low, parts: negated(_is_numeric(low, parts)),
    "strlen": _text_function("length"),
    "trim": _text_function("trim"),
    "ltrim": _text_function("trim"),
    "rtrim": _text_function("trim"),
    "strtolower": _text_function("lower"),
    "strpos": _within,
    "stripos": _within,
    "strstr": _within,
    "stristr": _within,
    "strcmp": _ordered,
    "unique": _unique,
    "stddev": _deviation,
    "substr": _substr,
    "join": _join,
    "implode": _implode,
    "list": _list,
    "regexmatch": _matches,
}
FUNCTIONS |= MOMENTS
FUNCTIONS |= dict.fromkeys(
    [
        "nl2br",
        "strip_tags",
        "htmlspecialchars",
        "htmlspecialchars_decode",
        "html_entity_decode",
        "htmlentities",
        "addslashes",
        "stripslashes",
        "quoted_printable_encode",
        "quoted_printable_decode",
        "number_format",
        "localize_number",
        "fixnum",
    ],
    _same_thing,
)
