"""Writes a tree as the text that staff would have written."""

from decimal import Decimal

from baukasten_survey.expressions.moments import write_time
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
    Truth,
    Unary,
)

_STRENGTH = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}
_COMPARING, _SIGNED, _WHOLE = 4, 7, 8


def to_text(node: Node) -> str:
    """Write a tree; reading the text gives an equal tree."""
    match node:
        case Number():
            text = write_number(node.value)
        case Text():
            text = quote(node.value)
        case Truth():
            text = "true" if node.value else "false"
        case Day():
            text = f'date("{node.value.isoformat()}")'
        case Clock():
            text = f'time("{write_time(node.value)}")'
        case Codes():
            text = f"[{', '.join(map(quote, node.value))}]"
        case Name():
            text = node.path
        case Call():
            text = f"{node.function}({', '.join(map(to_text, node.arguments))})"
        case _:
            text = _operation(node)
    return text


def write_number(number: float) -> str:
    """Write a number without an exponent."""
    return format(Decimal(repr(number)), "f").removesuffix(".0")


def quote(text: str) -> str:
    """Put a text between quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _operation(node: Node) -> str:
    strength = _strength(node)
    match node:
        case Unary(operator="not"):
            return f"not {_inside(node.part, strength)}"
        case Unary():
            return f"-{_inside(node.part, strength)}"
        case Logic():
            return f" {node.operator} ".join(_inside(part, strength + 1) for part in node.parts)
        case Binary():
            # Arithmetic is read from the left; comparisons do not chain at all.
            left = strength if strength > _COMPARING else strength + 1
            return f"{_inside(node.left, left)} {node.operator} {_inside(node.right, strength + 1)}"
    raise TypeError(node)


def _strength(node: Node) -> int:
    match node:
        case Unary(operator="-"):
            return _SIGNED
        case Unary() | Binary() | Logic():
            return _STRENGTH.get(node.operator, _COMPARING)
    return _WHOLE


def _inside(node: Node, least: int) -> str:
    text = to_text(node)
    return text if _strength(node) >= least else f"({text})"
