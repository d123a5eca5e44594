"""Parts of an expression of ours as text, with what they give and whether they may be missing."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from baukasten_survey.expressions.types import Sort
from baukasten_survey.transfer.foreign import AND, Number, Truth, Untranslatable, Words


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
