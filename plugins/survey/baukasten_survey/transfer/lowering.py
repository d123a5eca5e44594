"""From the tree of a foreign condition to the text of one of ours, with what missing answers mean there.

Elsewhere a missing answer is an empty text that differs from every other; here what compares with it is missing.
So wherever a comparison could come true without an answer, the expression asks for the answer first.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from baukasten_survey.expressions.moments import read_date
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import OTHER
from baukasten_survey.transfer.comparing import against, as_float, is_number, member, paired, words_of
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
from baukasten_survey.transfer.pieces import (
    Piece,
    as_number,
    as_text,
    joined,
    literal_of,
    negated,
    numeral,
    quoted,
    sure,
    truthful,
)

COMPARISONS = frozenset(FLIPPED)
CODED = frozenset({Form.CHOICE, Form.RANK})
MEMBERSHIPS = frozenset({"contains", "lacks", "anyof", "allof", "noneof"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^"})
LONGEST = 3_900
MOST_LABELS = 40
"""Options whose words one expression names; each stands one level deeper."""

Resolve = Callable[[str], Sequence[Operand]]
"""Gives the places that a name stands for; raises Untranslatable for a name that is unknown."""

Function = Callable[["Lowering", tuple[Node, ...]], Piece]


@dataclass
class Lowering:
    """Writes the conditions of one program; each takes the functions of its program along."""

    resolve: Resolve
    functions: dict[str, Function] = field(default_factory=dict)
    below_not: bool = False
    certain: bool = False
    """What a function gives must not be missing."""

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
        piece = replace(self, certain=certain).value(node)
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
        if operand.shown and operand.form in {Form.FLAG, Form.CHOICE, Form.RANK}:
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
            return numeral(as_float(node.value))
        if isinstance(node, Name):
            operand = self.one(node)
            if operand.form in {Form.CHOICE, Form.RANK} and operand.numbers:
                return Piece(f"value({operand.path})", Sort.NUMBER)
            if operand.form in {Form.FLAG, Form.TRUTH}:
                return Piece(f"if({self.truth(node, certain=True).text}, 1, 0)", Sort.NUMBER, certain=True)
        return as_number(self.value(node))

    def calculated(self, node: Operation) -> Piece:
        """Write a sum, a product and the like; a plus between texts joins them."""
        if node.sign == "-" and len(node.parts) == 1:
            return Piece(f"-{self.number(node.parts[0]).tight}", Sort.NUMBER, loose=True)
        if node.sign == "+" and any(
            isinstance(part, Words) and not is_number(part.value) for part in node.parts
        ):
            return Piece(f"join({', '.join(as_text(self.value(one)).text for one in node.parts)})", Sort.TEXT)
        if node.sign == "-" and len(node.parts) == 2:
            later, earlier = (self.value(part) for part in node.parts)
            if later.sort is Sort.DATE and earlier.sort is Sort.DATE:
                # Elsewhere moments are seconds; here whole days lie between two.
                return Piece(f"days({earlier.text}, {later.text}) * 86400", Sort.NUMBER, loose=True)
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
        if isinstance(left, Name) and isinstance(right, Name):
            first, second = self.one(left), self.one(right)
            if {first.form, second.form} <= CODED and not _alike(sign, first, second):
                return paired(first, sign, second)
        a, b = self.value(left), self.value(right)
        if isinstance(left, Name) and isinstance(right, Name):
            a, b = self._pair(sign, left, right, a, b)
        elif a.sort is not b.sort:
            a, b = self._same_sort(sign, left, right, a, b)
        found = Piece(
            f"{a.tight} {sign} {b.tight}", Sort.BOOLEAN, certain=a.certain and b.certain, loose=True
        )
        if sign == "!=" and not found.certain:
            asked = [f"not answered({one.text})" for one in (a, b) if not one.certain]
            return joined(OR, [*(Piece(one, Sort.BOOLEAN, certain=True, loose=True) for one in asked), found])
        return sure(found, [a, b]) if certain else found

    def among(self, sign: str, left: Node, right: Node, *, certain: bool = False) -> Piece:
        """Write whether chosen is one of some options, or all of them."""
        literals = [words_of(one) for one in list_of([right])]
        if not isinstance(left, Name) or not literals:
            raise Untranslatable(sign)
        operand = self.one(left)
        hits = [member(operand, words) for words in literals]
        found = joined(AND if sign == "allof" or (sign == "contains" and len(hits) > 1) else OR, hits)
        place = Piece(operand.path, SORTS.get(operand.form, Sort.TEXT))
        if sign in {"lacks", "noneof"}:
            return negated(sure(found, [place]))
        return sure(found, [place]) if certain else found

    def _pair(self, sign: str, left: Name, right: Name, a: Piece, b: Piece) -> tuple[Piece, Piece]:
        """Two answers compare as they are if their codes mean the same, else as numbers."""
        first, second = self.one(left), self.one(right)
        if first.form in CODED and second.form in CODED:
            same = sign in {"==", "!="} and _agree(first, second)
            return (a, b) if same else (self.number(left), self.number(right))
        return (a, b) if a.sort is b.sort else self._same_sort(sign, left, right, a, b)

    def _same_sort(self, sign: str, left: Node, right: Node, a: Piece, b: Piece) -> tuple[Piece, Piece]:
        """Bring two sides to one sort: dates to dates, everything else to numbers."""
        if Sort.DATE in {a.sort, b.sort}:
            return _as_date(left, a), _as_date(right, b)
        if Sort.BOOLEAN in {a.sort, b.sort} and sign in {"==", "!="}:
            return truthful(a), truthful(b)
        if Sort.BOOLEAN in {a.sort, b.sort}:
            return as_number(a), as_number(b)
        return self.number(left), self.number(right)


def _as_date(node: Node, piece: Piece) -> Piece:
    if piece.sort is Sort.DATE:
        return piece
    if isinstance(node, Words) and (day := read_date(node.value[:10])) is not None:
        return Piece(f'date("{day.isoformat()}")', Sort.DATE, certain=True)
    raise Untranslatable(piece.text)


def _alike(sign: str, first: Operand, second: Operand) -> bool:
    """Tell whether two choices compare by their codes or by what these count as."""
    if sign in {"==", "!="} and _agree(first, second):
        return True
    return bool(first.numbers) and bool(second.numbers)


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


def list_of(parts: Iterable[Node]) -> list[Node]:
    """Give the parts of lists too, one after the other."""
    return [one for part in parts for one in (part.parts if isinstance(part, Many) else (part,))]
