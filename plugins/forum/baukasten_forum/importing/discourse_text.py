"""From what people typed into Discourse to our Markdown: quotations, pictures, and what only Discourse knows."""

import html
import re

from baukasten_forum.importing import old_addresses
from baukasten_forum.importing.bbcode import escape
from baukasten_forum.importing.texts import mark

_CODE = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=fence)[`~]*[ \t]*$|\Z)|(?P<tick>`+)(?!`)[^\n]*?(?<!`)(?P=tick)(?!`)",
    re.DOTALL | re.MULTILINE,
)
_KEPT = re.compile("\x04([0-9]+)\x05")
_QUOTE = re.compile(r"\[quote(?:=(\"[^\"\n]*\"|[^\]\n]*))?\]|\[/quote\]", re.IGNORECASE)
_PLACE = re.compile(r"\b(post|topic):\s*([0-9]{1,15})")
_OURS = r"(?:upload://|(?:https?:)?(?://[^\s()/]+)?/(?:uploads|secure-(?:media-)?uploads)/)[^\s()\"'<>]+"
UPLOAD = re.compile(_OURS)
_PICTURE = re.compile(rf"!\[([^\]\n]*)\]\(({_OURS})(?:\s+\"[^\"\n]*\")?\)")
_PAPER = re.compile(rf"\[([^\]\n]*)\]\(({_OURS})(?:\s+\"[^\"\n]*\")?\)")
_IMG = re.compile(r"<img\b([^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_ANCHOR = re.compile(r"<a\b([^>]*)>(.*?)</a>", re.IGNORECASE | re.DOTALL)
_PLAIN_TAG = re.compile(
    r"</?(?:b|strong|i|em|u|s|del|ins|kbd|small|big|sup|sub|center|span|div|p|font|mark|details|summary|aside|"
    r"blockquote|ul|ol|hr)\b[^<>]*>",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|summary|li|h[1-6])>", re.IGNORECASE)
_DETAILS = re.compile(r"\[details(?:=(\"[^\"\n]*\"|[^\]\n]*))?[^\]\n]*\]", re.IGNORECASE)
_DATE = re.compile(
    r"\[date(?:-range)?(?:=| from=)([0-9-]+)(?:[ T]time=?([0-9:]+)|T([0-9:]+))?[^\]\n]*\]", re.IGNORECASE
)
_TAG = re.compile(
    r"\[/?(?:poll|details|spoiler|blur|wrap|grid|event|center|left|right|size|color|hide|date-range)"
    r"(?:[ =][^\]\n]*)?\]",
    re.IGNORECASE,
)
MAX_DEPTH = 12


def to_markdown(raw: str, topic_id: int) -> str:
    """Give a post as our Markdown, with marks for its quotations; never raises, and its words stay.

    Files stand under the post afterwards; the text keeps their names in brackets.
    """
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x04{len(kept) - 1}\x05"

    text = _CODE.sub(keep, raw.replace("\r\n", "\n"))
    text = _inline(text)
    return re.sub(r"\n{3,}", "\n\n", _quoted(text, kept, topic_id)).strip()


def _inline(text: str) -> str:
    text = _PICTURE.sub(lambda found: _named("Bild", found[1].split("|")[0]), text)
    text = _PAPER.sub(lambda found: _named("Anhang", found[1].split("|")[0]), text)
    text = _IMG.sub(_image, text)
    text = _ANCHOR.sub(_link, text)
    text = _PLAIN_TAG.sub("", _BREAK.sub("\n", text))
    text = _DETAILS.sub(
        lambda found: f"\n**{(found[1] or '').strip(chr(34))}**\n\n" if found[1] else "\n", text
    )
    text = _DATE.sub(lambda found: " ".join(part for part in found.groups() if part), text)
    return _TAG.sub("", text)


def _named(what: str, name: str) -> str:
    return f"({what}: {escape(name)})" if name.strip() else f"({what})"


def _attributes(text: str) -> dict[str, str]:
    return {
        found[1].lower(): html.unescape(next((part for part in found.groups()[1:] if part), ""))
        for found in _ATTRIBUTE.finditer(text)
    }


def _image(found: re.Match[str]) -> str:
    values = _attributes(found[1])
    source, words = values.get("src", ""), values.get("alt", "") or values.get("title", "")
    if (
        source.startswith(("http://", "https://"))
        and not UPLOAD.fullmatch(source)
        and not re.search(r"[\s<>]", source)
    ):
        return f"![{escape(words)}](<{source}>)"
    return _named("Bild", words)


def _link(found: re.Match[str]) -> str:
    target = _attributes(found[1]).get("href", "")
    if (
        target.startswith(("http://", "https://"))
        and not re.search(r"[\s<>]", target)
        and "\n" not in found[2]
    ):
        return f"[{found[2]}](<{target}>)"
    return f"{found[2]} ({target})" if target and target != found[2] else found[2]


def _quoted(text: str, kept: list[str], topic_id: int) -> str:
    """Make quotations of the marked parts, from the inside out; one without an end stays what was written."""
    stack: list[tuple[str, str, str]] = []
    shown, done = "", 0
    for found in _QUOTE.finditer(text):
        shown += _back(text[done : found.start()], kept)
        done = found.end()
        if not found[0].startswith("[/"):
            if len(stack) >= MAX_DEPTH:
                shown += escape(found[0])
                continue
            stack.append((shown, found[0], (found[1] or "").strip('"')))
            shown = ""
        elif stack:
            before, _source, argument = stack.pop()
            shown = f"{before.rstrip()}\n\n{_quotation(argument, shown, topic_id)}\n\n"
        else:
            shown += escape(found[0])
    shown += _back(text[done:], kept)
    while stack:
        before, source, _argument = stack.pop()
        shown = before + escape(source) + shown
    return shown


def _quotation(argument: str, inner: str, topic_id: int) -> str:
    author = argument.split(",", maxsplit=1)[0].strip()
    place = {key: int(value) for key, value in _PLACE.findall(argument)}
    path = ""
    if "post" in place:
        path = old_addresses.discourse_number(place.get("topic", topic_id), place["post"])
    head = [mark(author, path)] if author or path else []
    lines = [*head, *inner.strip().split("\n")]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _back(text: str, kept: list[str]) -> str:
    return _KEPT.sub(lambda found: kept[int(found[1])] if int(found[1]) < len(kept) else "", text)
