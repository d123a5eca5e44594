"""Two rules for Markdown's parser: links to things of this site by their number, and names that a text calls."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

KEY = re.compile(r"post:[1-9][0-9]{0,17}")
ENV = "pointing"
MAX_NAMES = 10
"""Different names that one text may call; further ones stay plain words."""
_NAME_STARTS = re.compile(r"(?<![\w@./-])@(?=\w)")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where on this very site a key leads, and the words of the link; what the writer called it does not count."""

    path: str
    label: str


@dataclass(frozen=True, slots=True)
class Pointing:
    """What a text may point at; both come from the caller, never from the text."""

    references: Mapping[str, Reference] = field(default_factory=dict)
    """By key, such as ``post:12``, which a text names as the address of a link."""
    names: Sequence[str] = ()
    """Names that become a mark behind an @; the longest that fits is taken, in either case."""


def is_key(address: str) -> bool:
    """Tell whether an address is the key of a thing, such as ``post:12``."""
    return KEY.fullmatch(address) is not None


def follow_references(state: StateCore) -> None:
    """Lead keys to their places; the link that opens a quotation becomes its source, an unknown key plain words."""
    pointing: Pointing = state.env[ENV]
    for at, token in enumerate(state.tokens):
        if token.children:
            before = [one.type for one in state.tokens[max(0, at - 2) : at]]
            opens = before == ["blockquote_open", "paragraph_open"]
            token.children = list(_followed(token.children, pointing.references, opens_quote=opens))


def mark_names(state: StateCore) -> None:
    """Mark the names that a text calls, but not in code and not within links."""
    pointing: Pointing = state.env[ENV]
    names = sorted(pointing.names, key=len, reverse=True)
    called: set[str] = set()
    for token in state.tokens:
        if names and token.children:
            token.children = list(_called(token.children, names, called))


def _followed(
    tokens: Sequence[Token], references: Mapping[str, Reference], *, opens_quote: bool
) -> Iterator[Token]:
    inside: Reference | None = None
    key = False
    for at, token in enumerate(tokens):
        address = str(token.attrGet("href") or "") if token.type == "link_open" else ""
        if is_key(address):
            key, inside = True, references.get(address)
            if inside is not None:
                yield from _link(inside, is_source=opens_quote and at == 0)
        elif key and token.type == "link_close":
            key, inside = False, None
        elif not (key and inside is not None):
            yield token


def _link(reference: Reference, *, is_source: bool) -> list[Token]:
    """Give the tokens of a link within the site, as the source of a quotation if it is one."""
    link = [
        Token("link_open", "a", 1, attrs={"href": reference.path}),
        Token("text", "", 0, content=reference.label),
        Token("link_close", "a", -1),
    ]
    return [Token("cite_open", "cite", 1), *link, Token("cite_close", "cite", -1)] if is_source else link


def _called(tokens: Sequence[Token], names: Sequence[str], called: set[str]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "text" and not depth:
            yield from _split(token.content, names, called)
        else:
            yield token


def _split(content: str, names: Sequence[str], called: set[str]) -> Iterator[Token]:
    done = 0
    for found in _NAME_STARTS.finditer(content):
        rest = content[found.end() :]
        name = next((one for one in names if _begins(rest, one)), None)
        if name is None or (name not in called and len(called) >= MAX_NAMES):
            continue
        called.add(name)
        yield Token("text", "", 0, content=content[done : found.start()])
        yield Token("mark_open", "mark", 1)
        # As the person is called, whatever case it was typed in.
        yield Token("text", "", 0, content=f"@{name}")
        yield Token("mark_close", "mark", -1)
        done = found.end() + len(name)
    yield Token("text", "", 0, content=content[done:])


def _begins(text: str, name: str) -> bool:
    """Tell whether a text begins with a whole name."""
    follows = text[len(name) : len(name) + 1]
    return text[: len(name)].casefold() == name.casefold() and not (follows.isalnum() or follows == "_")
