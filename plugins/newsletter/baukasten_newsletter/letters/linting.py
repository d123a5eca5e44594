"""The check before sending: what keeps a letter from being read by everybody, block by block."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from baukasten.plugin import MediaRef, lazy
from baukasten.sdk import EDITORIAL, Invalid, Scope, dngettext, previews_of, render_markdown
from baukasten_newsletter.letters import blocks, pieces, rendering
from baukasten_newsletter.letters.blocks import Block, Kind
from baukasten_newsletter.letters.rendering import Paper
from baukasten_newsletter.models import Edition, Issue

_ = lazy("newsletter")

LONG_SUBJECT = 60
"""Characters; phones show about forty, programs on screens about seventy."""
CLIPPED, NEARLY_CLIPPED = 102_000, 90_000
"""Bytes of HTML from which Gmail cuts a mail off, and from which it is close, as people measured."""
LINKED_ABOVE = rendering.ATTACHED_BYTES
LARGEST_PAPERS = 20 * 1024 * 1024
NOWHERE = frozenset({
    "hier", "hier klicken", "klicken sie hier", "klick hier", "mehr", "link", "weiter", "weiterlesen", "mehr lesen",
    "here", "click here", "more", "read more", "this link", "dieser link", "diesem link", "da", "dort",
})  # fmt: skip
"""Words that tell nothing to those who jump from link to link (WCAG 2.4.4)."""
LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
HEADING = re.compile(r"<h([1-6])>")
TAG = re.compile(r"<[^>]*>")
BARE = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
PAGES = frozenset({
    "/", "/beteiligung/", "/regeln", "/impressum", "/datenschutz", "/barrierefreiheit", "/transparenz", "/suche/",
})  # fmt: skip
UNCHECKED = ("/medien/", "/static/", "/konto/", "/newsletter/", "/meldung/", "/profil/")
"""The platform's own pages: always there, or another one for each reader."""
POINTING = frozenset({Kind.PROJECTS, Kind.TEASER, Kind.DATE, Kind.RESULT})
PARENT = re.compile(r"/beteiligung/[^/]+/[^/]+/|/(?!beteiligung/)[^/]+/")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the check found."""

    text: str
    blocks: bool
    """Whether the letter cannot be sent like this."""
    language: str = ""
    """Of the edition; empty for what concerns all."""
    block: int | None = None
    """Number of the block, from 0."""
    field: str = ""
    """Of the block or the edition, where the cursor should go."""


def check(session: Scope, issue: Issue) -> list[Finding]:
    """Check all languages of an issue; errors first. A fixed number of statements, and never an exception."""
    editions = rendering.editions_of(session, issue.id)
    paper = rendering.paper_for(session, issue, editions)
    return check_with(session, editions, paper)


def check_with(session: Scope, editions: Sequence[Edition], paper: Paper) -> list[Finding]:
    """Check as ``check`` does, with what somebody read already."""
    links = {edition.language: _links(edition, paper) for edition in editions}
    paths = {target for found in links.values() for _at, _words, url in found if (target := _own(url, paper))}
    known = previews_of(session, paths | {parent for path in paths for parent in _parents(path)})
    lost = {path: _parents(path) & known.keys() for path in paths if path not in known and _is_checked(path)}
    found = [*_colours(paper), *_papers(paper.papers)]
    for edition in editions:
        found += _edition(edition, editions, paper, [*_link_words(links[edition.language], lost, paper)])
    return sorted(found, key=lambda one: not one.blocks)


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Give those findings that keep a letter from being sent."""
    return [one for one in findings if one.blocks]


def _edition(
    edition: Edition, editions: Sequence[Edition], paper: Paper, about_links: Iterable[tuple[int, str, bool]]
) -> Iterator[Finding]:
    language = edition.language
    parts = blocks.read(edition.blocks)
    if not edition.subject:
        yield Finding(str(_("The subject is missing.")), blocks=True, language=language, field="subject")
    elif len(edition.subject) > LONG_SUBJECT:
        text = str(_("The subject is longer than 60 characters; phones will cut it off."))
        yield Finding(text, blocks=False, language=language, field="subject")
    if not any(_says_something(block, paper) for block in parts):
        first = edition is editions[0]
        words = _("The letter is still empty.") if first else _("This language was begun but is still empty.")
        yield Finding(str(words), blocks=True, language=language)
    elif edition is not editions[0] and _same(edition, editions[0]):
        yield Finding(
            str(_("This language still has the words of the first one.")), blocks=True, language=language
        )
    for at, block in enumerate(parts):
        for text, blocking, field in _block(block, paper):
            yield Finding(text, blocks=blocking, language=language, block=at, field=field)
    yield from _headings(parts, language)
    for at, text, blocking in about_links:
        yield Finding(text, blocks=blocking, language=language, block=at, field="path")
    yield from _size(edition, paper)


def _same(edition: Edition, first: Edition) -> bool:
    return edition.subject == first.subject and edition.blocks == first.blocks


def _says_something(block: Block, paper: Paper) -> bool:
    return block.kind is not Kind.DIVIDER and bool(_piece(block, paper))


def _piece(block: Block, paper: Paper) -> str:
    place = pieces.Place(paper.head, paper.head.town.language, paper.sources, is_mail=False)
    return str(pieces.body([block], place))


def _block(block: Block, paper: Paper) -> Iterator[tuple[str, bool, str]]:
    """Give what is wrong with one block alone: words, whether it blocks, and the field."""
    if block.kind is Kind.TEXT:
        yield from _text(block)
    elif block.kind is Kind.IMAGE:
        yield from _image(block, paper.sources.media.get(block.media))
    elif block.kind in (Kind.HEADING, Kind.BUTTON, Kind.DATE) and not block.text:
        yield str(_("The words are missing.")), True, "text"
    if block.kind is Kind.BUTTON and not block.path:
        yield str(_("The button leads nowhere yet.")), True, "path"
    if block.kind is Kind.DATE and not block.at:
        yield str(_("Day and time are missing.")), True, "at"
    if (
        block.kind in (Kind.BUTTON, Kind.DATE, Kind.IMAGE)
        and block.path
        and not blocks.is_address(block.path)
    ):
        yield (
            str(_("This is no address: it begins with https:// or, on this site, with a slash.")),
            True,
            "path",
        )
    if block.kind in (Kind.TEASER, Kind.RESULT) and block.path not in paper.sources.previews:
        yield str(_("There is no public page at this address of the site.")), True, "path"
    if block.kind is Kind.RESULT and block.path in paper.sources.previews and not _piece(block, paper):
        yield str(_("Say in a sentence what came of it.")), True, "text"
    if block.kind is Kind.PROJECTS and not _piece(block, paper):
        yield str(_("No consultation is chosen.")), True, "slugs"


def _text(block: Block) -> Iterator[tuple[str, bool, str]]:
    if not block.text.strip():
        yield str(_("This text is empty and will not be seen.")), False, "text"
    try:
        render_markdown(block.text, profile=EDITORIAL)
    except Invalid as refused:
        yield str(refused.message), True, "text"


def _image(block: Block, media: MediaRef | None) -> Iterator[tuple[str, bool, str]]:
    if media is None:
        yield str(_("The picture is missing.")), True, "file"
    if not block.decoration and not block.alt:
        yield str(_("Say what the picture shows, or tick that it is decoration.")), True, "alt"
    elif not block.decoration and media is not None and block.alt.casefold() == media.name.casefold():
        yield str(_("The name of a file does not say what the picture shows.")), True, "alt"


def _headings(parts: Sequence[Block], language: str) -> Iterator[Finding]:
    """Find levels that are left out: people who listen jump from heading to heading (WCAG 1.3.1)."""
    last, below = 1, 2
    for at, block in enumerate(parts):
        for level in _levels(block, below):
            if level > last + 1:
                text = str(_("A heading leaves a level out: after level %(before)s comes level %(after)s."))
                text %= {"before": last, "after": level}
                yield Finding(text, blocks=True, language=language, block=at, field="level")
            last = level
        if block.kind in (Kind.TEXT, Kind.HEADING) and 2 in _levels(block, below):
            below = 3


def _levels(block: Block, below: int) -> list[int]:
    """Give the levels of a block's headings; ``below`` is that of blocks which point somewhere."""
    if block.kind is Kind.HEADING:
        return [block.level]
    if block.kind in POINTING:
        return [below]
    if block.kind is not Kind.TEXT:
        return []
    try:
        return [int(level) for level in HEADING.findall(render_markdown(block.text, profile=EDITORIAL))]
    except Invalid:
        return []


def _links(edition: Edition, paper: Paper) -> list[tuple[int, str, str]]:
    """Give the links that somebody wrote: number of the block, words, address."""
    found = []
    for at, block in enumerate(blocks.read(edition.blocks)):
        if block.kind is Kind.TEXT:
            found += [
                (at, TAG.sub("", words).strip(), url) for url, words in LINK.findall(_piece(block, paper))
            ]
        elif block.kind in (Kind.BUTTON, Kind.DATE, Kind.IMAGE) and blocks.is_address(block.path):
            found.append((at, block.alt if block.kind is Kind.IMAGE else block.text, block.path))
    return found


def _link_words(
    links: Sequence[tuple[int, str, str]], lost: Mapping[str, Collection[str]], paper: Paper
) -> Iterator[tuple[int, str, bool]]:
    for at, words, url in links:
        if words.casefold().strip(" .!?:…»>") in NOWHERE:
            text = str(_("“%(words)s” does not say where the link leads."))
            yield at, text % {"words": words}, False
        elif BARE.fullmatch(words):
            yield at, str(_("A bare address is read out letter by letter. Give the link words.")), False
        own = _own(url, paper)
        if own in lost and not lost[own]:
            yield at, str(_("There is no public page at %(path)s.")) % {"path": own}, True
        elif own in lost:
            yield (
                at,
                str(_("Please open %(path)s yourself: this page cannot be checked.")) % {"path": own},
                False,
            )
        if url.startswith("#"):
            yield at, str(_("A link within the letter works in few mail programs.")), False


def _is_checked(path: str) -> bool:
    return path not in PAGES and not path.startswith(UNCHECKED)


def _parents(path: str) -> set[str]:
    """Name the module below which a path lies: on the site, or in a project."""
    found = PARENT.match(path)
    return set() if found is None or found[0] == path else {found[0]}


def _own(url: str, paper: Paper) -> str:
    """Give the path of a link into this site without language, question and anchor; empty for all others."""
    path = url.removeprefix(paper.head.origin) if url.startswith(f"{paper.head.origin}/") else url
    if not path.startswith("/"):
        return ""
    path = path.partition("#")[0].partition("?")[0]
    first, _slash, rest = path[1:].partition("/")
    return f"/{rest}" if first in paper.head.town.languages else path


def _size(edition: Edition, paper: Paper) -> Iterator[Finding]:
    size = len(rendering.compose(edition, paper).html.encode())
    kilobytes = round(size / 1000)
    if size > CLIPPED:
        text = dngettext(
            "newsletter",
            "The letter has %(num)s kB; Gmail cuts off what is longer than 102 kB.",
            "The letter has %(num)s kB; Gmail cuts off what is longer than 102 kB.",
            kilobytes,
        )
        yield Finding(text, blocks=True, language=edition.language)
    elif size > NEARLY_CLIPPED:
        text = str(_("The letter is nearly as long as Gmail shows without cutting it off (102 kB)."))
        yield Finding(text, blocks=False, language=edition.language)


def _colours(paper: Paper) -> Iterator[Finding]:
    if paper.head.problems:
        yield Finding(
            str(_("The colours of the site's look have too little contrast to be read.")), blocks=True
        )


def _papers(papers: Iterable[MediaRef]) -> Iterator[Finding]:
    total = sum(paper.bytes for paper in papers)
    if total > LARGEST_PAPERS:
        yield Finding(str(_("The attachments together are larger than 20 MB.")), blocks=True, field="papers")
    elif total > LINKED_ABOVE:
        text = str(_("The attachments together are larger than 2 MB; the letter links to them instead."))
        yield Finding(text, blocks=False, field="papers")
