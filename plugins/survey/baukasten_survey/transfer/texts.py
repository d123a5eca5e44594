"""Words out of foreign HTML: plain for titles, Markdown for the rest; scripts, styles and pictures stay behind."""

import html as entities
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import nh3

LONGEST = 15_000
"""Signs of one text; the definition takes 20,000, and marking up adds some."""

MOST_OPEN = 10
"""Braces that never close, after which nobody looks for more."""

_TAGS = {"p", "div", "br", "hr", "ul", "ol", "li", "a", "b", "strong", "i", "em", "h1", "h2", "h3", "h4", "h5", "h6",
         "table", "tr", "td", "th", "blockquote", "pre", "dt", "dd", "center"}  # fmt: skip
_GONE = {"script", "style", "iframe", "object", "noscript", "template", "svg", "math", "select", "textarea", "title",
         "head", "audio", "video", "canvas", "embed", "applet", "noembed", "xmp"}  # fmt: skip
_BLOCKS = _TAGS - {"a", "b", "strong", "i", "em"}
_SCRIPT = re.compile(
    r"<\s*(script|iframe|object|embed|form|input|button)\b|\son\w+\s*=|javascript:", re.IGNORECASE
)
_PICTURE = re.compile(r"<\s*(img|video|audio|svg|picture)\b", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0]+")
_MARKS = re.compile(r"([\\`*_\[\]<>])")
_AT_START = re.compile(r"^([#+\-=>]|\d+(?=[.)]))")
# Control characters, and the private signs that stand for expressions while a text is read.
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufeff\ud800-\udfff\ue000-\uf8ff]")
_HELD = re.compile("\ue000(\\d+)\ue001")

Pipe = Callable[[str], str]
"""Gives for what stands between braces what shall stand there now."""


def has_scripts(text: str) -> bool:
    """Tell whether a text holds something that would run or ask for input."""
    return _SCRIPT.search(text) is not None


def has_pictures(text: str) -> bool:
    """Tell whether a text shows pictures or films."""
    return _PICTURE.search(text) is not None


class _Reader(HTMLParser):
    """Collects blocks of well-formed HTML as plain words or as Markdown."""

    def __init__(self, *, rich: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.rich, self.blocks, self.words = rich, [""], ""
        self.links: list[tuple[str, int]] = []
        self.item = False

    def close_block(self) -> None:
        words = _SPACES.sub(" ", self.words).strip()
        if words:
            self.blocks.append(("- " if self.item and self.rich else "") + words)
            self.item = False
        self.words, self.links = "", []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, bold words, a link."""
        if tag in _BLOCKS:
            self.close_block()
            self.item = tag == "li" or (self.item and tag in {"p", "div"})
        elif tag == "a" and self.rich:
            self.links.append((dict(attrs).get("href") or "", len(self.words)))

    def handle_endtag(self, tag: str) -> None:
        """End a block or a link."""
        if tag in _BLOCKS:
            self.close_block()
        elif tag == "a" and self.links:
            address, start = self.links.pop()
            words = self.words[start:].strip()
            if address.startswith(("https://", "http://", "mailto:")) and words and " " not in address:
                self.words = (
                    f"{self.words[:start]}[{words}](<{address.replace('>', '%3E').replace('<', '%3C')}>)"
                )

    def handle_data(self, data: str) -> None:
        """Keep the words; in Markdown none of their signs means anything."""
        self.words += _MARKS.sub(r"\\\1", data) if self.rich else data


def _blocks(text: str, *, rich: bool) -> list[str]:
    text = _unescaped_newlines(text)
    if "<" in text:
        text = nh3.clean(
            text,
            tags=_TAGS,
            clean_content_tags=_GONE,
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
        )
    reader = _Reader(rich=rich)
    reader.feed(text)
    reader.close()
    reader.close_block()
    blocks = [block for block in reader.blocks if block]
    return [
        _AT_START.sub(_escaped, block) if rich and not block.startswith("- ") else block for block in blocks
    ]


def _escaped(found: "re.Match[str]") -> str:
    return f"{found[1]}\\" if found[1].isdigit() else f"\\{found[1]}"


def _unescaped_newlines(text: str) -> str:
    """In a text without tags a line end is meant as one."""
    return text if "<" in text else text.replace("\r\n", "\n").replace("\n", "<br>")


def blocks_of(text: str, pipe: Pipe, *, rich: bool) -> list[str]:
    """Give the paragraphs of a text, with what stood between braces exchanged."""
    clean, held = hold(_UNREADABLE.sub("", text[:LONGEST]), pipe)
    found = [_HELD.sub(lambda at: held[int(at[1])], block) for block in _blocks(clean, rich=rich)]
    return [block for block in (one.strip() for one in found) if block and block != "-"]


def plain(text: str, pipe: Pipe) -> str:
    """Give a text as one line of plain words."""
    return " ".join(blocks_of(text, pipe, rich=False))


def markdown(text: str, pipe: Pipe) -> str:
    """Give a text as Markdown, a paragraph for each block."""
    found = blocks_of(text, pipe, rich=True)
    return "\n\n".join(found).replace("\n\n- ", "\n- ") if found else ""


def each(spoken: Mapping[str, str], write: Callable[[str, Pipe], str], pipe: Pipe) -> dict[str, str]:
    """Write a text in each of its languages, with ``plain`` or ``markdown``; those that say nothing are left out."""
    return {language: words for language, said in spoken.items() if (words := write(said, pipe))}


def hold(text: str, pipe: Pipe) -> tuple[str, list[str]]:
    """Take expressions in braces out of a text, since they may hold signs that HTML means otherwise."""
    pieces: list[str] = []
    held: list[str] = []
    at = open_ones = 0
    while (start := text.find("{", at)) >= 0 and open_ones < MOST_OPEN:
        end = _closing(text, start)
        open_ones += end < 0
        inner = text[start + 1 : end]
        if end < 0 or not inner or inner[0].isspace() or inner[-1].isspace():
            pieces.append(text[at : start + 1])
            at = start + 1
            continue
        pieces += [text[at:start], f"\ue000{len(held)}\ue001"]
        held.append(pipe(entities.unescape(_without_tags(inner)).strip()))
        at = end + 1
    return "".join([*pieces, text[at:]]), held


def _without_tags(inner: str) -> str:
    """An editor may have put line breaks into an expression; tags within its texts are kept for later."""
    return re.sub(r"<br\s*/?>|</?p>|\s*\n\s*", " ", inner)


def _closing(text: str, start: int) -> int:
    """Find the brace that closes an expression, not looking into its texts; -1 where there is none near."""
    quote, depth = "", 0
    for at in range(start, min(len(text), start + 6_000)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth == 0:
                return at
    return text.find("}", start, start + 200) if quote else -1
