"""What the editor's page shows: blocks with their fields, findings beside them, and what there is to choose from."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from baukasten.plugin import LazyText, MediaRef, lazy
from baukasten.sdk import Scope, language_named, list_projects, search
from baukasten_newsletter.keys import IssueState
from baukasten_newsletter.letters import form, linting, rendering, service
from baukasten_newsletter.letters.blocks import FIELDS, MAX_WORDS, Block, Kind
from baukasten_newsletter.letters.blocks import read as read_blocks
from baukasten_newsletter.letters.linting import Finding
from baukasten_newsletter.models import Edition, Issue

_ = lazy("newsletter")
MAX_HITS, MAX_SEARCHES = 5, 2
LABELS: Mapping[Kind, tuple[LazyText, str]] = {
    Kind.TEXT: (_("Text"), "pen"),
    Kind.HEADING: (_("Heading"), "bold"),
    Kind.IMAGE: (_("Picture"), "image"),
    Kind.PROJECTS: (_("Consultations"), "forum"),
    Kind.TEASER: (_("Page of this site"), "link"),
    Kind.DATE: (_("Date"), "calendar"),
    Kind.RESULT: (_("This is what became of it"), "check"),
    Kind.BUTTON: (_("Button"), "forward"),
    Kind.DIVIDER: (_("Line"), "menu"),
}
"""In the order in which they are offered."""
STATES: Mapping[IssueState, tuple[LazyText, str, str]] = {
    IssueState.DRAFT: (_("draft"), "", "pen"),
    IssueState.AWAITING_RELEASE: (_("waits for release"), "warn", "clock"),
    IssueState.SCHEDULED: (_("scheduled"), "info", "calendar"),
    IssueState.SENDING: (_("is being sent"), "live", "send"),
    IssueState.PAUSED: (_("paused"), "warn", "clock"),
    IssueState.SENT: (_("sent"), "ok", "check"),
    IssueState.CANCELLED: (_("called off"), "bad", "no"),
}
"""Words, colour and icon of a state."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A block on the page."""

    at: int
    kind: Kind
    label: str
    icon: str
    block: Block
    findings: Sequence[Finding]
    media: MediaRef | None = None
    title: str = ""
    """Of the page that it points to."""
    hits: Sequence[Any] = ()
    """Pages found for the words that stand in place of an address."""

    def name(self, key: str) -> str:
        """Give the name of a field."""
        return form.field_name(self.at, key)

    def has(self, key: str) -> bool:
        """Tell whether the block has such a field."""
        return key in FIELDS[self.kind]

    def wrong(self, key: str) -> Finding | None:
        """Give what the check says about a field, the worst first."""
        return next((one for one in self.findings if one.field == key), None)


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language of an issue."""

    code: str
    label: str
    lang: str
    dir: str = "ltr"
    there: bool = True
    current: bool = False


@dataclass(frozen=True, slots=True)
class Editor:
    """All that the page shows."""

    issue: Issue
    edition: Edition
    tongues: Sequence[Tongue]
    missing: Sequence[Tongue]
    blocks: Sequence[Shown]
    findings: Sequence[Finding]
    papers: Sequence[MediaRef]
    projects: Sequence[Any] = ()
    topics: Sequence[service.TopicChoice] = ()
    """What it may be for."""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> list[Finding]:
        """What keeps the letter from being sent."""
        return linting.errors(self.findings)

    @property
    def may_change(self) -> bool:
        """Whether the issue is open for changes."""
        return self.issue.state in service.OPEN

    @property
    def may_choose(self) -> bool:
        """Whether it can still be said who gets it."""
        return self.may_change and self.issue.started_at is None

    def of_edition(self, key: str) -> Finding | None:
        """Give what the check says about a field of this edition."""
        mine = (one for one in self.findings if one.language == self.edition.language and one.block is None)
        return next((one for one in mine if one.field == key), None)


def editor(
    session: Scope,
    issue: Issue,
    language: str,
    typed: service.Words | None = None,
    chosen: Collection[int] | None = None,
) -> Editor | None:
    """Gather the page of an edition, with what somebody typed in place of what is stored; nothing without it."""
    editions = rendering.editions_of(session, issue.id)
    edition = next((one for one in editions if one.language == language or not language), None)
    if edition is None:
        return None
    paper = rendering.paper_for(session, issue, editions)
    findings = linting.check_with(session, editions, paper)
    parts = [*typed.blocks] if typed is not None else read_blocks(edition.blocks)
    if typed is not None:
        findings = [one for one in findings if one.language != edition.language]
    mine = [one for one in findings if one.language == edition.language]
    here = {edition.language for edition in editions}
    return Editor(
        issue=issue,
        edition=edition,
        tongues=[_tongue(one.language, current=one is edition) for one in editions],
        missing=[_tongue(code) for code in service.languages(session) if code not in here],
        blocks=[*_blocks(session, parts, mine, paper)],
        findings=findings,
        papers=paper.papers,
        projects=[one for one in list_projects(session) if one.public],
        topics=[
            one if chosen is None else replace(one, chosen=one.id in chosen)
            for one in service.topics_of(session, issue)
        ],
    )


def _blocks(
    session: Scope, parts: Sequence[Block], findings: Iterable[Finding], paper: rendering.Paper
) -> Iterable[Shown]:
    searches = 0
    told = [*findings]
    for at, block in enumerate(parts):
        label, icon = LABELS[block.kind]
        preview = paper.sources.previews.get(block.path)
        hits: Sequence[Any] = ()
        if block.kind in (Kind.TEASER, Kind.RESULT) and _is_words(block.path) and searches < MAX_SEARCHES:
            searches += 1
            hits = _found(session, block.path)
        yield Shown(
            at, block.kind, str(label), icon, block, [one for one in told if one.block == at],
            paper.sources.media.get(block.media), preview.title if preview is not None else "", hits,
        )  # fmt: skip


def _found(session: Scope, words: str) -> list[Any]:
    """Give pages that words find, each title once: the replies of a topic have that of the topic."""
    found: dict[str, Any] = {}
    for hit in search(session, words).items:
        found.setdefault(hit.title, hit)
    return [*found.values()][:MAX_HITS]


def _is_words(path: str) -> bool:
    return bool(path) and not path.startswith(("/", "http:", "https:")) and len(path) <= MAX_WORDS


def _tongue(code: str, *, current: bool = False) -> Tongue:
    spoken = language_named(code)
    return Tongue(code, spoken.label, spoken.lang, spoken.dir, current=current)
