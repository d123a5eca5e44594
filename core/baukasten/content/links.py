"""Two rules for Markdown's parser: addresses written out become links, and so do images."""

import re
from collections.abc import Iterator

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

_ADDRESS = re.compile(r"(?<![\w/@.-])(?:https?://|www\.)[^\W_][^\s<>\"`{}|\\^]*", re.IGNORECASE)
_TRAILING = ".,;:!?'*_~\u2026\u201c\u201d\u00bb\u00ab"
_PAIRS = {")": "(", "]": "["}


def show_images_as_links(state: StateCore) -> None:
    """Replace each image by a link named like its description; inside a link only the description remains."""
    for token in state.tokens:
        if token.children and any(child.type == "image" for child in token.children):
            pairs = _with_links(token.children)
            token.children = [new for child, linked in pairs for new in _shown(child, linked=linked)]


def link_bare_addresses(state: StateCore) -> None:
    """Turn http, https and www addresses in running text into links, but not in code and not within links."""
    for token in state.tokens:
        if token.children:
            token.children = [
                new
                for child, linked in _with_links(token.children)
                for new in (_linked(state, child) if child.type == "text" and not linked else [child])
            ]


def _with_links(tokens: list[Token]) -> Iterator[tuple[Token, bool]]:
    """Yield each token with whether it stands within a link."""
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type in {"link_open", "link_close"} else 0
        yield token, inside > 0


def _shown(token: Token, *, linked: bool) -> list[Token]:
    """Return an image as the tokens that stand for it, any other token as it is."""
    if token.type != "image":
        return [token]
    address = str(token.attrGet("src") or "")
    label = "".join(child.content for child in token.children or ()) or address
    return [_text(label)] if linked else _link(address, label)


def _linked(state: StateCore, token: Token) -> list[Token]:
    """Return a text token split at the addresses it contains."""
    found: list[Token] = []
    done = 0
    for match in _ADDRESS.finditer(token.content):
        shown = _trimmed(match.group())
        target = shown if shown[:4].lower() == "http" else f"https://{shown}"
        address = state.md.normalizeLink(target)
        if not state.md.validateLink(address):
            continue
        found += [_text(token.content[done : match.start()]), *_link(address, shown)]
        done = match.start() + len(shown)
    return [*found, _text(token.content[done:])] if found else [token]


def _trimmed(address: str) -> str:
    """Return an address without the sentence's punctuation; a bracket stays if it was opened inside."""
    length = len(address)
    surplus = {end: address.count(end) - address.count(start) for end, start in _PAIRS.items()}
    while length:
        last = address[length - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        length -= 1
    return address[:length]


def _link(address: str, label: str) -> list[Token]:
    """Return the three tokens of a link."""
    start = Token("link_open", "a", 1, attrs={"href": address})
    return [start, _text(label), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    """Return a token of plain text."""
    return Token("text", "", 0, content=content)
