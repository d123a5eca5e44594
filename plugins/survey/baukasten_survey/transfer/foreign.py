"""Conditions in the languages of other programs: read into one small tree, whatever their operators are called."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MOST_SIGNS = 20_000
DEEPEST = 50

OR, AND, NOT = "or", "and", "not"
COMPARING = frozenset({"==", "!=", "<", "<=", ">", ">=", "contains", "lacks", "anyof", "allof", "noneof"})
LEVELS = (frozenset({OR}), frozenset({AND}), COMPARING, frozenset("+-"), frozenset("*/%"), frozenset("^"))
FLIPPED = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Untranslatable(ValueError):
    """A condition that has no counterpart here; the message names what stands in the way."""


@dataclass(frozen=True)
class Number:
    """A number as it was written."""

    value: float


@dataclass(frozen=True)
class Words:
    """A text between quotation marks."""

    value: str


@dataclass(frozen=True)
class Truth:
    """True or false, written as such."""

    value: bool


@dataclass(frozen=True)
class Many:
    """A list of literals."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Name:
    """What was answered to a question, as the other program calls it."""

    name: str


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    name: str
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Operation:
    """An operator between two parts, or before one."""

    sign: str
    parts: tuple["Node", ...]


Node = Number | Words | Truth | Many | Name | Call | Operation


@dataclass(frozen=True)
class Dialect:
    """How one program writes its conditions."""

    names: str
    """Regular expression of names; its last group, if any, is the name itself."""
    operators: Mapping[str, str]
    """Its operators, in lower case where they are words, and what they are called here."""
    escapes: bool = True
    """A backslash in a text stands before a sign that is meant as such."""
    after: Mapping[str, str] = field(default_factory=dict)
    """Operators that stand behind their one part, and the function that they mean."""
    constants: Mapping[str, bool] = field(default_factory=lambda: {"true": True, "false": False})
    loose: Callable[[str], Node] | None = None
    """What a bare word means that is neither operator nor function."""


Token = tuple[str, str]


def read(text: str, dialect: Dialect) -> Node:
    """Read a condition. Raises Untranslatable."""
    if len(text) > MOST_SIGNS:
        raise Untranslatable("…")
    reader = _Reader(_tokens(text, dialect), dialect)
    node = reader.level(0)
    if reader.tokens[reader.at][0] != "end":
        raise Untranslatable(reader.tokens[reader.at][1])
    return node


def _tokens(text: str, dialect: Dialect) -> list[Token]:
    signs = sorted((one for one in dialect.operators if not one[0].isalpha()), key=len, reverse=True)
    inner = r"(?:[^\\{0}]|\\.)*" if dialect.escapes else "[^{0}]*"
    strings = "|".join(f"{mark}{inner.format(mark)}{mark}" for mark in ('"', "'"))
    pattern = re.compile(
        rf"(?P<space>\s+)|(?P<string>{strings})|(?P<name>{dialect.names})"
        r"|(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<word>[A-Za-z_][\w:-]*(?:\.\w+)*)"
        rf"|(?P<sign>{'|'.join(map(re.escape, signs))}|[()\[\],])",
        re.DOTALL,
    )
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = pattern.match(text, at)
        if match is None:
            raise Untranslatable(text[at : at + 20])
        kind, words = _kind(match, dialect)
        if kind != "space":
            found.append((kind, words))
        at = match.end()
    return [*found, ("end", "")]


def _kind(match: "re.Match[str]", dialect: Dialect) -> Token:
    for kind in ("space", "string", "name", "number", "word", "sign"):
        words = match.group(kind)
        if words is None:
            continue
        if kind == "string":
            bare = words[1:-1]
            return kind, re.sub(r"\\(.)", r"\1", bare, flags=re.DOTALL) if dialect.escapes else bare
        if kind == "name":
            inner = [one for one in match.groups()[2:] if one is not None and one != words]
            return _word(inner[0] if inner and inner[0] in words else words, dialect, named=True)
        if kind == "word":
            return _word(words, dialect, named=False)
        return kind, dialect.operators.get(words, words) if kind == "sign" else words
    raise Untranslatable(match.group())


def _word(words: str, dialect: Dialect, *, named: bool) -> Token:
    low = words.lower()
    if low in dialect.operators:
        return "sign", dialect.operators[low]
    if low in dialect.after:
        return "after", dialect.after[low]
    return ("name" if named else "word"), words


class _Reader:
    """Reads by precedence; what it cannot read raises Untranslatable."""

    def __init__(self, tokens: list[Token], dialect: Dialect) -> None:
        self.tokens, self.dialect, self.at, self.depth = tokens, dialect, 0, 0

    def take(self) -> Token:
        token = self.tokens[self.at]
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def next_is(self, sign: str) -> bool:
        return self.tokens[self.at] == ("sign", sign)

    def expect(self, sign: str) -> None:
        if self.take() != ("sign", sign):
            raise Untranslatable(f"“{sign}”")

    def level(self, level: int) -> Node:
        if level == len(LEVELS):
            return self.signed()
        node = self.level(level + 1)
        while self.tokens[self.at][0] == "sign" and self.tokens[self.at][1] in LEVELS[level]:
            sign = self.take()[1]
            other = self.level(level + 1)
            joins = isinstance(node, Operation) and node.sign == sign and sign in {OR, AND}
            # A long chain is one operation, so that no tree grows deep that was not written deep.
            before = node.parts if joins and isinstance(node, Operation) else (node,)
            node = Operation(sign, (*before, other))
        return node

    def signed(self) -> Node:
        kind, words = self.tokens[self.at]
        if kind == "sign" and words in {NOT, "-", "+"}:
            self.depth += 1
            if self.depth > DEEPEST:
                raise Untranslatable("…")
            self.take()
            # "!a == b" negates the comparison in none of the languages, but "not a = b" does in words.
            part = self.signed()
            self.depth -= 1
            return part if words == "+" else _negated(words, part)
        node = self.atom()
        while self.tokens[self.at][0] == "after":
            node = Call(self.take()[1], (node,))
        return node

    def atom(self) -> Node:
        kind, words = self.take()
        self.depth += 1
        if self.depth > DEEPEST:
            raise Untranslatable("…")
        try:
            if kind == "number":
                return Number(float(words))
            if kind == "string":
                return Words(words)
            if (kind, words) == ("sign", "("):
                node = self.level(0)
                self.expect(")")
                return node
            if (kind, words) == ("sign", "["):
                return Many(self.list("]"))
            if kind in {"name", "word"}:
                return self.named(kind, words)
        finally:
            self.depth -= 1
        raise Untranslatable(words or "…")

    def named(self, kind: str, words: str) -> Node:
        if self.next_is("("):
            self.take()
            return Call(words, self.list(")"))
        if words.lower() in self.dialect.constants:
            return Truth(self.dialect.constants[words.lower()])
        if kind == "word" and self.dialect.loose is not None:
            return self.dialect.loose(words)
        return Name(words)

    def list(self, end: str) -> tuple[Node, ...]:
        parts: list[Node] = []
        while not self.next_is(end):
            parts.append(self.level(0))
            if not self.next_is(end):
                self.expect(",")
        self.take()
        return tuple(parts)


def _negated(sign: str, part: Node) -> Node:
    if sign == "-" and isinstance(part, Number):
        return Number(-part.value)
    return Operation(sign, (part,))
