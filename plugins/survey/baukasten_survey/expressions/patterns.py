r"""Patterns of texts that cost the same for every text: a subset of regular expressions, without backtracking.

A pattern describes the whole text. It is turned into positions (Glushkov's automaton), all of which are followed
at once, in Python and in the browser alike. ``\d``, ``\w`` and ``\s`` mean ASCII only.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.expressions.pattern_parts import Choice, Part, Ranges, Repeat, Row, Sign, read
from baukasten_survey.expressions.problems import Unparsable

_ = lazy("survey")

MAX_POSITIONS = 1000
"""Signs that a pattern may stand for once its repetitions are written out."""
MAX_FOLLOWERS = 4000
"""Ways from one position to a next one."""
MAX_TEXT = 1000
"""Longer texts match no pattern."""
_KEPT = 2000


@dataclass(frozen=True)
class _Piece:
    """What begins and ends a part as bits of an int, and whether it may be empty."""

    first: int = 0
    last: int = 0
    empty: bool = True


@dataclass(frozen=True)
class Pattern:
    """A pattern that was read; equal where the source is."""

    source: str
    classes: tuple[Ranges, ...] = field(compare=False, repr=False)
    first: int = field(compare=False, repr=False)
    follow: tuple[int, ...] = field(compare=False, repr=False)
    last: int = field(compare=False, repr=False)
    empty: bool = field(compare=False, repr=False)
    # What was found out on the way; sets of positions are the bits of an int.
    _accepts: dict[str, int] = field(default_factory=dict, init=False, compare=False, repr=False)
    _steps: dict[int, int] = field(default_factory=dict, init=False, compare=False, repr=False)

    def matches(self, text: str) -> bool:
        """Tell whether the whole text is as described; time grows with its length only."""
        if len(text) > MAX_TEXT:
            return False
        if not text:
            return self.empty
        state = self.first & self._accepting(text[0])
        for sign in text[1:]:
            if not state:
                return False
            state = self._after(state) & self._accepting(sign)
        return bool(state & self.last)

    def _accepting(self, sign: str) -> int:
        found = self._accepts.get(sign)
        if found is None:
            code, found = ord(sign), 0
            for index, ranges in enumerate(self.classes):
                if any(low <= code <= high for low, high in ranges):
                    found |= 1 << index
            _keep(self._accepts, sign, found)
        return found

    def _after(self, state: int) -> int:
        found = self._steps.get(state)
        if found is None:
            found = 0
            for index in _bits(state):
                found |= self.follow[index]
            _keep(self._steps, state, found)
        return found

    def to_json(self) -> dict[str, Any]:
        """Give the automaton for the browser's ``matchesPattern``."""
        return {
            "source": self.source,
            "classes": [[bound for pair in ranges for bound in pair] for ranges in self.classes],
            "first": _bits(self.first),
            "follow": [_bits(mask) for mask in self.follow],
            "last": _bits(self.last),
            "empty": self.empty,
        }


def _keep(found: dict[Any, int], key: Any, value: int) -> None:
    if len(found) >= _KEPT:
        found.clear()
    found[key] = value


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        low = mask & -mask
        bits.append(low.bit_length() - 1)
        mask ^= low
    return bits


@lru_cache(maxsize=512)
def _compiled(source: str) -> Pattern:
    part = read(source)
    if _size(part) > MAX_POSITIONS:
        raise Unparsable(_("The pattern repeats too much."))
    builder = _Builder()
    whole = builder.build(part)
    if sum(mask.bit_count() for mask in builder.follow) > MAX_FOLLOWERS:
        raise Unparsable(_("The pattern repeats too much."))
    classes, follow = tuple(builder.classes), tuple(builder.follow)
    return Pattern(source, classes, whole.first, follow, whole.last, whole.empty)


def compile_pattern(source: str, *, position: int = 0) -> Pattern:
    """Read a pattern; raises Unparsable whose position counts from the given one."""
    try:
        return _compiled(source)
    except Unparsable as error:
        raise Unparsable(error.message, position + error.position, **error.words) from None


def _size(part: Part) -> int:
    """Tell how much there will be to build; an empty part counts too, since it takes time as well."""
    match part:
        case Sign():
            return 1
        case Repeat():
            return 1 + _size(part.part) * part.copies
        case Row() | Choice():
            return 1 + sum(map(_size, part.parts))


class _Builder:
    def __init__(self) -> None:
        self.classes: list[Ranges] = []
        self.follow: list[int] = []

    def build(self, part: Part) -> _Piece:
        match part:
            case Sign():
                bit = 1 << len(self.classes)
                self.classes.append(part.ranges)
                self.follow.append(0)
                return _Piece(bit, bit, empty=False)
            case Row():
                whole = _Piece()
                for piece in map(self.build, part.parts):
                    whole = self._join(whole, piece)
                return whole
            case Choice():
                pieces = [self.build(one) for one in part.parts]
                first = last = 0
                for piece in pieces:
                    first, last = first | piece.first, last | piece.last
                return _Piece(first, last, any(piece.empty for piece in pieces))
            case Repeat():
                return self._repeat(part)

    def _link(self, last: int, first: int) -> None:
        for index in _bits(last):
            self.follow[index] |= first

    def _join(self, left: _Piece, right: _Piece) -> _Piece:
        self._link(left.last, right.first)
        return _Piece(
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
            left.empty and right.empty,
        )

    def _repeat(self, repeat: Repeat) -> _Piece:
        pieces = [self.build(repeat.part) for _round in range(repeat.copies)]
        whole = _Piece()
        if repeat.most is None:
            self._link(pieces[-1].last, pieces[-1].first)
            for piece in pieces:
                whole = self._join(whole, piece)
            return _Piece(whole.first, whole.last, whole.empty or repeat.least == 0)
        # What may be left out follows only what stands before it, so that there are few ways from each sign.
        for piece in reversed(pieces[repeat.least :]):
            joined = self._join(piece, whole)
            whole = _Piece(joined.first, joined.last, empty=True)
        for piece in reversed(pieces[: repeat.least]):
            whole = self._join(piece, whole)
        return whole
