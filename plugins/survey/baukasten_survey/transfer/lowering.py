"""From the tree of a foreign condition to the text of one of ours, with what missing answers mean there.

Elsewhere a missing answer is an empty text that differs from every other; here what compares with it is missing.
So wherever a comparison could come true without an answer, the expression asks for the answer first.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from baukasten_survey.expressions.moments import read_date, read_time
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import OTHER
from baukasten_survey.transfer.foreign import (
    AND,
    FLIPPED,
    NOT,
    OR,
    Call,
    Many,
    Name,
    Node,
    Number,
    Operation,
    Truth,
    Untranslatable,
    Words,
)
from baukasten_survey.transfer.operands import SORTS, Form, Operand

COMPARISONS = frozenset(FLIPPED)
MEMBERSHIPS = frozenset({"contains", "lacks", "anyof", "allof", "noneof"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^"})
TRUE_WORDS = frozenset({"Y", "1", "true", "yes", "True"})
FALSE_WORDS = frozenset({"N", "0", "false", "no", "False"})
LONGEST = 3_900
MOST_LABELS = 40
"""Options whose words one expression names; each stands one level deeper."""

Resolve = Callable[[str], Sequence[Operand]]
"""Gives the places that a name stands for; raises Untranslatable for a name that is unknown."""


@dataclass(frozen=True)
class Piece:
    """A part of an expression and what it gives."""

    text: str
    sort: Sort
    certain: bool = False
    """Never missing."""
    loose: bool = False
    """Has to stand in brackets beside other operators."""
    opposite: "Piece | None" = None
    """What this is the negation of."""

    @property
    def tight(self) -> str:
        """The text with brackets where it needs them."""
        return f"({self.text})" if self.loose else self.text


Function = Callable[["Lowering", tuple[Node, ...]], Piece]


@dataclass
class Lowering:
    """Writes the conditions of one program; each takes the functions of its program along."""

    resolve: Resolve
    functions: dict[str, Function] = field(default_factory=dict)
    below_not: bool = False

    def condition(self, node: Node) -> str:
        """Give a boolean expression that is true exactly where the condition was. Raises Untranslatable."""
        found = self.truth(node)
        if len(found.text) > LONGEST:
            raise Untranslatable("…")
        return found.text

    def truth(self, node: Node, *, certain: bool = False) -> Piece:
        """Write a condition; `certain` where missing would not do for false, such as below a negation."""
        if isinstance(node, Operation) and node.sign in {OR, AND}:
            parts = [self.truth(part, certain=certain) for part in node.parts]
            return joined(node.sign, parts)
        if isinstance(node, Operation) and node.sign == NOT:
            inner = replace(self, below_not=not self.below_not)
            return negated(inner.truth(node.parts[0], certain=True))
        if isinstance(node, Operation) and node.sign in MEMBERSHIPS:
            return self.among(node.sign, *node.parts[:2], certain=certain)
        if isinstance(node, Operation) and node.sign in COMPARISONS:
            return self.compared(node.sign, *node.parts[:2], certain=certain)
        piece = self.value(node)
        return truthful(piece, certain=certain)

    def value(self, node: Node) -> Piece:
        """Write what gives a value. Raises Untranslatable."""
        if isinstance(node, Number | Words | Truth):
            return literal_of(node)
        if isinstance(node, Name):
            return self.named(node)
        if isinstance(node, Call):
            function = self.functions.get(node.name.lower())
            if function is None:
                raise Untranslatable(f"{node.name}()")
            return function(self, node.parts)
        if isinstance(node, Operation):
            return self.calculated(node) if node.sign in ARITHMETIC else self.truth(node)
        raise Untranslatable("[…]")

    def named(self, node: Name) -> Piece:
        """Write a name that stands for one place."""
        operand = self.one(node)
        if operand.form not in SORTS:
            raise Untranslatable(node.name)
        if operand.shown and operand.form in {Form.FLAG, Form.CHOICE}:
            return spoken(operand)
        if operand.form is Form.FLAG:
            return Piece(f'"{operand.column}" in {operand.path}', Sort.BOOLEAN, loose=True)
        return Piece(operand.path, SORTS[operand.form])

    def one(self, node: Name) -> Operand:
        """Give the single place of a name; raises Untranslatable where it stands for several."""
        found = self.places(node.name)
        if len(found) != 1:
            raise Untranslatable(node.name)
        return found[0]

    def places(self, name: str) -> list[Operand]:
        """Give what a name stands for; below a negation nobody asks whether a question was shown."""
        found = self.resolve(name)
        return [one.having(guard="") for one in found] if self.below_not else list(found)

    def number(self, node: Node) -> Piece:
        """Write something as a number."""
        if isinstance(node, Words):
            return numeral(_as_number(node.value))
        if isinstance(node, Name):
            operand = self.one(node)
            if operand.form is Form.CHOICE and operand.numbers and not operand.row:
                return Piece(f"value({operand.path})", Sort.NUMBER)
            if operand.form is Form.CHOICE and operand.numbers:
                return _counted(operand)
            if operand.form in {Form.FLAG, Form.TRUTH}:
                return Piece(f"if({self.truth(node, certain=True).text}, 1, 0)", Sort.NUMBER, certain=True)
        return as_number(self.value(node))

    def calculated(self, node: Operation) -> Piece:
        """Write a sum, a product and the like; a plus between texts joins them."""
        if node.sign == "-" and len(node.parts) == 1:
            return Piece(f"-{self.number(node.parts[0]).tight}", Sort.NUMBER, loose=True)
        if node.sign == "+" and any(
            isinstance(part, Words) and not _is_number(part.value) for part in node.parts
        ):
            return Piece(f"join({', '.join(as_text(self.value(one)).text for one in node.parts)})", Sort.TEXT)
        left, right = (self.number(part) for part in node.parts)
        if node.sign in "%^":
            name = "mod" if node.sign == "%" else "power"
            return Piece(f"{name}({left.text}, {right.text})", Sort.NUMBER)
        return Piece(f"{left.tight} {node.sign} {right.tight}", Sort.NUMBER, loose=True)

    def compared(self, sign: str, left: Node, right: Node, *, certain: bool) -> Piece:
        """Write a comparison; the side that is written out decides how the other is read."""
        if isinstance(left, Words | Number | Truth) and not isinstance(right, Words | Number | Truth):
            left, right, sign = right, left, FLIPPED[sign]
        if isinstance(left, Name) and isinstance(right, Words | Number | Truth):
            return against(self.one(left), sign, right, certain=certain)
        if isinstance(right, Words) and right.value == "" and sign in {"==", "!="}:
            known = Piece(f"answered({self.value(left).text})", Sort.BOOLEAN, certain=True)
            return known if sign == "!=" else negated(known)
        a, b = self.value(left), self.value(right)
        if isinstance(left, Name) and isinstance(right, Name):
            a, b = self._pair(sign, left, right, a, b)
        elif a.sort is not b.sort:
            a, b = self._alike(left, right, a, b)
        found = Piece(
            f"{a.tight} {sign} {b.tight}", Sort.BOOLEAN, certain=a.certain and b.certain, loose=True
        )
        if sign == "!=" and not found.certain:
            asked = [f"not answered({one.text})" for one in (a, b) if not one.certain]
            return joined(OR, [*(Piece(one, Sort.BOOLEAN, certain=True, loose=True) for one in asked), found])
        return sure(found, [a, b]) if certain else found

    def among(self, sign: str, left: Node, right: Node, *, certain: bool = False) -> Piece:
        """Write whether chosen is one of some options, or all of them."""
        literals = [_words(one) for one in list_of([right])]
        if not isinstance(left, Name) or not literals:
            raise Untranslatable(sign)
        operand = self.one(left)
        hits = [_member(operand, words) for words in literals]
        found = joined(AND if sign == "allof" or (sign == "contains" and len(hits) > 1) else OR, hits)
        place = Piece(operand.path, SORTS.get(operand.form, Sort.TEXT))
        if sign in {"lacks", "noneof"}:
            return negated(sure(found, [place]))
        return sure(found, [place]) if certain else found

    def _pair(self, sign: str, left: Name, right: Name, a: Piece, b: Piece) -> tuple[Piece, Piece]:
        """Two answers compare as they are if their codes mean the same, else as numbers."""
        first, second = self.one(left), self.one(right)
        if first.form is Form.CHOICE and second.form is Form.CHOICE:
            same = sign in {"==", "!="} and _agree(first, second)
            return (a, b) if same else (self.number(left), self.number(right))
        return (a, b) if a.sort is b.sort else self._alike(left, right, a, b)

    def _alike(self, left: Node, right: Node, a: Piece, b: Piece) -> tuple[Piece, Piece]:
        """Bring two sides to one sort: dates to dates, everything else to numbers."""
        if Sort.DATE in {a.sort, b.sort}:
            return _as_date(left, a), _as_date(right, b)
        if Sort.BOOLEAN in {a.sort, b.sort}:
            return truthful(a), truthful(b)
        return self.number(left), self.number(right)


def literal_of(node: Number | Words | Truth) -> Piece:
    """Write what is written out."""
    if isinstance(node, Number):
        return numeral(node.value)
    if isinstance(node, Words):
        return Piece(quoted(node.value), Sort.TEXT, certain=True)
    return Piece("true" if node.value else "false", Sort.BOOLEAN, certain=True)


def numeral(value: float) -> Piece:
    """Write a number as our expressions read it."""
    if not math.isfinite(value) or abs(value) >= 1e15:
        raise Untranslatable(str(value))
    text = str(int(value)) if value == int(value) else f"{value:.12f}".rstrip("0")
    if len(text.lstrip("-")) > 16:
        text = text[:16].rstrip(".")
    return Piece(text, Sort.NUMBER, certain=True)


def quoted(words: str) -> str:
    """Write a text as our expressions read it."""
    clean = "".join(sign for sign in words if sign in "\t\n\r" or sign.isprintable() or sign == "\u00a0")
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def joined(sign: str, parts: Iterable[Piece]) -> Piece:
    """Join conditions with and/or; what is always so falls out."""
    neutral, final = ("true", "false") if sign == AND else ("false", "true")
    kept = [part for part in parts if part.text != neutral]
    if any(part.text == final for part in kept):
        return Piece(final, Sort.BOOLEAN, certain=True)
    if len(kept) < 2:
        return kept[0] if kept else Piece(neutral, Sort.BOOLEAN, certain=True)
    text = f" {sign} ".join(dict.fromkeys(part.tight for part in kept))
    return Piece(text, Sort.BOOLEAN, certain=all(part.certain for part in kept), loose=True)


def negated(piece: Piece) -> Piece:
    """Write the opposite."""
    if piece.text in {"true", "false"}:
        return Piece("false" if piece.text == "true" else "true", Sort.BOOLEAN, certain=True)
    if piece.opposite is not None:
        return piece.opposite
    return Piece(f"not {piece.tight}", Sort.BOOLEAN, certain=piece.certain, loose=True, opposite=piece)


def sure(piece: Piece, parts: Iterable[Piece]) -> Piece:
    """Make a comparison false where an answer is missing."""
    asked = [Piece(f"answered({one.text})", Sort.BOOLEAN, certain=True) for one in parts if not one.certain]
    found = joined(AND, [*asked, piece])
    return Piece(found.text, found.sort, certain=True, loose=found.loose)


def truthful(piece: Piece, *, certain: bool = False) -> Piece:
    """Read a value as a condition: numbers but 0, texts that say something."""
    if piece.sort is Sort.BOOLEAN:
        return sure(piece, [piece]) if certain and not piece.certain else piece
    if piece.sort is Sort.NUMBER:
        if piece.certain and piece.text.lstrip("-").replace(".", "").isdigit():
            return Piece("true" if float(piece.text) else "false", Sort.BOOLEAN, certain=True)
        found = Piece(f"{piece.tight} != 0", Sort.BOOLEAN, certain=piece.certain, loose=True)
        return sure(found, [piece]) if certain else found
    return Piece(f"answered({piece.text})", Sort.BOOLEAN, certain=True)


def as_number(piece: Piece) -> Piece:
    """Read a value as a number."""
    if piece.sort is Sort.NUMBER:
        return piece
    if piece.sort is Sort.TEXT:
        return Piece(f"number({piece.text})", Sort.NUMBER)
    if piece.sort is Sort.BOOLEAN:
        return Piece(f"if({piece.text}, 1, 0)", Sort.NUMBER)
    raise Untranslatable(piece.text)


def as_text(piece: Piece) -> Piece:
    """Read a value as text."""
    if piece.sort is Sort.TEXT:
        return piece
    if piece.sort in {Sort.NUMBER, Sort.DATE, Sort.TIME}:
        return Piece(f"text({piece.text})", Sort.TEXT, certain=piece.certain)
    if piece.sort is Sort.BOOLEAN:
        # What is true is written 1 elsewhere, and what is not is written nothing.
        return Piece(f'if({piece.text}, "1", "")', Sort.TEXT, certain=piece.certain)
    raise Untranslatable(piece.text)


def _as_date(node: Node, piece: Piece) -> Piece:
    if piece.sort is Sort.DATE:
        return piece
    if isinstance(node, Words) and (day := read_date(node.value[:10])) is not None:
        return Piece(f'date("{day.isoformat()}")', Sort.DATE, certain=True)
    raise Untranslatable(piece.text)


def against(operand: Operand, sign: str, literal: Node, *, certain: bool = False) -> Piece:
    """Compare an answer with what is written out."""
    words = _words(literal)
    if words.strip() == "":
        found = _empty(operand, sign)
    elif operand.form in {Form.FLAG, Form.TRUTH}:
        found = _flag(operand, sign, words, certain=certain)
    elif operand.form is Form.SET and operand.codes:
        found = _sets(operand, sign, words, certain=certain)
    elif operand.form is Form.CHOICE:
        found = _choice(operand, sign, words, certain=certain)
    else:
        found = _plain(operand, sign, literal, certain=certain)
    return found


def _member(operand: Operand, words: str) -> Piece:
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


def _plain(operand: Operand, sign: str, literal: Node, *, certain: bool) -> Piece:
    """Compare numbers, texts, dates and times."""
    place = Piece(operand.path, SORTS.get(operand.form, Sort.TEXT))
    words, left = _words(literal), place
    if operand.form is Form.NUMBER:
        if not _is_number(words):
            return Piece("true" if sign == "!=" else "false", Sort.BOOLEAN, certain=True)
        right = numeral(_as_number(words))
    elif operand.form is Form.DATE and (day := read_date(words[:10])) is not None:
        right = Piece(f'date("{day.isoformat()}")', Sort.DATE, certain=True)
    elif operand.form is Form.TIME and (clock := read_time(words)) is not None:
        right = Piece(f'time("{clock.isoformat("minutes")}")', Sort.TIME, certain=True)
    elif operand.form is Form.TEXT and operand.other and words == "Y" and sign in {"==", "!="}:
        # Beside "other", chosen was said as it is of every option.
        known = Piece(operand.answered, Sort.BOOLEAN, certain=True)
        return known if sign == "==" else guarded(operand, negated(known))
    elif operand.form is Form.TEXT and _is_number(words) and (isinstance(literal, Number) or sign in "<=>="):
        left, right = Piece(f"number({operand.path})", Sort.NUMBER), numeral(_as_number(words))
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
    if _is_number(said) and _is_number(words):
        a, b = _as_number(said), _as_number(words)
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


def _words(literal: Node) -> str:
    if isinstance(literal, Number):
        return numeral(literal.value).text
    if isinstance(literal, Truth):
        return "true" if literal.value else "false"
    return literal.value if isinstance(literal, Words) else ""


def _is_number(words: str) -> bool:
    try:
        return math.isfinite(float(words)) and "_" not in words
    except ValueError:
        return False


def _as_number(words: str) -> float:
    if not _is_number(words):
        raise Untranslatable(f"“{words[:40]}”")
    return float(words)


def _agree(first: Operand, second: Operand) -> bool:
    """Tell whether equal codes of ours were equal codes there."""
    return all(second.codes.get(foreign, ours) == ours for foreign, ours in first.codes.items())


def spoken(operand: Operand) -> Piece:
    """Write the words of what was chosen."""
    if operand.form is Form.FLAG:
        words = quoted(operand.labels.get(operand.column, operand.column))
        return Piece(f'if({operand.answered}, {words}, "")', Sort.TEXT, certain=True)
    if len(operand.labels) > MOST_LABELS:
        raise Untranslatable(f"{operand.path}.shown")
    text = f"{operand.question}.other" if OTHER in operand.codes.values() else '""'
    for code, words in reversed(list(operand.labels.items())):
        if code != OTHER:
            text = f'if({operand.path} == "{code}", {quoted(words)}, {text})'
    return Piece(text, Sort.TEXT)


def _counted(operand: Operand) -> Piece:
    """Write what a chosen column of a row counts as, since only whole questions know their values."""
    text = "0"
    for code, value in reversed(list(operand.numbers.items())):
        text = f'if({operand.path} == "{code}", {numeral(value).text}, {text})'
    return Piece(text, Sort.NUMBER)


def list_of(parts: Iterable[Node]) -> list[Node]:
    """Give the parts of lists too, one after the other."""
    return [one for part in parts for one in (part.parts if isinstance(part, Many) else (part,))]
