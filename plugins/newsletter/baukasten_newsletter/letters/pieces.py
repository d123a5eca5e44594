"""Blocks as HTML: one way for mails and pages, which differ in their addresses and their buttons."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from baukasten.plugin import MediaRef, lazy
from baukasten.sdk import (
    EDITORIAL,
    Invalid,
    Letterhead,
    Preview,
    clock,
    days_between,
    dngettext,
    end_text,
    render_markdown,
    translator,
)
from baukasten_newsletter.letters import sheet
from baukasten_newsletter.letters.blocks import MARKS, Block, Kind, bare, is_address, moment_of

_ = lazy("newsletter")
REL = re.compile(r' rel="[^"]*"')
SECTION = re.compile("<h2>")
ON_SITE = re.compile(r'(<a href=")(/[^"]*)"')
PICTURE_WIDTH = sheet.WIDTH - 48
MAIL_BUTTON = Markup(
    '<table role="presentation" class="nl-button"><tr><td><a href="{}">{}</a></td></tr></table>'
)
PAGE_BUTTON = Markup('<p><a class="btn" href="{}">{}</a></p>')
RESULT = Markup(
    '<div class="nl-teaser"><p class="nl-note">{1}</p><h{0}><a href="{2}">{3}</a></h{0}><p>{4}</p></div>'
)
MEGABYTE = 1_000_000
SOON_DAYS = 60
"""A deadline that is further away is told as a day, not as a number of days."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What blocks point to, read once for all languages of an issue."""

    media: Mapping[int, MediaRef]
    previews: Mapping[str, Preview]


@dataclass(frozen=True, slots=True)
class Place:
    """Where blocks are shown."""

    head: Letterhead
    language: str
    sources: Sources
    is_mail: bool
    level: int = 2
    """Of the headings of what points somewhere."""

    def url(self, path: str) -> str:
        """Give the address that a path of the site has here: whole in mails, without host on pages."""
        if not path.startswith("/"):
            return path
        whole = self.head.url(path, "" if path.startswith(("/medien/", "/static/")) else self.language)
        return whole if self.is_mail else whole.removeprefix(self.head.origin)


def paths_of(blocks: Iterable[Block]) -> set[str]:
    """Name the pages of this site whose titles have to be looked up."""
    found = {block.path for block in blocks if block.kind in (Kind.TEASER, Kind.RESULT) and block.path}
    return found | {project_path(slug) for block in blocks for slug in block.slugs}


def project_path(slug: str) -> str:
    """Give the path of a consultation."""
    return f"/beteiligung/{slug}/"


def body(blocks: Iterable[Block], place: Place) -> Markup:
    """Give the blocks as HTML, one after the other; what cannot be shown is left out, and the check says so."""
    found = []
    for block in blocks:
        piece = PIECES[block.kind](block, place)
        found += [piece] if piece else []
        # What points somewhere stands below the part that it belongs to, so that no level is left out (WCAG 1.3.1).
        if block.kind in (Kind.TEXT, Kind.HEADING) and SECTION.search(piece):
            place = replace(place, level=3)
    return Markup("\n").join(found)


def _text(block: Block, place: Place) -> Markup:
    try:
        # Also afterwards, for Markdown knows signs by their numbers.
        html = str(render_markdown(bare(block.text), profile=EDITORIAL)).translate(MARKS)
    except Invalid:
        return Markup("")
    return Markup(ON_SITE.sub(lambda found: f'{found[1]}{place.url(found[2])}"', REL.sub("", html)))  # noqa: S704 - cleaned


def _heading(block: Block, _place: Place) -> Markup:
    return Markup("<h{0}>{1}</h{0}>").format(block.level, block.text) if block.text else Markup("")


def _image(block: Block, place: Place) -> Markup:
    found = place.sources.media.get(block.media)
    if found is None or not found.width or not found.height:
        return Markup("")
    width = min(PICTURE_WIDTH, found.width)
    alt = "" if block.decoration else block.alt
    image = Markup('<img class="nl-picture" src="{}" width="{}" height="{}" alt="{}">').format(
        place.url(found.url), width, round(found.height * width / found.width), alt
    )
    if block.path and is_address(block.path) and alt:
        image = Markup('<a href="{}">{}</a>').format(place.url(block.path), image)
    return Markup('<p class="nl-figure">{}</p>').format(image)


def _button(block: Block, place: Place) -> Markup:
    if not block.text or not is_address(block.path):
        return Markup("")
    return button(block.text, place.url(block.path), place)


def button(words: str, url: str, place: Place) -> Markup:
    """Give a button; mail programs colour only what stands in the cell of a table."""
    return (MAIL_BUTTON if place.is_mail else PAGE_BUTTON).format(url, words)


def _projects(block: Block, place: Place) -> Markup:
    found = (place.sources.previews.get(project_path(slug)) for slug in block.slugs)
    return Markup("\n").join(_teased(one, "", place) for one in found if one is not None)


def _teaser(block: Block, place: Place) -> Markup:
    found = place.sources.previews.get(block.path)
    return Markup("") if found is None else _teased(found, block.text, place)


def _teased(preview: Preview, words: str, place: Place) -> Markup:
    url, summary = place.url(preview.path), words or bare(preview.summary)
    title = Markup('<h{0}><a href="{1}">{2}</a></h{0}>').format(place.level, url, bare(preview.title))
    told = Markup("<p>{}</p>").format(summary) if summary else Markup("")
    until = Markup('<p class="nl-note">{}</p>').format(left(preview)) if preview.until else Markup("")
    act = str(_("Take part: %(title)s")) if preview.until else str(_("Read on: %(title)s"))
    link = button(act % {"title": bare(preview.title)}, url, place)
    return Markup('<div class="nl-teaser">{}{}{}{}</div>').format(title, told, until, link)


def left(preview: Preview) -> str:
    """Write how long people can take part, by the day on which the letter is made."""
    if preview.until is None:
        return ""
    until = str(_("Open until %(day)s")) % {"day": end_text(preview.until)}
    days = days_between(preview.until, clock.now(), translator().formats.zone)
    if not 0 < days <= SOON_DAYS:
        return until
    still = dngettext("newsletter", "%(num)s day left", "%(num)s days left", days)
    return f"{until} ({still})"


def _date(block: Block, place: Place) -> Markup:
    moment = moment_of(block.at)
    if moment is None or not block.text:
        return Markup("")
    when = translator().datetime(moment.replace(tzinfo=translator().formats.zone))
    where = Markup("<br>{}").format(block.place) if block.place else Markup("")
    title = Markup("{}").format(block.text)
    if is_address(block.path):
        title = Markup('<a href="{}">{}</a>').format(place.url(block.path), block.text)
    form = Markup('<div class="nl-teaser"><h{0}>{1}</h{0}><p>{2}{3}</p></div>')
    return form.format(place.level, title, when, where)


def _result(block: Block, place: Place) -> Markup:
    found = place.sources.previews.get(block.path)
    told = block.text or (bare(found.result) if found is not None else "")
    if found is None or not told:
        return Markup("")
    url, title = place.url(found.path), bare(found.title)
    return RESULT.format(place.level, str(_("This is what became of it")), url, title, told)


def files(papers: Sequence[MediaRef], place: Place) -> Markup:
    """Give the list of files that go with a letter, each with its size."""
    if not papers:
        return Markup("")
    row = Markup('<li><a href="{}">{}</a> ({})</li>')
    rows = Markup("").join(
        row.format(place.url(one.url), bare(one.name), size_text(one.bytes)) for one in papers
    )
    return Markup("<h2>{}</h2><ul>{}</ul>").format(str(_("Attachments")), rows)


def size_text(size: int) -> str:
    """Write a size in bytes as people read it."""
    if size < MEGABYTE:
        return f"{translator().number(max(1, round(size / 1000)))} kB"
    return f"{translator().number(round(size / MEGABYTE, 1))} MB"


def _divider(_block: Block, _place: Place) -> Markup:
    return Markup("<hr>")


PIECES: Mapping[Kind, Callable[[Block, Place], Markup]] = {
    Kind.TEXT: _text,
    Kind.HEADING: _heading,
    Kind.IMAGE: _image,
    Kind.BUTTON: _button,
    Kind.PROJECTS: _projects,
    Kind.TEASER: _teaser,
    Kind.DATE: _date,
    Kind.RESULT: _result,
    Kind.DIVIDER: _divider,
}
