"""The one way from what people write to HTML: caps, Markdown, sanitisers."""

import dataclasses
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from baukasten.content.links import link_bare_addresses, show_images_as_links
from baukasten.content.pointing import ENV, Pointing, follow_references, is_key, mark_names
from baukasten.content.sanitize import MAX_DEPTH, TOO_DEEP, TOO_LARGE, Policy, SafeHtml, clean, is_on_site
from baukasten.errors import N_, Invalid

MAX_CHARACTERS = 20_000
MAX_EDITORIAL_CHARACTERS = 60_000
# Three bytes hold a character of any living script; only a text made of rarities is larger.
BYTES_PER_CHARACTER = 3
MAX_TOKENS = 12_000
# Markdown reads a line once per quote around it, and a bracket's rest once per bracket that stays open.
MAX_REREADS = 20
# bleach looks for an element among all of its siblings, so that it gets a long text in slices.
SLICE_TOKENS = 400

_INLINE = frozenset({"p", "br", "strong", "em", "s", "a", "code"})
_BLOCKS = frozenset({"ul", "ol", "li", "blockquote", "pre", "hr"})
_TABLE = frozenset({"table", "thead", "tbody", "tr", "th", "td"})


@dataclass(frozen=True)
class Profile:
    """Who writes, and so what the text may contain: level of its headings, tables, links within the site."""

    name: str
    policy: Policy
    heading: int
    max_characters: int
    too_long: str
    tables: bool = False
    line_breaks: bool = True
    points: bool = False
    """Whether links may name a thing of the site by its key; where it leads is the caller's, not the writer's."""


CONTRIBUTION = Profile(
    name="contribution",
    policy=Policy(_INLINE | _BLOCKS | {"h3", "h4", "h5", "h6"}, attributes={"ol": frozenset({"start"})}),
    # The page owns h1 and h2: its title and the list of contributions.
    heading=3,
    max_characters=MAX_CHARACTERS,
    too_long=N_("This text is longer than 20,000 characters. Please shorten it or split it."),
)
EDITORIAL = Profile(
    name="editorial",
    policy=Policy(
        _INLINE | _BLOCKS | _TABLE | {"h2", "h3", "h4", "h5", "h6"},
        site_links=True,
        attributes={"ol": frozenset({"start"}), "th": frozenset({"scope"})},
    ),
    heading=2,
    max_characters=MAX_EDITORIAL_CHARACTERS,
    too_long=N_("This text is longer than 60,000 characters. Please shorten it or split it."),
    tables=True,
    line_breaks=False,
)

# Control characters (not tab, line feed, return), the two overrides that turn the direction of all that follows,
# what Unicode promises never to be a character, and halves of surrogate pairs, which no database takes.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_MARKERS = re.compile(r"(?:[ \t]|>|[-+*](?=[ \t]|$)|[0-9]{1,9}[.)](?=[ \t]|$))*")
_MARKER = re.compile(r">|[-+*]|[0-9]+[.)]")
_WITH_SCHEME = re.compile(r"(?:https?://|mailto:)[^\s\\]+", re.IGNORECASE)


def render(
    source: str, *, profile: Profile = CONTRIBUTION, field: str = "body", pointing: Pointing | None = None
) -> SafeHtml:
    """Turn Markdown into HTML that pages may print; with ``pointing`` it may name things and people of the site.

    Raises Invalid, under the name `field`, for text that is too long, nested too deeply or has too many parts;
    all of it is measured before the sanitisers see it, and length and nesting before Markdown does.
    """
    try:
        if pointing is not None:
            profile = _pointing(profile)
        writer = _writer(profile)
        tokens = _counted(writer.parse(_measured(source, profile), {ENV: pointing}))
        parts = (writer.renderer.render(part, writer.options, {}) for part in _slices(tokens))
        return SafeHtml("".join(clean(part, profile.policy) for part in parts))
    except Invalid as refusal:
        raise Invalid({field: refusal.message}, refusal.message) from refusal


def normalise(source: str) -> str:
    """Return the source as it should be stored: one kind of line end, no invisible characters that harm."""
    return _UNWANTED.sub("", source.replace("\r\n", "\n").replace("\r", "\n"))


def _measured(source: str, profile: Profile) -> str:
    """Return the normalised source if it keeps the caps of the profile."""
    too_many_bytes = profile.max_characters * BYTES_PER_CHARACTER
    if len(source) > profile.max_characters or len(source.encode("utf-8", "replace")) > too_many_bytes:
        raise Invalid(message=profile.too_long)
    text = normalise(source)
    if any(_too_deep(line) for line in text.split("\n")) or _bracket_depth(text) > MAX_REREADS:
        raise Invalid(message=TOO_DEEP)
    return text


def _too_deep(line: str) -> bool:
    """Say whether a line may stand too deep in quotes and lists: a marker or two columns make a level."""
    lead = _MARKERS.match(line)
    prefix = lead.group() if lead else ""
    markers = len(_MARKER.findall(prefix))
    columns = prefix.count(" ") + 4 * prefix.count("\t")
    return markers > MAX_REREADS or markers + (columns - markers) // 2 > MAX_DEPTH


def _bracket_depth(text: str) -> int:
    """Return how many square brackets stand open at once within a paragraph; backslashes do not count."""
    deepest = 0
    for paragraph in re.split(r"\n[ \t]*\n", text):
        depth = 0
        for bracket in re.findall(r"[\[\]]", paragraph):
            depth = depth + 1 if bracket == "[" else max(0, depth - 1)
            deepest = max(deepest, depth)
    return deepest


def _counted(tokens: list[Token]) -> list[Token]:
    """Return Markdown's tokens, refusing what is too much for the sanitisers."""
    count = depth = deepest = 0
    for token in _all(tokens):
        # A rule or a piece of code is one token but as much work as a paragraph's three.
        count += 3 if token.block and token.nesting == 0 else 1
        depth += token.nesting
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise Invalid(message=TOO_DEEP)
    if count > MAX_TOKENS:
        raise Invalid(message=TOO_LARGE)
    return tokens


def _slices(tokens: list[Token]) -> Iterator[list[Token]]:
    """Yield the tokens in slices of whole blocks; each slice is well-nested HTML of its own."""
    depth = start = 0
    for at, token in enumerate(tokens, 1):
        depth += token.nesting
        if depth == 0 and at - start >= SLICE_TOKENS:
            yield tokens[start:at]
            start = at
    yield tokens[start:]


def _all(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with those inside of paragraphs and headings in their places."""
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def _pointing(profile: Profile) -> Profile:
    """Return a profile whose texts may point; Markdown lets no path of the site through that a writer typed."""
    policy = profile.policy
    wider = dataclasses.replace(policy, tags=policy.tags | {"cite", "mark"}, site_links=True)
    return dataclasses.replace(profile, name=f"{profile.name}, pointing", policy=wider, points=True)


class _Writers(threading.local):
    """Each thread's own parsers, since one parser serves one text at a time."""

    def __init__(self) -> None:
        self.by_profile: dict[str, MarkdownIt] = {}


_writers = _Writers()


def _writer(profile: Profile) -> MarkdownIt:
    """Return this thread's Markdown parser for a profile."""
    if profile.name not in _writers.by_profile:
        _writers.by_profile[profile.name] = _build(profile)
    return _writers.by_profile[profile.name]


def _build(profile: Profile) -> MarkdownIt:
    """Return a parser without raw HTML; deeper nesting than the caps allow cannot reach its own limit."""
    options = {"html": False, "breaks": profile.line_breaks, "maxNesting": 4 * MAX_DEPTH}
    parser = MarkdownIt("commonmark", options).enable("strikethrough")
    if profile.tables:
        parser.enable("table")

    site_links = profile.policy.site_links and not profile.points

    def allowed(url: str) -> bool:
        on_site = (site_links and is_on_site(url)) or (profile.points and is_key(url))
        return on_site or _WITH_SCHEME.fullmatch(url) is not None

    def shift_headings(state: StateCore) -> None:
        for token in state.tokens:
            if token.type in {"heading_open", "heading_close"}:
                token.tag = f"h{min(6, int(token.tag[1:]) + profile.heading - 1)}"
            elif token.type == "th_open":
                token.attrSet("scope", "col")

    # A link that is not allowed stays what was written, so that nobody wonders where it went.
    parser.validateLink = allowed  # type: ignore[method-assign]
    parser.core.ruler.push("shift_headings", shift_headings)
    parser.core.ruler.push("images_as_links", show_images_as_links)
    parser.core.ruler.push("bare_addresses", link_bare_addresses)
    if profile.points:
        parser.core.ruler.push("references", follow_references)
        parser.core.ruler.push("names", mark_names)
    return parser
