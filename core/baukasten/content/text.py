"""Plain words out of safe HTML: for titles, previews, search, feeds and the text part of mails."""

import re
from html.parser import HTMLParser

from baukasten.content.sanitize import SafeHtml

ELLIPSIS = "\u2026"

_BLOCKS = frozenset(
    ["p", "li", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "ul", "ol", "hr"]
)
_SENTENCE_END = re.compile(r"[.!?\u2026](?=\s)")
_SPACES = re.compile(r"[ \t\f\v\u00a0]+")


class _Reader(HTMLParser):
    """Collects the text of well-formed HTML, one line for each block."""

    def __init__(self, *, addresses: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.addresses = addresses
        self.open_links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a new line for a block, a bullet for an item, and remember where a link leads."""
        if tag in _BLOCKS or tag == "br":
            self.pieces.append("\n")
        if tag == "li" and self.addresses:
            self.pieces.append("- ")
        if tag in {"td", "th"}:
            self.pieces.append(" ")
        if tag == "a":
            self.open_links.append((dict(attrs).get("href") or "", len(self.pieces)))

    def handle_endtag(self, tag: str) -> None:
        """End the line of a block; put a link's address behind its words if they do not say it already."""
        if tag in _BLOCKS:
            self.pieces.append("\n")
        if tag == "a" and self.open_links:
            address, start = self.open_links.pop()
            words = "".join(self.pieces[start:])
            if self.addresses and address and words not in {address, address.removeprefix("mailto:")}:
                self.pieces.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.pieces.append(data)


def plain(html: SafeHtml, *, addresses: bool = False) -> str:
    """Return the words of safe HTML, one line for each block, without empty lines.

    With `addresses` items get a dash and links their address in brackets, as the text part of a mail needs it.
    """
    reader = _Reader(addresses=addresses)
    reader.feed(html)
    reader.close()
    lines = (_SPACES.sub(" ", line).strip() for line in "".join(reader.pieces).split("\n"))
    # A line that holds nothing but its bullet belongs to the block that follows within the item.
    return re.sub(r"(^|\n)-\n", r"\1- ", "\n".join(line for line in lines if line))


def title_of(html: SafeHtml, *, max_length: int = 80) -> str:
    """Return the first sentence or line of a text as its title, cut at a word; empty without words."""
    first_line = plain(html).partition("\n")[0]
    end = _SENTENCE_END.search(first_line)
    sentence = first_line[: end.end()] if end and end.end() <= max_length else first_line
    return shorten(sentence.removesuffix("."), max_length)


def excerpt(html: SafeHtml, *, max_length: int = 200) -> str:
    """Return the beginning of a text on one line for lists and previews, cut at a word."""
    return shorten(" ".join(plain(html).split()), max_length)


def shorten(text: str, max_length: int) -> str:
    """Return at most `max_length` characters, cut at a word if one is near; an ellipsis tells the cut."""
    if len(text) <= max_length:
        return text
    room = text[:max_length]
    at_word = room.rpartition(" ")[0].rstrip(" ,;:.-\u2013")
    kept = at_word if len(at_word) * 2 >= max_length else room[:-1].rstrip()
    return f"{kept}{ELLIPSIS}"
