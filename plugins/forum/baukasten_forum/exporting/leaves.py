"""Pages of the archive: HTML that works from a folder, without scripts, without a network, for everybody."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import Markup, escape

from baukasten.plugin import MediaRef, Visibility, lazy
from baukasten.sdk import Reason, translator
from baukasten_forum.exporting import paper, reading, tables
from baukasten_forum.listing import AnyRow
from baukasten_forum.places import place_of
from baukasten_forum.stages.kinds import LABELS as KINDS
from baukasten_forum.told import ASK

_ = lazy("forum")
HREF = re.compile(r'href="([^"]*)"')
POST_LINK = re.compile(r"/beitrag/([0-9]{1,18})$")
SHEET = (Path(__file__).parent / "archive.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page of an archive shares."""

    title: str
    town: str
    made: str
    base: str
    """Path of the forum on its site, with a slash at the end: links below it stay inside of the archive."""
    places: Mapping[int, str] = field(default_factory=dict)
    """Addresses inside of the archive by id of post."""


def page(frame: Frame, title: str, main: Markup, *, up: str = "") -> bytes:
    """Give a whole page; ``up`` leads from its folder to the archive's root."""
    top = (
        ""
        if title == frame.title
        else Markup('<nav aria-label="{}"><a href="{}index.html">{}</a></nav>').format(
            str(_("You are here")), up, frame.title
        )
    )
    return (
        Markup(
            '<!doctype html>\n<html lang="{lang}">\n<head><meta charset="utf-8"><meta name="viewport" '
            'content="width=device-width, initial-scale=1"><title>{title}</title>'
            '<link rel="stylesheet" href="{up}style.css"></head>\n<body><a class="skip" href="#main">{skip}</a>\n'
            '<header><p class="small">{where}</p>{top}</header>\n'
            '<main id="main" tabindex="-1"><h1>{head}</h1>\n{main}\n</main>\n'
            '<footer class="small"><p>{foot}</p></footer></body></html>\n'
        )
        .format(
            lang=translator().language,
            title=title if title == frame.title else f"{title} – {frame.title}",
            up=up,
            skip=str(_("To the content")),
            where=frame.town,
            top=top,
            head=title,
            main=main,
            foot=str(_("Archive of %(moment)s")) % {"moment": frame.made},
        )
        .encode()
    )


def index(frame: Frame, groups: Mapping[str, Sequence[tuple[AnyRow, str]]], more: Markup) -> bytes:
    """Give the list of all topics by subject; ``more`` stands above it."""
    parts = [more]
    for subject, entries in groups.items():
        lines = Markup("").join(
            Markup('<li><a href="{}">{}</a><br><span class="small">{}</span></li>\n').format(
                path, topic.title, _facts(topic)
            )
            for topic, path in entries
        )
        parts.append(
            Markup('<section class="list"><h2>{}</h2><ul class="plain">\n{}</ul></section>').format(
                subject or str(_("Contributions")), lines
            )
        )
    parts.append(_how())
    return page(frame, frame.title, Markup("\n").join(parts))


def topic_page(
    frame: Frame, topic: AnyRow, posts: Iterable[Markup], ways: Sequence[tuple[str, str]]
) -> bytes:
    """Give one page of a topic; ``ways`` lead to its other pages."""
    links = Markup("").join(Markup('<a href="{}">{}</a> ').format(path, word) for path, word in ways)
    nav = Markup('<nav aria-label="{}">{}</nav>').format(str(_("Pages")), links) if ways else Markup("")
    head = Markup('<p class="small">{}</p>').format(_facts(topic))
    return page(frame, topic.title, Markup("\n").join((head, *posts, nav)), up="../")


def post(frame: Frame, row: AnyRow, media: Sequence[tuple[MediaRef, str]], reason: Reason | None) -> Markup:
    """Give a post with its files, or its place with the reason why nothing else is left."""
    if not reading.is_shown(row):
        return _gone(row, reason)
    body = Markup(HREF.sub(lambda found: _link(frame, found[1]), paper.flat(row.body_html)))  # noqa: S704 - cooked when it was written
    answer = row.kind in reading.OFFICIAL
    line = [translator().datetime(row.created_at), tables.WAYS[row.via] if row.via != "page" else ""]
    line += [tables.ROLES[row.kind] if answer else "", tables.OUTCOMES[row.outcome] if row.outcome else ""]
    to = reading.reply_to(row)
    inside = Markup('<p class="small"><time datetime="{}">{}</time>{}</p>{}<div>{}</div>{}').format(
        row.created_at.isoformat(timespec="seconds"),
        line[0],
        "".join(f" · {one}" for one in line[1:] if one),
        _to(frame, to, row) if to else "",
        body,
        Markup("").join(_file(one, path) for one, path in media),
    )
    if reason is not None and reason.note:
        inside += Markup('<p class="small"><strong>{}</strong> {}</p>').format(
            str(_("Note of the moderators:")), reason.note
        )
    if row.visibility == Visibility.FOLDED:
        inside = Markup("<details><summary>{}</summary>{}</details>").format(_folded(reason), inside)
    return Markup('<article id="post-{}"{}><h2>#{} {}</h2>{}</article>').format(
        row.number, Markup(' class="town"') if answer else "", row.number, reading.author_of(row), inside
    )


def _folded(reason: Reason | None) -> str:
    if reason is not None and reason.measure == ASK:
        return str(_("Folded: waits for a change by its author."))
    why = (reason.rule if reason is not None else "") or str(_("not on the subject"))
    return f"{_('Folded by the moderators:')} {why}"


def _gone(row: AnyRow, reason: Reason | None) -> Markup:
    removed = row.visibility == Visibility.REMOVED
    if row.visibility == Visibility.WITHDRAWN:
        words = str(_("Withdrawn by its author."))
    elif reason is not None and reason.rule:
        label = _("Removed by the moderators:") if removed else _("Hidden by the moderators:")
        words = f"{label} {reason.rule}"
    else:
        words = str(_("Removed by the moderators.") if removed else _("Hidden by the moderators."))
    return Markup('<article id="post-{}"><h2>#{}</h2><p class="small">{}</p></article>').format(
        row.number, row.number, words
    )


def _to(frame: Frame, number: int, row: AnyRow) -> Markup:
    """Lead to the post that a post replies to, which may stand on another page of the topic."""
    path = frame.places.get(row.parent, "").rpartition("/")[2] or f"#post-{number}"
    return Markup('<p class="small"><a href="{}">{} #{}</a></p>').format(path, str(_("In reply to")), number)


def _link(frame: Frame, address: str) -> str:
    """Give where a link of a text leads from a topic's page: inside, outside, or nowhere any more."""
    found = POST_LINK.search(address) if address.startswith(frame.base) else None
    place = frame.places.get(int(found[1])) if found else None
    if place:
        return f'href="../{escape(place)}"'
    # What belongs to the site alone cannot be reached from a folder.
    return "" if address.startswith("/") else f'href="{address}"'


def _file(one: MediaRef, path: str) -> Markup:
    if one.kind != paper.PICTURE:
        return Markup('<p><a href="../{}">{}</a></p>').format(path, one.name)
    size = Markup(' width="{}" height="{}"').format(one.width, one.height) if one.width and one.height else ""
    return Markup('<figure><img src="../{}" alt="{}"{} loading="lazy"></figure>').format(
        path, one.alt or "", size
    )


def _facts(topic: AnyRow) -> str:
    facts = [
        str(KINDS[topic.kind]),
        str(topic.category or ""),
        place_of(topic),
        str(_("Replies: %(count)s")) % {"count": translator().number(topic.replies)},
        str(tables.OUTCOMES[topic.outcome]),
    ]
    return " · ".join(filter(None, facts))


def _how() -> Markup:
    return Markup(
        '<section class="how"><h2>{}</h2><p>{} <a href="README.txt">README.txt</a></p></section>'
    ).format(
        str(_("Is this archive genuine?")),
        str(_("Its files are listed with their hashes, and the list is signed. How to check it:")),
    )
