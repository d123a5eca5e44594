"""Short texts without blocks, such as what is said in a chat: many times faster than Markdown, with the same marks.

Nothing that somebody typed gets out unescaped: the text is escaped first, and the marks below only ever wrap whole
pieces of it. That the sanitisers would change nothing of the result is held by tests.
"""

import html
import re
from collections.abc import Collection

from baukasten.content.markdown import normalise
from baukasten.content.sanitize import LINK_REL, Policy, SafeHtml

LINE_POLICY = Policy(frozenset({"strong", "em", "code", "a", "br", "mark"}))
"""What a line may hold."""

# All of it reads escaped text, where < > & stand for nothing but themselves. Each piece ends at the first sign that
# could end it, so that no text makes the search go over it again and again.
_SIGN = r"[^\s<>\"'`{}|\\^&*\[\]()]|&amp;"
_URL = r"https?://[^\W_][\w.-]*(?::\d{{1,5}})?(?:[/?#](?:{})*)?"
_CODE = r"`(?P<code>[^`\n]+)`"
_LINK = rf"\[(?P<words>[^\[\]\n]+)\]\((?P<goal>{_URL.format(_SIGN)})\)"
_BARE = rf"(?<![\w/@.-])(?P<bare>{_URL.format(f'{_SIGN}|[()]')})"
_STRONG = r"\*\*(?=[^\s*])(?P<strong>(?:[^*\n]|\*(?!\*))+)(?<=\S)\*\*"
_EM = r"(?<![\w*])\*(?=[^\s*])(?P<em>[^*\n]+)(?<=\S)\*(?![\w*])|(?<!\w)_(?=[^\s_])(?P<low>[^_\n]+)(?<=\S)_(?!\w)"
_BREAK = r"(?P<br>\n)"
_PIECES = re.compile(f"{_CODE}|{_LINK}|{_BARE}|{_STRONG}|{_EM}|{_BREAK}", re.IGNORECASE)
_MARKS = re.compile(r"[`*_\n]|://")
_TRAILING = ".,;:!?_~…“”»«"


def render_line(source: str, *, names: Collection[str] = ()) -> SafeHtml:
    """Turn a short text into HTML that pages may print: bold, italic, code, links, line breaks, names with an @.

    The caller limits its length. ``names`` are those that are marked where they are called; any other ``@`` stays
    what it is.
    """
    text = html.escape(normalise(source), quote=False)
    called = _called(names) if names and "@" in text else None
    if not _MARKS.search(text):
        return SafeHtml(_named(text, called))
    return SafeHtml(_rendered(text, called))


def _rendered(text: str, called: re.Pattern[str] | None) -> str:
    """Return escaped text with its marks as tags; what stands between two marks is none itself."""
    found, done = [], 0
    for match in _PIECES.finditer(text):
        kind = match.lastgroup or ""
        found.append(_named(text[done : match.start()], called))
        found.append(_piece(kind, match, called))
        done = match.end()
    found.append(_named(text[done:], called))
    return "".join(found)


def _piece(kind: str, match: re.Match[str], called: re.Pattern[str] | None) -> str:
    words = match[kind]
    if kind == "br":
        return "<br>"
    if kind == "code":
        return f"<code>{words}</code>"
    if kind == "goal":
        return _link(words, match["words"])
    if kind == "bare":
        address = _trimmed(words)
        return _link(address, address) + words[len(address) :]
    tag = "strong" if kind == "strong" else "em"
    # Each level takes one kind of sign away, so that there are three levels at most.
    return f"<{tag}>{_rendered(words, called)}</{tag}>"


def _link(address: str, words: str) -> str:
    return f'<a href="{address}" rel="{LINK_REL}">{words}</a>'


def _trimmed(address: str) -> str:
    """Return an address without the sentence's punctuation; a bracket stays if it was opened inside."""
    surplus = address.count(")") - address.count("(")
    while address:
        if address.endswith("&amp;"):
            address = address[:-5]
        elif address[-1] == ")" and surplus > 0:
            surplus -= 1
            address = address[:-1]
        elif address[-1] in _TRAILING:
            address = address[:-1]
        else:
            break
    return address


def _called(names: Collection[str]) -> re.Pattern[str]:
    longest = sorted((html.escape(name, quote=False) for name in names), key=len, reverse=True)
    return re.compile(rf"(?<!\w)@({'|'.join(re.escape(name) for name in longest)})(?!\w)")


def _named(text: str, called: re.Pattern[str] | None) -> str:
    return text if called is None else called.sub(r"<mark>@\1</mark>", text)
