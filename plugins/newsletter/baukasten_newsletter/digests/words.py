"""What a digest says: the items as everybody may read them at this moment, by project, in the reader's language."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from baukasten.plugin import DigestItem, DigestKind, lazy
from baukasten.sdk import Letterhead, Scope, dgettext, dngettext, find_digest_items, letterhead, read_settings
from baukasten_newsletter.digests import issues, sheet
from baukasten_newsletter.digests.reading import readings
from baukasten_newsletter.keys import IssueKind
from baukasten_newsletter.letters import blocks
from baukasten_newsletter.models import Issue
from baukasten_newsletter.sending import composing
from baukasten_newsletter.sending.composing import Recipient, Words

_ = lazy("newsletter")
MOST_LINES = 25
"""Lines of one mail; a longer one says how many more there are."""
KINDS: Mapping[DigestKind, str] = {
    DigestKind.NEW: _("New"),
    DigestKind.REPLY: _("Reply for you"),
    DigestKind.ANSWER: _("The town has answered"),
    DigestKind.CLOSING: _("Ends soon"),
    DigestKind.COMING: _("Coming up"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a digest."""

    note: str
    title: str
    url: str
    summary: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a digest tells about one project, or about the town itself."""

    title: str
    url: str
    lines: Sequence[Line]


class Told:
    """The words of one day's digests; whoever is told the same gets the same words."""

    def __init__(self, session: Scope, issue: Issue) -> None:
        """Read what all mails share."""
        self._issue_id = issue.id
        self._head = letterhead(session)
        self._address = sheet.address_of(read_settings(session, sheet.CONTACT))
        self._known: dict[tuple[str, tuple[DigestItem, ...]], Words] = {}

    def words(self, session: Scope, recipients: Sequence[Recipient]) -> Mapping[int, Words]:
        """Give the words by number of the delivery; nobody is told what left view or was left since then.

        The number of statements grows with languages alone.
        """
        told = readings(session, self._issue_id, [one.subscriber_id for one in recipients])
        found: dict[int, Words] = {}
        for language, readers in _by_language(one for one in recipients if one.subscriber_id in told).items():
            wanted = {key for one in readers for key in told[one.subscriber_id].keys}
            with self._head.speaking(language):
                known = {**find_digest_items(session, wanted), **issues.find(session, wanted)}
                for one in readers:
                    items = told[one.subscriber_id].items(known)
                    if items:
                        found[one.delivery_id] = self._words(language, items)
        return found

    def _words(self, language: str, items: tuple[DigestItem, ...]) -> Words:
        said = self._known.get((language, items))
        if said is None:
            said = self._known[language, items] = write(self._head, language, items, self._address)
        return said


composing.SOURCES[IssueKind.DIGEST] = Told


def write(head: Letterhead, language: str, items: Sequence[DigestItem], address: str = "") -> Words:
    """Write the mail of these items, in the language that is spoken."""
    found, more = sections(head, language, items)
    subject = _subject(head.town.name, [line for one in found for line in one.lines], more)
    return Words(
        language,
        subject,
        sheet.html(head, language, subject, body(found, more), address),
        sheet.plain(head, language, body(found, more), address),
    )


def sections(head: Letterhead, language: str, items: Iterable[DigestItem]) -> tuple[list[Section], int]:
    """Sort items by project, those about the same thing in one line, and give how many lines had no place."""
    folded: dict[tuple[object, ...], list[DigestItem]] = defaultdict(list)
    for item in items:
        project = None if item.project is None else item.project.id
        folded[project, item.kind, item.about or item.key].append(item)
    shown = list(folded.values())[:MOST_LINES]
    lines: dict[int, list[Line]] = defaultdict(list)
    projects = {one[0].project.id: one[0].project for one in shown if one[0].project is not None}
    for group in shown:
        first = group[0].project
        lines[0 if first is None else first.id].append(_line(head, language, group))
    found = [
        Section(
            blocks.words(project.title),
            head.url(f"/beteiligung/{project.slug}/", language),
            lines[project.id],
        )
        for project in projects.values()
    ]
    if 0 in lines:
        found.append(Section(blocks.words(head.town.name), head.url("/", language), lines[0]))
    return found, len(folded) - len(shown)


def body(found: Iterable[Section], more: int) -> Markup:
    """Give what stands between greeting and foot."""
    heading = Markup('<h2><a href="{}">{}</a></h2>')
    teaser = Markup('<div class="nl-teaser"><h3><a href="{}">{}</a></h3><p class="nl-note">{}</p>{}</div>')
    parts = [Markup("<p>{}</p>").format(str(_("this is new for you:")))]
    for section in found:
        parts.append(heading.format(section.url, section.title))
        for one in section.lines:
            summary = Markup("<p>{}</p>").format(one.summary) if one.summary else ""
            parts.append(teaser.format(one.url, one.title, one.note, summary))
    if more:
        said = dngettext("newsletter", "And %(num)s more on our page.", "And %(num)s more on our page.", more)
        parts.append(Markup("<p>{}</p>").format(said))
    return Markup("\n").join(parts)


def _line(head: Letterhead, language: str, group: Sequence[DigestItem]) -> Line:
    # The first of several is where somebody goes on reading.
    first = min(group, key=lambda item: (item.at, item.key))
    note, summary = str(KINDS[first.kind]), first.summary
    if len(group) > 1:
        note = dngettext("newsletter", "%(num)s reply for you", "%(num)s replies for you", len(group))
        summary = ""
    if first.place and first.place != first.title:
        note = f"{note} · {first.place}"
    # People write titles: nobody's may bring the marks at which each reader's own links are put in.
    url = head.url(first.path, language)
    return Line(blocks.words(note), blocks.words(first.title), url, blocks.words(summary))


def _subject(town: str, lines: Sequence[Line], more: int) -> str:
    others = len(lines) + more - 1
    if not others:
        return dgettext("newsletter", "%(town)s: %(title)s", town=town, title=lines[0].title)
    return dngettext(
        "newsletter",
        "%(town)s: %(title)s, and one more",
        "%(town)s: %(title)s, and %(num)s more",
        others,
        town=town,
        title=lines[0].title,
    )


def _by_language(recipients: Iterable[Recipient]) -> dict[str, list[Recipient]]:
    found: dict[str, list[Recipient]] = defaultdict(list)
    for one in recipients:
        found[one.language].append(one)
    return found
