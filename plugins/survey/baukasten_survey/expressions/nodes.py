"""The tree of an expression: immutable, comparable, and never deeper than can be walked."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_DEPTH = 60
"""Deeper trees cannot be built, so whoever walks one may recurse."""


class TooDeep(ValueError):
    """Parts are nested deeper than anybody reads."""


@dataclass(frozen=True)
class Node:
    """A part of an expression."""

    position: int = field(default=0, compare=False, repr=False, kw_only=True)
    """Where it stood in the text it was read from."""
    depth: int = field(default=1, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Measure the tree while it is built; raises TooDeep."""
        depth = 1 + max((part.depth for part in self.children()), default=0)
        if depth > MAX_DEPTH:
            raise TooDeep
        object.__setattr__(self, "depth", depth)

    def children(self) -> tuple["Node", ...]:
        """Give the parts directly below."""
        return ()


# One class for each sort: as values of one class, true and 1 would be equal.
@dataclass(frozen=True)
class Number(Node):
    """A number as it was written."""

    value: float


@dataclass(frozen=True)
class Text(Node):
    """A text between quotation marks."""

    value: str


@dataclass(frozen=True)
class Truth(Node):
    """The words true and false."""

    value: bool


@dataclass(frozen=True)
class Day(Node):
    """A date as it was written: ``date("2026-01-31")``."""

    value: dt.date


@dataclass(frozen=True)
class Clock(Node):
    """A time as it was written: ``time("07:30")``."""

    value: dt.time


@dataclass(frozen=True)
class Codes(Node):
    """A list of codes as it was written: ``["a1", "a2"]``."""

    value: tuple[str, ...]


@dataclass(frozen=True)
class Name(Node):
    """What was answered to a question, a row or a cell: ``q9.r1.a1``."""

    path: str


@dataclass(frozen=True)
class Unary(Node):
    """``not`` or the minus sign before something."""

    operator: str
    part: Node

    def children(self) -> tuple[Node, ...]:
        """Give the one part."""
        return (self.part,)


@dataclass(frozen=True)
class Binary(Node):
    """Arithmetic, a comparison, or ``in``."""

    operator: str
    left: Node
    right: Node

    def children(self) -> tuple[Node, ...]:
        """Give both sides."""
        return self.left, self.right


@dataclass(frozen=True)
class Logic(Node):
    """Two or more parts between ``and`` or ``or``; a long list of them is no deep tree."""

    operator: str
    parts: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        """Give the parts in their order."""
        return self.parts


@dataclass(frozen=True)
class Call(Node):
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]

    def children(self) -> tuple[Node, ...]:
        """Give the arguments in their order."""
        return self.arguments


Literal = Number | Text | Truth | Day | Clock | Codes


def walk(node: Node) -> Iterator[Node]:
    """Give the node and everything below it, parents first."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(reversed(part.children()))


def references(node: Node) -> frozenset[str]:
    """Give the names that an expression reads: ``q7``, ``q7.other``, ``q9.r1.a1``."""
    return frozenset(part.path for part in walk(node) if isinstance(part, Name))


def questions(node: Node) -> frozenset[str]:
    """Give the codes of the questions that an expression reads."""
    return frozenset(path.partition(".")[0] for path in references(node))
