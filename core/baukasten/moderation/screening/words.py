"""Lists of words: found in any spelling that reads the same, in time that grows with the text and no faster."""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext

_ = lazy("core")
MAX_LIST = 20_000
MAX_LINES, MAX_LINE = 1_000, 100
LEAST_LETTERS = 2
"""Of a line, beside its wildcards; with fewer it would hit nearly everything."""
WILD = "*"
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# Marks of Markdown that part a word for a filter and not for a reader.
_MARKS = str.maketrans(dict.fromkeys("*~`\\_"))
# Fixed patterns of ours, each one set of signs: nobody's input becomes a pattern.
_WORD = re.compile(r"[^\W_]+")
_PATTERN_WORD = re.compile(r"(?:[^\W_]|\*)+")
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a list: one word or several in a row, each with its wildcards."""

    words: tuple[str, ...]


class Words:
    """The words of one text, as they were typed and as they are compared."""

    def __init__(self, text: str) -> None:
        """Take a text of any length."""
        self.links = len(_LINK.findall(html.unescape(text)))
        """How many addresses of websites stand in it."""
        self.typed = _WORD.findall(visible(text))
        self.folded = [fold(word) for word in self.typed]
        self._there = frozenset(self.folded)
        self._all = "\n".join(self._there)

    def find(self, patterns: Sequence[Pattern]) -> str:
        """Give the first words, as typed, that stand on a list; empty where none do."""
        for pattern in patterns:
            # One look through the whole text spares most lines a walk through its words.
            if not all(self._may_have(word) for word in pattern.words):
                continue
            for at in self._places(pattern):
                return " ".join(self.typed[at : at + len(pattern.words)])
        return ""

    def _may_have(self, word: str) -> bool:
        if WILD not in word:
            return word in self._there
        return all(piece in self._all for piece in word.split(WILD))

    def _places(self, pattern: Pattern) -> Iterator[int]:
        first, *others = pattern.words
        for at, word in enumerate(self.folded[: len(self.folded) - len(others)]):
            if fits(word, first) and all(
                fits(self.folded[at + step], other) for step, other in enumerate(others, 1)
            ):
                yield at


def visible(text: str) -> str:
    """Give a text without what a reader does not see: signs of no width, entities, marks of Markdown."""
    return _seen(html.unescape(text)).translate(_MARKS)


def fold(word: str) -> str:
    """Give one spelling for all that read the same: small letters, ss for ß, ae for ä, no accents (NFKC, NFKD)."""
    small = unicodedata.normalize("NFKC", word).casefold().translate(_UMLAUTS)
    parts = unicodedata.normalize("NFKD", small)
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def fits(word: str, pattern: str) -> bool:
    """Tell whether a folded word fits a folded pattern; each piece is looked for once, from left to right."""
    first, *pieces = pattern.split(WILD)
    if not pieces:
        return word == pattern
    last = pieces.pop()
    if len(word) < len(first) + len(last) or not (word.startswith(first) and word.endswith(last)):
        return False
    at, end = len(first), len(word) - len(last)
    for piece in pieces:
        found = word.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(maxsize=64)
def patterns(lines: str) -> tuple[Pattern, ...]:
    """Read a list, one pattern a line; lines that would hit everything are left out."""
    read = (Pattern(_folded(line)) for line in lines.splitlines())
    return tuple(one for one in read if _letters(one) >= LEAST_LETTERS)


def problem(lines: str) -> str | None:
    """Say what is wrong with a list that somebody typed, or nothing."""
    typed = lines.splitlines()
    if len(typed) > MAX_LINES:
        return dgettext("core", "At most %(most)s lines, please.", most=MAX_LINES)
    for number, line in enumerate(typed, 1):
        if not line.strip():
            continue
        if len(line) > MAX_LINE or _letters(Pattern(_folded(line))) < LEAST_LETTERS:
            return dgettext(
                "core",
                "Line %(number)s: write a word of 2 to %(most)s letters, * stands for a part of it.",
                number=number,
                most=MAX_LINE,
            )
    return None


def _folded(line: str) -> tuple[str, ...]:
    return tuple(fold(word) for word in _PATTERN_WORD.findall(_seen(line)) if word.strip(WILD))


def _seen(text: str) -> str:
    # Soft hyphens and joiners, and strokes laid over letters, part no word.
    plain = unicodedata.normalize("NFKC", text)
    return "".join(sign for sign in plain if unicodedata.category(sign) not in ("Cf", "Mn"))


def _letters(pattern: Pattern) -> int:
    return sum(len(word.replace(WILD, "")) for word in pattern.words)
