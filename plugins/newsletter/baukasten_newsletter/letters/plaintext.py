"""The plain-text part of a letter: made from the same blocks, readable without any program that knows HTML.

Lines have at most 78 characters, as RFC 5322 wants of mails (2.1.1), save for addresses, which are never broken.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

WIDTH = 76
SPACES = re.compile(" +")
BULLET = "- "
UNDERLINES = {1: "=", 2: "-"}
BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "div", "tr", "table", "ul", "ol"})


@dataclass(slots=True)
class _List:
    """A list that is open: its next number, or none for bullets."""

    number: int | None


@dataclass(slots=True)
class _State:
    """Where in the document the reader is."""

    lists: list[_List] = field(default_factory=list)
    quotes: int = 0
    heading: int = 0
    bullet: str = ""
    """What the next line of an item begins with."""
    links: list[tuple[str, int]] = field(default_factory=list)
    keeps_lines: bool = False


class _Reader(HTMLParser):
    """Turns well-formed HTML of our own making into lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self._words: list[str] = []
        self._at = _State()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, an item, a quotation or a link."""
        values = dict(attrs)
        if tag in BLOCKS or tag in ("blockquote", "hr", "figure"):
            self._flush()
        if tag in ("ul", "ol"):
            start = values.get("start") or "1"
            first = int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1
            self._at.lists.append(_List(first if tag == "ol" else None))
        elif tag == "li":
            self._at.bullet = self._next_bullet()
        elif tag == "blockquote":
            self._at.quotes += 1
        elif tag[0] == "h" and tag[1:].isdigit():
            self._at.heading = int(tag[1:])
        elif tag == "a":
            self._at.links.append((values.get("href") or "", len(self._words)))
        else:
            self._void(tag, values)

    def _void(self, tag: str, values: dict[str, str | None]) -> None:
        if tag == "br":
            self._words.append("\n")
        elif tag == "hr":
            self._block(["-" * 20])
        elif tag == "img" and values.get("alt"):
            self._words.append(f"[{values['alt']}]")
        elif tag in ("td", "th") and "".join(self._words).strip():
            self._words.append(" | ")
        elif tag == "pre":
            self._at.keeps_lines = True

    def handle_endtag(self, tag: str) -> None:
        """End what was begun."""
        if tag == "a" and self._at.links:
            self._end_link()
        if tag in BLOCKS or tag in ("blockquote", "figure"):
            self._flush(tight=tag == "tr")
        if tag == "table":
            self._gap()
        if tag in ("ul", "ol") and self._at.lists:
            self._at.lists.pop()
            self._gap()
        elif tag == "blockquote":
            self._at.quotes -= 1
        elif tag == "pre":
            self._at.keeps_lines = False

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self._words.append(data if self._at.keeps_lines else " ".join(f"|{data}|".split())[1:-1])

    def _end_link(self) -> None:
        """Put the address behind the words, in angle brackets so that programs see where it ends (RFC 3986, C)."""
        address, start = self._at.links.pop()
        words = "".join(self._words[start:]).strip()
        shown = address.removeprefix("mailto:")
        if address and words != shown:
            self._words.append(f" <{shown}>" if words else f"<{shown}>")

    def _next_bullet(self) -> str:
        if not self._at.lists:
            return BULLET
        open_list = self._at.lists[-1]
        if open_list.number is None:
            return BULLET
        open_list.number += 1
        return f"{open_list.number - 1}. "

    def _flush(self, *, tight: bool = False) -> None:
        """End the block that is being read."""
        text, self._words = "".join(self._words), []
        lines = text.strip("\n").split("\n") if self._at.keeps_lines else _filled(text)
        heading, self._at.heading = self._at.heading, 0
        if not any(line.strip() for line in lines):
            return
        if heading:
            self._heading(lines, heading)
        elif self._at.lists:
            self._item(lines)
        else:
            width = WIDTH - 2 * self._at.quotes
            self._block(_wrapped(lines, "", "", width, keeps=self._at.keeps_lines), tight=tight)

    def _heading(self, lines: Sequence[str], level: int) -> None:
        title = _wrapped(lines, "", "", WIDTH)
        sign = UNDERLINES.get(level)
        self._block([*title, sign * max(map(len, title))] if sign else title)
        if sign is None:
            self.lines.pop()

    def _item(self, lines: Sequence[str]) -> None:
        indent = "  " * (len(self._at.lists) - 1)
        bullet, self._at.bullet = self._at.bullet, ""
        rest = indent + " " * len(bullet or BULLET)
        first = indent + bullet if bullet else rest
        width = WIDTH - 2 * self._at.quotes
        self._block(_wrapped(lines, first, rest, width, keeps=self._at.keeps_lines), tight=True)

    def _block(self, lines: Sequence[str], *, tight: bool = False) -> None:
        """Add lines, with an empty one behind them unless they are an item of a list."""
        before = "> " * self._at.quotes
        self.lines += [f"{before}{line}".rstrip() for line in lines]
        if not tight:
            self._gap()

    def _gap(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")


def text_of(html: str) -> str:
    """Give the words of a letter's HTML as plain text: headings underlined, lists with bullets, addresses in place."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.handle_endtag("p")
    return "\n".join(reader.lines).strip("\n")


def paragraph(text: str) -> str:
    """Give one paragraph in lines that every program shows whole."""
    return "\n".join(_wrapped([text], "", "", WIDTH))


def title(text: str) -> str:
    """Give the title of a letter, underlined."""
    lines = _wrapped([text], "", "", WIDTH)
    return "\n".join([*lines, "=" * max((len(line) for line in lines), default=0)])


def _filled(text: str) -> list[str]:
    return [SPACES.sub(" ", line).strip() for line in text.split("\n")]


def _wrapped(lines: Sequence[str], first: str, rest: str, width: int, *, keeps: bool = False) -> list[str]:
    """Break lines at words; whatever has no place to break stays whole."""
    if keeps:
        return [(first if number == 0 else rest) + line for number, line in enumerate(lines)]
    found: list[str] = []
    for line in lines:
        begin = rest if found else first
        wrapped = textwrap.wrap(
            line, max(width, 20), initial_indent=begin, subsequent_indent=rest,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
        found += wrapped or [""]
    return found
