"""Reads an expression's text into a tree, whatever the text is."""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError

from baukasten.plugin import lazy
from baukasten_survey.expressions import building
from baukasten_survey.expressions.nodes import (
    MAX_DEPTH,
    Binary,
    Codes,
    Logic,
    Name,
    Node,
    Number,
    Text,
    TooDeep,
    Truth,
    Unary,
)
from baukasten_survey.expressions.problems import Unparsable

_ = lazy("survey")

MAX_LENGTH = 4000
"""Signs that an expression may have; some thirty lines."""
MAX_DIGITS = 20
"""More than a double keeps."""
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
"""As in the grammar."""
RESERVED = frozenset({"and", "or", "not", "in", "true", "false"})
"""Words that no question can have as its code."""
_GRAMMAR = Path(__file__).with_name("grammar.lark")
_HINTS = {
    "=": _("Two equals signs compare: q1 == 2."),
    "&": _("Write “and” between two conditions."),
    "|": _("Write “or” between two conditions."),
    "!": _("Write “not” before a condition, and != between two values."),
    "“": _('Text stands between straight quotation marks: "a1".'),
    "”": _('Text stands between straight quotation marks: "a1".'),
    "„": _('Text stands between straight quotation marks: "a1".'),
}


@lru_cache(maxsize=2048)
def parse(text: str) -> Node:
    """Read an expression into its tree; raises Unparsable with a sentence and the place."""
    if len(text) > MAX_LENGTH:
        message = _("The expression is longer than %(count)s signs.")
        raise Unparsable(message, MAX_LENGTH, count=MAX_LENGTH)
    if not text.strip():
        raise Unparsable(_("The expression is empty."))
    try:
        tree: Any = _parser().parse(text)
    except UnexpectedInput as error:
        raise _refusal(text, error) from None
    except VisitError as error:
        raise _reason(error.orig_exc) from None
    except TooDeep as error:
        raise _reason(error) from None
    if not isinstance(tree, Node):
        raise Unparsable(_("The expression is empty."))
    return tree


def _reason(error: BaseException) -> BaseException:
    if isinstance(error, TooDeep):
        return Unparsable(_("Parts are nested more than %(count)s deep."), 0, count=MAX_DEPTH)
    return error


def _refusal(text: str, error: UnexpectedInput) -> Unparsable:
    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        return Unparsable(_("Something is missing at the end."), len(text))
    position = int(getattr(error, "pos_in_stream", 0) or 0)
    if isinstance(error, UnexpectedToken):
        sign = str(error.token)[:40]
    else:
        sign = text[position : position + 1]
        if sign in _HINTS and isinstance(error, UnexpectedCharacters):
            return Unparsable(_HINTS[sign], position)
    if sign in {'"', "'"}:
        return Unparsable(
            _("The text that begins here does not end, or holds a sign that it may not."), position
        )
    shown = sign if sign.isprintable() else f"U+{ord(sign[0]):04X}"
    return Unparsable(_("“%(sign)s” does not fit here."), position, sign=shown)


def unquote(token: str) -> str:
    """Give what stands between quotation marks."""
    inner = token[1:-1]
    if "\\" not in inner:
        return inner
    parts = inner.split("\\\\")
    return "\\".join(part.replace('\\"', '"').replace("\\'", "'") for part in parts)


def _two(operator: str) -> Callable[["_Builder", Node, Node], Binary]:
    def build(_self: "_Builder", left: Node, right: Node) -> Binary:
        return Binary(operator, left, right, position=left.position)

    return build


# The parser calls these while it reads, innermost parts first; their names stand in the grammar.
@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    plus, less, times, over, within = _two("+"), _two("-"), _two("*"), _two("/"), _two("in")

    def any_of(self, *parts: Node) -> Node:
        return Logic("or", parts, position=parts[0].position)

    def all_of(self, *parts: Node) -> Node:
        return Logic("and", parts, position=parts[0].position)

    def negate(self, part: Node) -> Node:
        return Unary("not", part, position=part.position)

    def minus(self, part: Node) -> Node:
        return Unary("-", part, position=part.position)

    def compare(self, left: Node, operator: Token, right: Node) -> Node:
        return Binary(str(operator), left, right, position=left.position)

    def outside(self, left: Node, right: Node) -> Node:
        return Unary("not", Binary("in", left, right, position=left.position), position=left.position)

    def number(self, token: Token) -> Node:
        if len(token) > MAX_DIGITS + 1:
            message = _("A number has at most %(count)s digits.")
            raise Unparsable(message, token.start_pos or 0, count=MAX_DIGITS)
        return Number(float(token), position=token.start_pos or 0)

    def text(self, token: Token) -> Node:
        return Text(unquote(token), position=token.start_pos or 0)

    def yes(self) -> Node:
        return Truth(value=True)

    def no(self) -> Node:
        return Truth(value=False)

    def name(self, token: Token) -> Node:
        if str(token) in RESERVED:
            raise Unparsable(_("“%(sign)s” does not fit here."), token.start_pos or 0, sign=str(token))
        return Name(str(token), position=token.start_pos or 0)

    def call(self, function: Token, *arguments: Node | None) -> Node:
        given = tuple(part for part in arguments if part is not None)
        return building.call(str(function), given, function.start_pos or 0)

    def codes(self, *tokens: Token) -> Codes:
        return building.codes(tuple(map(unquote, tokens)), tokens[0].start_pos or 0)


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR.read_text(encoding="utf-8"), parser="lalr", transformer=_Builder(), maybe_placeholders=False
    )
