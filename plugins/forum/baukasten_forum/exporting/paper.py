"""A forum on paper: a tagged PDF with a heading for each contribution and each post."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO, cast

from markupsafe import Markup
from sqlalchemy.orm import Session

from baukasten.plugin import MediaRef, ModuleRef, lazy
from baukasten.sdk import Invalid, Scope, clock, media_of, read_media, translator, work, write_pdf
from baukasten_forum.exporting import reading, tables
from baukasten_forum.keys import POST_TYPE
from baukasten_forum.listing import AnyRow
from baukasten_forum.places import place_of
from baukasten_forum.stages.kinds import LABELS as KINDS

_ = lazy("forum")
MOST_POSTS = 2_000
"""Laying out takes a hundredth of a second a post; more posts than this nobody reads on paper."""
PICTURE = "picture"
HEADING = re.compile(r"<(/?)h[1-6]>")


class Pictures(Mapping[str, bytes]):
    """The pictures of a paper by number, read when they are drawn."""

    def __init__(self, session: Scope) -> None:
        """Take the session that reads them."""
        self._session, self._known = session, set[str]()

    def add(self, one: MediaRef) -> str:
        """Take a picture into the paper and give its name there."""
        name = str(one.id)
        self._known.add(name)
        return name

    def __getitem__(self, name: str) -> bytes:
        """Read a picture; raises KeyError for one that the paper does not show."""
        if name not in self._known:
            raise KeyError(name)
        return read_media(self._session, int(name))

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self._known)

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self._known)


def build(session: Session, module: ModuleRef, out: BinaryIO) -> None:
    """Write all posts in view; raises Invalid for a forum that is too long for paper."""
    scope = cast("Scope", session)
    topics = reading.topics(scope, module.id)
    if sum(topic.replies + 1 for topic in topics) > MOST_POSTS:
        raise Invalid(message=_("This forum is too long for paper. Take the table or the archive."))
    pictures = Pictures(scope)
    parts = [_front(module, work(session).town.name, len(topics))]
    for topic in topics:
        parts.append(_head(topic))
        for rows in reading.portions(scope, topic.id):
            shown = [row for row in rows if reading.is_shown(row)]
            media = media_of(scope, POST_TYPE, [row.id for row in shown])
            parts.extend(_post(row, media.get(row.id, ()), pictures) for row in shown)
    body = Markup("\n").join(parts)
    write_pdf(out, body, title=module.title, language=translator().language, pictures=pictures)


def flat(html: str) -> Markup:
    """Give a post's text with its headings as strong lines, so that the paper's own headings keep their order."""
    return Markup(HEADING.sub(lambda found: "</strong></p>" if found[1] else "<p><strong>", html))  # noqa: S704 - cooked when it was written


def _front(module: ModuleRef, town: str, count: int) -> Markup:
    project = Markup("<p>{}</p>").format(module.project.title) if module.project else Markup("")
    facts = str(_("%(town)s, as of %(moment)s. Contributions: %(count)s"))
    values = {"town": town, "moment": translator().datetime(clock.now()), "count": translator().number(count)}
    return Markup('<h1>{}</h1>{}<p class="small">{}</p>').format(module.title, project, facts % values)


def _head(topic: AnyRow) -> Markup:
    facts = [KINDS[topic.kind], topic.category, place_of(topic), tables.OUTCOMES[topic.outcome]]
    line = " · ".join(str(one) for one in facts if one)
    return Markup('<h2>{}: {}</h2><p class="small">{}</p>').format(topic.id, topic.title, line)


def _post(row: AnyRow, media: Iterable[MediaRef], pictures: Pictures) -> Markup:
    facts = [
        translator().datetime(row.created_at),
        tables.ROLES[row.kind] if row.kind in reading.OFFICIAL else "",
        tables.WAYS[row.via] if row.via != "page" else "",
        tables.OUTCOMES[row.outcome] if row.outcome else "",
    ]
    line = " · ".join(str(one) for one in facts if one)
    head = Markup('<h3>{}. {}</h3><p class="small">{}</p>').format(row.number, reading.author_of(row), line)
    return head + flat(row.body_html) + Markup("").join(_file(one, pictures) for one in media)


def _file(one: MediaRef, pictures: Pictures) -> Markup:
    if one.kind != PICTURE:
        return Markup("<p>{}: {}</p>").format(str(_("Attachment")), one.name)
    return Markup('<p><img src="{}" alt="{}"></p>').format(pictures.add(one), one.alt or "")
