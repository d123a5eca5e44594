"""Atom feeds (RFC 4287) of a forum, a category and a topic: what everybody sees, the newest first."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy import Select, Table, bindparam, select

from baukasten.plugin import ModuleRef, Visibility, lazy
from baukasten.sdk import Scope, absolute_url, module_url, site_url, title_of
from baukasten_forum.listing import AUTHOR, TOPIC, AnyRow, with_name
from baukasten_forum.models import SHOWN, Post

_ = lazy("forum")
FOLDED = _("Folded by the moderators. You can read it on its page.")
MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ENTRIES = 30
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When an empty feed was updated: the element has to be there."""
# XML 1.0 has no place for these, not even as references.
FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")

POST: Table = Post.metadata.tables["forum_post"]
_COLUMNS = (
    POST.c.id, POST.c.number, POST.c.body_html, POST.c.created_at, POST.c.edited_at, POST.c.byline,
    POST.c.visibility, TOPIC.c.id.label("topic_id"), TOPIC.c.slug, TOPIC.c.title, AUTHOR.c.display_name.label("author"),
)  # fmt: skip
_SHOWN: Select[Any] = (
    select(*_COLUMNS)
    .select_from(
        POST.join(TOPIC, (TOPIC.c.tenant_id == POST.c.tenant_id) & (TOPIC.c.id == POST.c.topic_id)).outerjoin(
            AUTHOR, with_name(AUTHOR, POST.c.author_id, POST.c.tenant_id)
        )
    )
    .where(
        POST.c.visibility.in_(SHOWN), TOPIC.c.visibility.in_(SHOWN), TOPIC.c.module_id == bindparam("module")
    )
    .limit(ENTRIES)
)
_NEWEST = _SHOWN.where(POST.c.number == 1, TOPIC.c.merged_into.is_(None)).order_by(
    TOPIC.c.created_at.desc(), TOPIC.c.id.desc()
)
OF_FORUM = _NEWEST
OF_CATEGORY = _NEWEST.where(TOPIC.c.category_id == bindparam("category"))
OF_TOPIC = _SHOWN.where(POST.c.topic_id == bindparam("topic")).order_by(POST.c.number.desc())


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says about itself; addresses as paths of the town's site."""

    title: str
    subtitle: str
    path: str
    """Without a language: it names the feed for good."""
    page_url: str
    self_url: str


def of_forum(session: Scope, module: ModuleRef) -> Sequence[AnyRow]:
    """Give the newest topics of a forum."""
    return session.execute(OF_FORUM, {"module": module.id}).all()


def of_category(session: Scope, module: ModuleRef, category_id: int) -> Sequence[AnyRow]:
    """Give the newest topics of a category."""
    return session.execute(OF_CATEGORY, {"module": module.id, "category": category_id}).all()


def of_topic(session: Scope, module: ModuleRef, topic_id: int) -> Sequence[AnyRow]:
    """Give the newest posts of a topic."""
    return session.execute(OF_TOPIC, {"module": module.id, "topic": topic_id}).all()


def atom(module: ModuleRef, feed: Feed, rows: Sequence[AnyRow]) -> str:
    """Write a feed as XML; views only."""
    updated = max((_updated(row) for row in rows), default=NEVER)
    head = _element("title", feed.title) + (_element("subtitle", feed.subtitle) if feed.subtitle else "")
    head += _element("id", absolute_url(feed.path)) + _element("updated", updated.isoformat())
    head += _link("self", feed.self_url, "application/atom+xml") + _link(
        "alternate", feed.page_url, "text/html"
    )
    entries = Markup("").join(_entry(module, row) for row in rows)
    return FORBIDDEN.sub(
        "",
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">{head}{entries}</feed>\n',
    )


def _entry(module: ModuleRef, row: AnyRow) -> Markup:
    """Give a post; its name is its permalink without a language, which it keeps wherever it moves in the forum."""
    url = f"{module_url(module, 'index')}{row.topic_id}/{row.number}"
    if row.number == 1:
        url = module_url(module, "topic", topic_id=row.topic_id, slug=row.slug)
    author = row.author or row.byline or str(_("Former member"))
    is_folded = row.visibility == Visibility.FOLDED
    # A reader that shows feeds knows no click that unfolds.
    said = Markup("<p>{}</p>").format(str(FOLDED)) if is_folded else row.body_html
    words = row.title if is_folded else title_of(row.body_html) or row.title
    title = row.title if row.number == 1 else f"#{row.number}: {words}"
    inner = (
        _element("id", absolute_url(f"{module.path}beitrag/{row.id}"))
        + _element("title", title)
        + _link("alternate", url, "text/html")
        + _element("published", row.created_at.isoformat())
        + _element("updated", _updated(row).isoformat())
        + Markup("<author><name>{}</name></author>").format(author)
        # As escaped text, so that the HTML of a post can never break the feed.
        + Markup('<content type="html" xml:base="{}">{}</content>').format(
            absolute_url(site_url("/")), str(said)
        )
    )
    return Markup("<entry>{}</entry>").format(inner)


def _updated(row: AnyRow) -> dt.datetime:
    moment: dt.datetime = row.edited_at or row.created_at
    return moment


def _element(name: str, text: str) -> Markup:
    return Markup(f"<{name}>{escape(text)}</{name}>")  # noqa: S704 - the text is escaped, the name is ours


def _link(relation: str, url: str, media_type: str) -> Markup:
    pattern = Markup('<link rel="{}" type="{}" href="{}"/>')
    return pattern.format(relation, media_type, absolute_url(url))
