"""Atom feeds (RFC 4287) of a list and of each of its topics: what was sent, the newest first."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from baukasten.plugin import ModuleRef
from baukasten.sdk import absolute_url, module_url, site_url
from baukasten_newsletter.letters.archive import Entry

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
"""When an empty feed was updated: the element has to be there."""
# XML 1.0 has no place for these, not even as references.
FORBIDDEN = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says about itself."""

    title: str
    path: str
    """Without a language: it names the feed for good."""
    page_url: str
    self_url: str
    author: str


def atom(module: ModuleRef, feed: Feed, entries: Sequence[Entry]) -> str:
    """Write a feed as XML; views only."""
    updated = max((one.changed_at for one in entries), default=NEVER)
    head = _element("title", feed.title) + _element("id", absolute_url(feed.path))
    head += _element("updated", updated.isoformat())
    head += Markup("<author><name>{}</name></author>").format(feed.author)
    head += _link("self", feed.self_url, "application/atom+xml")
    head += _link("alternate", feed.page_url, "text/html")
    body = Markup("").join(_entry(module, one) for one in entries)
    whole = f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">{head}{body}</feed>\n'
    return FORBIDDEN.sub("", whole)


def _entry(module: ModuleRef, entry: Entry) -> Markup:
    url = module_url(module, "archived", number=entry.number)
    inner = (
        _element("id", absolute_url(f"{module.path}ausgabe/{entry.number}/"))
        + _element("title", entry.subject)
        + _link("alternate", url, "text/html")
        + _element("published", entry.at.isoformat())
        + _element("updated", entry.changed_at.isoformat())
        # As escaped text, so that the HTML of an issue can never break the feed.
        + Markup('<content type="html" xml:lang="{}" xml:base="{}">{}</content>').format(
            entry.language, absolute_url(site_url("/")), str(entry.page_html)
        )
    )
    return Markup("<entry>{}</entry>").format(inner)


def _element(name: str, text: str) -> Markup:
    return Markup(f"<{name}>{escape(text)}</{name}>")  # noqa: S704 - the text is escaped, the name is ours


def _link(relation: str, url: str, media_type: str) -> Markup:
    pattern = Markup('<link rel="{}" type="{}" href="{}"/>')
    return pattern.format(relation, media_type, absolute_url(url))
