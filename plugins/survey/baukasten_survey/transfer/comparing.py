"""Comparisons of an answer with what is written out, by what kind of answer it is."""

import math

from baukasten_survey.expressions.moments import read_date, read_time
from baukasten_survey.expressions.types import Sort
from baukasten_survey.transfer.foreign import AND, OR, Node, Number, Truth, Untranslatable, Words
from baukasten_survey.transfer.operands import SORTS, Form, Operand
from baukasten_survey.transfer.pieces import Piece, joined, negated, numeral, quoted, sure

TRUE_WORDS = frozenset({"Y", "1", "true", "yes", "True"})
MOST_PAIRS = 40
"""Options that two choices are compared by, one after the other."""
FALSE_WORDS = frozenset({"N", "0", "false", "no", "False"})


def against(operand: Operand, sign: str, literal: Node, *, certain: bool = False) -> Piece:
    """Compare an answer with what is written out."""
    words = words_of(literal)
    if words.strip() == "":
        found = _empty(operand, sign)
    elif operand.form in {Form.FLAG, Form.TRUTH}:
        found = _flag(operand, sign, words, certain=certain)
    elif operand.form is Form.SET and operand.codes:
        found = _sets(operand, sign, words, certain=certain)
    elif operand.form in {Form.CHOICE, Form.RANK}:
        found = _choice(operand, sign, words, certain=certain)
    else:
        found = _plain(operand, sign, literal, certain=certain)
    return found


def member(operand: Operand, words: str) -> Piece:
    """Write whether one option is chosen, or words stand in a text."""
    if operand.form is Form.SET:
        code = operand.codes.get(words)
        if code is None:
            return Piece("false", Sort.BOOLEAN, certain=True)
        return Piece(f'"{code}" in {operand.path}', Sort.BOOLEAN, loose=True)
    if operand.form is Form.TEXT:
        return Piece(f"contains({operand.path}, {quoted(words)})", Sort.BOOLEAN)
    return against(operand, "==", Words(words))


def _sets(operand: Operand, sign: str, words: str, *, certain: bool) -> Piece:
    """Compare all that was chosen with a single option."""
    code = operand.codes.get(words)
    if code is None or sign not in {"==", "!="}:
        raise Untranslatable(f"{operand.path} {sign} {words}")
    found = Piece(f'{operand.path} == ["{code}"]', Sort.BOOLEAN, loose=True)
    known = sure(found, [Piece(operand.path, Sort.SET)])
    if sign == "!=":
        return negated(known)
    return known if certain else found


def guarded(operand: Operand, piece: Piece) -> Piece:
    """Say that a question has to be shown where its silence would count."""
    if not operand.guard:
        return piece
    return joined(AND, [Piece(operand.guard, Sort.BOOLEAN, loose=True), piece])


def _empty(operand: Operand, sign: str) -> Piece:
    known = Piece(operand.answered, Sort.BOOLEAN, certain=True)
    if sign in {"!=", ">"}:
        return known
    if sign == "==":
        return guarded(operand, negated(known))
    raise Untranslatable(f'{operand.path} {sign} ""')


def _flag(operand: Operand, sign: str, words: str, *, certain: bool) -> Piece:
    if sign not in {"==", "!="}:
        raise Untranslatable(f"{operand.path} {sign} {words}")
    bare = f'"{operand.column}" in {operand.path}' if operand.form is Form.FLAG else operand.path
    yes = Piece(bare, Sort.BOOLEAN, loose=operand.form is Form.FLAG)
    if words in TRUE_WORDS or words == operand.column:
        wanted = sign == "=="
    elif words in FALSE_WORDS:
        wanted = sign == "!="
        if operand.form is Form.TRUTH and sign == "==":
            asked = negated(yes)
            return sure(asked, [Piece(operand.path, Sort.BOOLEAN)]) if certain else asked
        if operand.form is Form.FLAG and sign == "==":
            return guarded(operand, negated(sure(yes, [Piece(operand.path, Sort.SET)])))
    else:
        return Piece("false" if sign == "==" else "true", Sort.BOOLEAN, certain=True)
    known = sure(yes, [Piece(operand.path, Sort.SET)])
    if wanted:
        return known if certain else yes
    return guarded(operand, negated(known))


def _choice(operand: Operand, sign: str, words: str, *, certain: bool) -> Piece:
    """List the codes for which a comparison holds."""
    seen = {
        ours: operand.labels.get(ours, foreign) if operand.shown else foreign
        for foreign, ours in operand.codes.items()
    }
    base = "==" if sign == "!=" else sign
    hits = [ours for ours, said in seen.items() if holds(said, base, words)]
    if not hits:
        found = Piece("false", Sort.BOOLEAN, certain=True)
    elif len(hits) == len(seen) and sign != "!=":
        found = Piece(operand.answered, Sort.BOOLEAN, certain=True)
    elif len(hits) == 1:
        found = Piece(f'{operand.path} == "{hits[0]}"', Sort.BOOLEAN, loose=True)
    else:
        listed = ", ".join(f'"{one}"' for one in hits)
        found = Piece(f"{operand.path} in [{listed}]", Sort.BOOLEAN, loose=True)
    place = Piece(operand.path, Sort.TEXT)
    if sign == "!=":
        return guarded(operand, negated(sure(found, [place]) if hits else found))
    return sure(found, [place]) if certain and not found.certain else found


def paired(first: Operand, sign: str, second: Operand) -> Piece:
    """Compare two choices whose codes are no numbers throughout: one alternative for each option of the first."""
    hits: dict[str, list[str]] = {}
    for foreign, ours in first.codes.items():
        hits[ours] = [theirs for code, theirs in second.codes.items() if holds(foreign, sign, code)]
    if len(hits) > MOST_PAIRS:
        raise Untranslatable(f"{first.path} {sign} {second.path}")
    parts = []
    for ours, theirs in hits.items():
        if theirs:
            listed = ", ".join(f'"{one}"' for one in theirs)
            parts.append(
                Piece(f'{first.path} == "{ours}" and {second.path} in [{listed}]', Sort.BOOLEAN, loose=True)
            )
    if not parts:
        return Piece("false", Sort.BOOLEAN, certain=True)
    return sure(joined(OR, parts), [Piece(one.path, Sort.TEXT) for one in (first, second)])


def _plain(operand: Operand, sign: str, literal: Node, *, certain: bool) -> Piece:
    """Compare numbers, texts, dates and times."""
    place = Piece(operand.path, SORTS.get(operand.form, Sort.TEXT))
    words, left = words_of(literal), place
    if operand.form is Form.NUMBER:
        if not is_number(words):
            return Piece("true" if sign == "!=" else "false", Sort.BOOLEAN, certain=True)
        right = numeral(as_float(words))
    elif operand.form is Form.DATE and (day := read_date(words[:10])) is not None:
        right = Piece(f'date("{day.isoformat()}")', Sort.DATE, certain=True)
    elif operand.form is Form.TIME and (clock := read_time(words)) is not None:
        right = Piece(f'time("{clock.isoformat("minutes")}")', Sort.TIME, certain=True)
    elif operand.form is Form.TEXT and operand.other and words == "Y" and sign in {"==", "!="}:
        # Beside "other", chosen was said as it is of every option.
        known = Piece(operand.answered, Sort.BOOLEAN, certain=True)
        return known if sign == "==" else guarded(operand, negated(known))
    elif operand.form is Form.TEXT and is_number(words) and (isinstance(literal, Number) or sign in "<=>="):
        left, right = Piece(f"number({operand.path})", Sort.NUMBER), numeral(as_float(words))
    elif operand.form is Form.TEXT:
        right = Piece(quoted(words), Sort.TEXT, certain=True)
    else:
        raise Untranslatable(f"{operand.path} {sign} {words}")
    found = Piece(f"{left.tight} {sign} {right.text}", Sort.BOOLEAN, loose=True)
    if sign == "!=":
        silent = Piece(f"not answered({left.text})", Sort.BOOLEAN, certain=True, loose=True)
        return guarded(operand, joined(OR, [silent, found]))
    return sure(found, [left]) if certain else found


def holds(said: str, sign: str, words: str) -> bool:
    """Compare as loosely typed programs do: as numbers if both are, else as texts."""
    a: str | float = said
    b: str | float = words
    if is_number(said) and is_number(words):
        a, b = as_float(said), as_float(words)
    match sign:
        case "==":
            return a == b
        case "<":
            return a < b  # type: ignore[operator]
        case "<=":
            return a <= b  # type: ignore[operator]
        case ">":
            return a > b  # type: ignore[operator]
        case ">=":
            return a >= b  # type: ignore[operator]
    return a != b


def words_of(literal: Node) -> str:
    """Give a literal as it would be typed."""
    if isinstance(literal, Number):
        return numeral(literal.value).text
    if isinstance(literal, Truth):
        return "true" if literal.value else "false"
    return literal.value if isinstance(literal, Words) else ""


def is_number(words: str) -> bool:
    """Tell whether words are a number, as loosely typed programs see it."""
    try:
        return math.isfinite(float(words)) and "_" not in words
    except ValueError:
        return False


def as_float(words: str) -> float:
    """Read words as a number. Raises Untranslatable."""
    if not is_number(words):
        raise Untranslatable(f"“{words[:40]}”")
    return float(words)
