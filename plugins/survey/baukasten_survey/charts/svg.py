"""Draws SVG from shapes and plain words; nothing of it comes through unescaped."""

import html
import re
from typing import Literal

from baukasten.sdk import SafeHtml

# What XML cannot hold, even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_CLASS = re.compile(r"[a-z][a-z0-9 -]*")
NARROW = 600
"""Wider pictures do not shrink to a phone; the template puts them into something that scrolls."""
Anchor = Literal["start", "middle", "end"]


class Drawing:
    """One picture with a title and a description; colours and type come from classes, for the strict policy."""

    def __init__(self, name: str, width: int, *, title: str, description: str) -> None:
        """Begin a picture; ``name`` begins the ids and is unique on its page."""
        self._name, self._width = escaped(name), width
        self._words = (escaped(title), escaped(description))
        self._parts: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, css: str) -> None:
        """Draw a box; what is narrower than nothing is nothing."""
        size = f'width="{_n(max(width, 0))}" height="{_n(max(height, 0))}"'
        self._parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" {size} rx="3" class="{_css(css)}"/>')

    def circle(self, x: float, y: float, radius: float, css: str) -> None:
        """Draw a disc."""
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" class="{_css(css)}"/>')

    def image(self, address: str, width: float, height: float) -> None:
        """Lay a picture of the house below everything that is drawn after it."""
        size = f'width="{_n(width)}" height="{_n(height)}"'
        self._parts.append(f'<image href="{escaped(address)}" {size} preserveAspectRatio="none"/>')

    def line(self, x: float, y: float, to_x: float, to_y: float, css: str) -> None:
        """Draw a straight line."""
        ends = f'x1="{_n(x)}" y1="{_n(y)}" x2="{_n(to_x)}" y2="{_n(to_y)}"'
        self._parts.append(f'<line {ends} class="{_css(css)}"/>')

    def text(self, x: float, y: float, words: str, css: str = "ch-t", anchor: Anchor = "start") -> None:
        """Write words at a place."""
        place = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"'
        self._parts.append(f'<text {place} class="{_css(css)}">{escaped(words)}</text>')

    def svg(self, height: float) -> SafeHtml:
        """Give the picture as HTML that a template prints as it is."""
        title, description = self._words
        name = self._name
        css = "ch ch--wide" if self._width > NARROW else "ch"
        head = (
            f'<svg class="{css}" viewBox="0 0 {self._width} {_n(height)}" role="img" '
            f'aria-labelledby="{name}-t {name}-d"><title id="{name}-t">{title}</title>'
            f'<desc id="{name}-d">{description}</desc>'
        )
        return SafeHtml(f"{head}{''.join(self._parts)}</svg>")


def escaped(words: str) -> str:
    """Give words that stay words inside of tags and attributes."""
    return html.escape(_FORBIDDEN.sub("", str(words)), quote=True)


def wrapped(words: str, signs: int, lines: int = 2) -> list[str]:
    """Break words into lines of so many signs; what does not fit ends in an ellipsis, the table has it whole."""
    found = [""]
    for word in words.split():
        if len(found[-1]) + len(word) < signs or not found[-1]:
            found[-1] = f"{found[-1]} {word}".strip()
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], f"{found[lines - 1]} …"]
    return [line if len(line) <= signs + 2 else f"{line[:signs]}…" for line in found]


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _css(names: str) -> str:
    if not _CLASS.fullmatch(names):
        raise ValueError(f"{names!r} are no classes")
    return names
