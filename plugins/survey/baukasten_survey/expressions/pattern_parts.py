"""Reads the text of a pattern into its parts; what they cost is known before anything is built."""

from dataclasses import dataclass

from baukasten.plugin import LazyText, lazy
from baukasten_survey.expressions.problems import Unparsable

_ = lazy("survey")

MAX_PATTERN = 400
MAX_GROUPS = 20
"""Groups inside groups."""
HIGHEST = 0x10FFFF

Ranges = tuple[tuple[int, int], ...]
"""Characters from … to …, both included."""
_DIGITS: Ranges = ((48, 57),)
_WORDS: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122))
_SPACES: Ranges = ((9, 13), (32, 32))
_LINE: Ranges = ((10, 10), (13, 13))


def _except(ranges: Ranges) -> Ranges:
    """Give every character that is in none of the ranges."""
    result, start = [], 0
    for low, high in sorted(ranges):
        if low > start:
            result.append((start, low - 1))
        start = max(start, high + 1)
    if start <= HIGHEST:
        result.append((start, HIGHEST))
    return tuple(result)


_CLASSES = {
    "d": _DIGITS,
    "w": _WORDS,
    "s": _SPACES,
    "D": _except(_DIGITS),
    "W": _except(_WORDS),
    "S": _except(_SPACES),
}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}
_ESCAPED = frozenset("\\^$.|?*+()[]{}/-\"'")
_LOOSE = {
    "*": _("A repetition of the pattern has nothing before it."),
    "+": _("A repetition of the pattern has nothing before it."),
    "?": _("A repetition of the pattern has nothing before it."),
    "{": _("A repetition of the pattern has nothing before it."),
    "}": _("A bracket of the pattern closes that was never opened."),
    "]": _("A bracket of the pattern closes that was never opened."),
    "^": _("A pattern means the whole text anyway; ^ and $ stand at its ends only."),
    "$": _("A pattern means the whole text anyway; ^ and $ stand at its ends only."),
}
_BOUNDS = _("In a pattern, curly brackets hold how often: {2}, {2,} or {2,5}.")


@dataclass(frozen=True)
class Sign:
    """One character of these ranges."""

    ranges: Ranges


@dataclass(frozen=True)
class Row:
    """Parts one after the other."""

    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Choice:
    """One of the parts."""

    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Repeat:
    """A part so many times; without an upper bound where most is None."""

    part: "Part"
    least: int
    most: int | None

    @property
    def copies(self) -> int:
        """Give how often the part is written out."""
        return max(1, self.least) if self.most is None else self.most


Part = Sign | Row | Choice | Repeat


def read(source: str) -> Part:
    """Read a pattern; raises Unparsable."""
    if len(source) > MAX_PATTERN:
        raise Unparsable(_("The pattern is longer than %(count)s signs."), count=MAX_PATTERN)
    return _Reader(source).whole()


class _Reader:
    def __init__(self, source: str) -> None:
        self.source, self.at, self.end = source, 0, len(source)
        self.groups = 0

    def whole(self) -> Part:
        # Patterns of other systems often say what holds for all of ours: from the beginning to the end.
        if self.source.startswith("^"):
            self.at = 1
        before = self.source[:-1]
        if self.source.endswith("$") and (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            self.end -= 1
        part = self._choice()
        if self.at < self.end:
            raise self._refuse(_("A bracket of the pattern closes that was never opened."))
        return part

    def _refuse(self, message: LazyText) -> Unparsable:
        return Unparsable(message, self.at)

    def _next(self) -> str:
        return self.source[self.at] if self.at < self.end else ""

    def _take(self, wanted: str) -> bool:
        if self.source.startswith(wanted, self.at, self.end):
            self.at += len(wanted)
            return True
        return False

    def _choice(self) -> Part:
        parts = [self._row()]
        while self._take("|"):
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _row(self) -> Part:
        parts = []
        while self._next() not in {"", "|", ")"}:
            parts.append(self._repeated())
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _repeated(self) -> Part:
        part = self._atom()
        if self._take("*"):
            part = Repeat(part, 0, None)
        elif self._take("+"):
            part = Repeat(part, 1, None)
        elif self._take("?"):
            part = Repeat(part, 0, 1)
        elif self._take("{"):
            part = Repeat(part, *self._bounds())
        else:
            return part
        if self._next() in {"*", "+", "?", "{"}:
            raise self._refuse(_("Two repetitions stand one after the other in the pattern."))
        return part

    def _bounds(self) -> tuple[int, int | None]:
        written, closed, _rest = self.source[self.at : self.end].partition("}")
        low, comma, high = written.partition(",")
        if not closed or not all(
            part.isascii() and part.isdigit() and len(part) <= 4 for part in (low, high or low)
        ):
            raise self._refuse(_BOUNDS)
        least = int(low)
        most = least if not comma else int(high) if high else None
        if most is not None and most < least:
            raise self._refuse(_BOUNDS)
        self.at += len(written) + 1
        return least, most

    def _atom(self) -> Part:
        sign = self._next()
        if sign == "(":
            return self._group()
        if sign == "[":
            return Sign(self._set())
        if sign in _LOOSE:
            raise self._refuse(_LOOSE[sign])
        self.at += 1
        if sign == "\\":
            return Sign(self._escaped())
        return Sign(_except(_LINE) if sign == "." else ((ord(sign), ord(sign)),))

    def _group(self) -> Part:
        self.at += 1
        self.groups += 1
        if self.groups > MAX_GROUPS:
            message = _("Parts are nested more than %(count)s deep.")
            raise Unparsable(message, self.at, count=MAX_GROUPS)
        if self._take("?") and not self._take(":"):
            raise self._refuse(_("Patterns cannot look ahead or behind."))
        part = self._choice()
        if not self._take(")"):
            raise self._refuse(_("A bracket of the pattern is not closed."))
        self.groups -= 1
        return part

    def _escaped(self) -> Ranges:
        sign = self._next()
        if sign in _CLASSES:
            self.at += 1
            return _CLASSES[sign]
        if sign in _CONTROLS or sign in _ESCAPED:
            self.at += 1
            code = ord(_CONTROLS.get(sign, sign))
            return ((code, code),)
        raise self._refuse(_("Patterns do not know this sign after a backslash."))

    def _set(self) -> Ranges:
        self.at += 1
        turned = self._take("^")
        ranges: list[tuple[int, int]] = []
        while not self._take("]"):
            if self._next() in {"", "["}:
                raise self._refuse(_("A bracket of the pattern is not closed."))
            ranges.extend(self._member())
        if not ranges:
            raise self._refuse(_("Square brackets of the pattern are empty."))
        return _except(tuple(ranges)) if turned else tuple(sorted(ranges))

    def _member(self) -> Ranges:
        low = self._single()
        ahead = self.source[self.at : min(self.at + 2, self.end)]
        if len(ahead) < 2 or ahead[0] != "-" or ahead[1] == "]":
            return low
        self.at += 1
        high = self._single()
        # One character has one range of one character; \d and its like cannot end a stretch.
        ends = (*low, *high)
        if len(ends) != 2 or any(first != last for first, last in ends) or ends[1] < ends[0]:
            raise self._refuse(_("In a pattern, a stretch goes from a lower sign to a higher one: a-z."))
        return ((low[0][0], high[0][0]),)

    def _single(self) -> Ranges:
        sign = self._next()
        if not sign:
            raise self._refuse(_("A bracket of the pattern is not closed."))
        self.at += 1
        return self._escaped() if sign == "\\" else ((ord(sign), ord(sign)),)
