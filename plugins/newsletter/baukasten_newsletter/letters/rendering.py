"""From an issue to what is sent: the mail as HTML and as text, with slots for the personal parts, and the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import delete, select
from sqlalchemy.sql.elements import ColumnElement

from baukasten.plugin import MediaRef, ModuleRef, lazy
from baukasten.sdk import (
    Letterhead,
    NotFound,
    Scope,
    clock,
    language_named,
    letterhead,
    media_by_id,
    module_by_id,
    previews_of,
    read_settings,
)
from baukasten_newsletter.keys import Slot
from baukasten_newsletter.letters import blocks, pieces, plaintext, sheet
from baukasten_newsletter.models import Edition, Issue, Rendering

_ = lazy("newsletter")
CONTACT = "site.contact"
ATTACHED_BYTES = 2 * 1024 * 1024
"""Of all files of an issue; more are linked only, since many mailboxes refuse large mails."""
UNSYNCED = {"synchronize_session": False}
# Keeps programs from filling the line behind the subject with the letter's beginning.
PADDING = "\u00a0\u200c" * 40


@dataclass(frozen=True, slots=True)
class Paper:
    """What all languages of an issue share: the town, the list, and what its blocks point to."""

    head: Letterhead
    module: ModuleRef
    address: str
    """Of the town hall, on one line."""
    sources: pieces.Sources
    papers: Sequence[MediaRef] = ()
    """Files that go with the issue."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An edition as it is sent."""

    language: str
    subject: str
    html: str
    text: str
    page_html: str


def render(session: Scope, issue: Issue, version: int) -> list[Rendering]:
    """Write what a version of an issue says in each of its languages, and give it; its own language first.

    What of this version is written already stays as it is once sending has begun. The personal parts are
    ``keys.Slot``: SALUTATION, WHY as text, PREFERENCES, LEAVE as addresses; whoever fills them escapes for HTML.
    """
    known = written(session, issue.id, version)
    if known and issue.started_at is not None:
        return known
    session.execute(delete(Rendering).where(_of(issue.id, version)), execution_options=UNSYNCED)
    editions = editions_of(session, issue.id)
    paper = paper_for(session, issue, editions)
    moment = clock.now()
    for edition in editions:
        letter = compose(edition, paper)
        session.add(
            Rendering(
                issue_id=issue.id, version=version, language=letter.language, subject=letter.subject,
                html=letter.html, text=letter.text, page_html=letter.page_html, at=moment,
            )
        )  # fmt: skip
    session.flush()
    return written(session, issue.id, version)


def written(session: Scope, issue_id: int, version: int) -> list[Rendering]:
    """Give what was written of a version."""
    return [*session.scalars(select(Rendering).where(_of(issue_id, version)).order_by(Rendering.id))]


def editions_of(session: Scope, issue_id: int) -> list[Edition]:
    """Give the editions of an issue, the one that was begun first in front."""
    return [*session.scalars(select(Edition).where(Edition.issue_id == issue_id).order_by(Edition.id))]


def module_of(session: Scope, issue: Issue) -> ModuleRef:
    """Give the list of an issue; raises NotFound for digests, which have none."""
    module = None if issue.module_id is None else module_by_id(session, issue.module_id)
    if module is None:
        raise NotFound
    return module


def attached(papers: Sequence[MediaRef]) -> Sequence[MediaRef]:
    """Give those files of an issue that travel inside the mail: all, or none where they are too large together.

    Either way the letter names them with a link.
    """
    return papers if sum(one.bytes for one in papers) <= ATTACHED_BYTES else ()


def papers_of(session: Scope, issue: Issue) -> list[MediaRef]:
    """Give the files of an issue in their order."""
    known = media_by_id(session, issue.papers)
    return [known[one] for one in issue.papers if one in known]


def paper_for(session: Scope, issue: Issue, editions: Iterable[Edition]) -> Paper:
    """Read what the letters of an issue need; the same number of statements whatever stands in them."""
    module = module_of(session, issue)
    all_blocks = [block for edition in editions for block in blocks.read(edition.blocks)]
    shown = {block.media for block in all_blocks if block.media}
    media = media_by_id(session, shown | {*issue.papers})
    sources = pieces.Sources(media, previews_of(session, pieces.paths_of(all_blocks)))
    papers = [media[one] for one in issue.papers if one in media]
    contact = read_settings(session, CONTACT)
    address = ", ".join(line.strip() for line in (contact.get("address") or "").splitlines() if line.strip())
    return Paper(letterhead(session), module, blocks.words(address), sources, papers)


def compose(edition: Edition, paper: Paper, *, dark: bool = False) -> Letter:
    """Make one letter without storing it; ``dark`` as dark screens show it."""
    parts = blocks.read(edition.blocks)
    with paper.head.speaking(edition.language):
        mail = pieces.Place(paper.head, edition.language, paper.sources, is_mail=True)
        inner = Markup("\n").join(
            one for one in (pieces.body(parts, mail), pieces.files(paper.papers, mail)) if one
        )
        page = pieces.body(parts, pieces.Place(paper.head, edition.language, paper.sources, is_mail=False))
        html = sheet.with_styles(_document(edition, paper, inner), paper.head, dark=dark)
        text = _text(edition, paper, inner)
    return Letter(edition.language, blocks.words(edition.subject), html, text, str(page))


def _document(edition: Edition, paper: Paper, inner: Markup) -> str:
    spoken = language_named(edition.language)
    hidden = Markup('<div class="hidden" aria-hidden="true">{}{}</div>')
    before = hidden.format(blocks.words(edition.preheader), PADDING) if edition.preheader else Markup("")
    return DOCUMENT.format(
        lang=spoken.lang,
        dir=spoken.dir,
        title=blocks.words(edition.subject),
        hidden=before,
        top=_top(paper),
        greeting=Slot.SALUTATION.value,
        inner=inner,
        foot=_foot(edition.language, paper),
    )


def _top(paper: Paper) -> Markup:
    crest = paper.head.crest
    cell = Markup('<td class="crest-cell"><img class="crest" src="{}" width="44" height="52" alt=""></td>')
    return Markup('<table role="presentation"><tr>{}<td><h1>{}</h1><p>{}</p></td></tr></table>').format(
        cell.format(crest) if crest else "",
        blocks.words(paper.module.title),
        blocks.words(paper.head.town.name),
    )


def _foot(language: str, paper: Paper) -> Markup:
    link = Markup('<a href="{}">{}</a>')
    ways = [
        link.format(Slot.PREFERENCES.value, str(_("Change what I get"))),
        link.format(Slot.LEAVE.value, str(_("Unsubscribe with one click"))),
        link.format(paper.head.url(paper.module.path, language), str(_("All issues on our page"))),
    ]
    town = [blocks.words(paper.head.town.name), paper.address]
    imprint = link.format(paper.head.url("/impressum", language), str(_("Imprint")))
    return Markup("<p>{}</p><p>{}</p><p>{} · {}</p>").format(
        Slot.WHY.value, Markup(" · ").join(ways), ", ".join(one for one in town if one), imprint
    )


def _text(edition: Edition, paper: Paper, inner: Markup) -> str:
    town = ", ".join(one for one in (blocks.words(paper.head.town.name), paper.address) if one)
    name = f"{blocks.words(paper.module.title)} · {blocks.words(paper.head.town.name)}"
    foot = [
        Slot.WHY.value,
        "{}\n{}".format(str(_("Change what I get:")), Slot.PREFERENCES.value),
        "{}\n{}".format(str(_("Unsubscribe with one click:")), Slot.LEAVE.value),
        plaintext.paragraph(town),
        "{}\n{}".format(str(_("Imprint:")), paper.head.url("/impressum", edition.language)),
    ]
    # The line "-- " is where programs begin what answers need not quote (RFC 3676, 4.3).
    parts = [
        plaintext.title(name),
        Slot.SALUTATION.value,
        plaintext.text_of(inner),
        "-- \n" + "\n\n".join(foot),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _of(issue_id: int, version: int) -> ColumnElement[bool]:
    return (Rendering.issue_id == issue_id) & (Rendering.version == version)


DOCUMENT = Markup(
    '<!doctype html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    "<title>{title}</title><style></style></head>"
    '<body class="paper">{hidden}<table role="presentation" class="paper" width="100%"><tr>'
    '<td class="outer" align="center"><table role="presentation" class="sheet" width="600">'
    '<tr><td class="top">{top}</td></tr><tr><td class="main"><p>{greeting}</p>{inner}</td></tr>'
    '<tr><td class="foot">{foot}</td></tr></table></td></tr></table></body></html>'
)
