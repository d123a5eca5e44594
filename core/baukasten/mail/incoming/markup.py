"""From a letter's HTML to plain lines in which quotes begin with ``>``, as if it had been written as text."""

import re
from html.parser import HTMLParser

import nh3

LONGEST = 400_000
DEEPEST = 600
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})")
_SINGLE = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "param",
    "wbr",
    "li",
    "p",
    "td",
    "tr",
}
"""Tags that are often left open; where they are not, they nest in others that count."""
_TAGS = {
    "a", "b", "blockquote", "br", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre",
    "section", "strong", "table", "tbody", "td", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {"*": {"id", "class", "name"}}
_BLOCKS = _TAGS - {"a", "b", "br", "em", "i", "strong", "td", "u"}
_APART = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "pre"}
"""What stands between empty lines."""

# Programs name the block that holds the quote or the signature; Outlook on the web puts x_ before foreign names.
_QUOTES = re.compile(
    r"(x_)?(gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote|tutanota_quote"
    r"|zmail_extra|ms-outlook-mobile-reference-message|mail-editor-reference-message-container)|quote"
)
_SIGNATURES = re.compile(
    r"(x_)?(gmail_signature\w*|moz-signature|ms-outlook-mobile-signature|yahoo-signature|signature"
    r"|protonmail_signature_block)"
)
_REST = re.compile(r"(x_)?(divrplyfwdmsg|appendonsend|ms-outlook-mobile-body-separator-line)")
"""From here to the letter's end everything is quoted."""


def lines(html: str) -> str:
    """Give the words of HTML as lines; what a program marked as quote begins with ``>``, signatures are left out.

    The cleaner repairs the nesting first, so that the standard library's parser meets nothing strange. What is
    nested deeper than any program writes costs quadratic time to repair, and is no letter.
    """
    if _depth(html[:LONGEST]) > DEEPEST:
        return ""
    clean = nh3.clean(
        html[:LONGEST],
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        generic_attribute_prefixes=set(),
        link_rel=None,
        clean_content_tags={"script", "style", "title"},
    )
    walk = _Walk()
    walk.feed(clean)
    walk.close()
    return walk.text()


def _depth(html: str) -> int:
    """Give how deep tags are nested at most, counting those that are never closed."""
    depth = deepest = 0
    for found in _TAG.finditer(html):
        depth = max(0, depth - 1) if found[1] else depth + (found[2].lower() not in _SINGLE)
        deepest = max(deepest, depth)
    return deepest


class _Walk(HTMLParser):
    """Writes lines while it walks through a letter."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._open: list[tuple[str, str]] = []
        """Tags that are open, each with what it is: a quote, a signature or nothing."""
        self._quotes = self._signatures = 0
        self._rest = False
        """Everything that follows is quoted."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag; a break ends a line, also an empty one."""
        if tag == "br":
            self._lines.append((self._mark() + self._line).rstrip())
            self._line = ""
            return
        if tag in _BLOCKS:
            self._end_line(apart=tag in _APART)
        if tag == "hr":
            return
        what = _what(tag, attrs)
        self._rest = self._rest or what == "rest"
        self._quotes += what == "quote"
        self._signatures += what == "signature"
        self._open.append((tag, what))
        if tag == "li":
            self._line = "- "

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, and what was left open in it."""
        if tag in _BLOCKS:
            self._end_line(apart=tag in _APART)
        elif tag == "td":
            self._line += " "
        while self._open:
            known, what = self._open.pop()
            self._quotes -= what == "quote"
            self._signatures -= what == "signature"
            if known == tag:
                return

    def handle_data(self, data: str) -> None:
        """Take words, with single spaces."""
        if self._signatures:
            return
        words = re.sub(r"[\s\u00a0]+", " ", data)
        self._line += words if self._line else words.lstrip()

    def text(self) -> str:
        """Give what was written."""
        self._end_line(apart=False)
        return "\n".join(self._lines)

    def _end_line(self, *, apart: bool) -> None:
        if self._line.strip():
            self._lines.append(self._mark() + self._line.rstrip())
        self._line = ""
        if apart and self._lines and self._lines[-1] not in ("", ">"):
            self._lines.append(self._mark().rstrip())

    def _mark(self) -> str:
        return "> " if self._quotes or self._rest else ""


def _what(tag: str, attrs: list[tuple[str, str | None]]) -> str:
    """Say what a tag's names make of it."""
    names = " ".join(value or "" for _key, value in attrs).lower().split()
    if any(_REST.fullmatch(name) for name in names):
        return "rest"
    if any(_SIGNATURES.fullmatch(name) for name in names):
        return "signature"
    if tag == "blockquote" or any(_QUOTES.fullmatch(name) for name in names):
        return "quote"
    return ""
