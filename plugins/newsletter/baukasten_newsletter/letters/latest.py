"""The newest issues as lists show them: on the front page of a list, and in its archive."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import ModuleRef
from baukasten.sdk import here, language_named, module_url
from baukasten_newsletter.letters import archive
from baukasten_newsletter.letters.archive import Entry


@dataclass(frozen=True, slots=True)
class Line:
    """One issue in a list."""

    url: str
    title: str
    number: int
    at: dt.datetime
    summary: str
    lang: str
    """Of title and summary, as HTML names it."""


def values(module: ModuleRef) -> dict[str, Any]:
    """Give what ``newsletter/latest.html`` needs, in the language of the page; one statement, views only."""
    entries = archive.latest(here().session, module, here().language)
    return {
        "latest": lines(module, entries),
        "archive_url": module_url(module, "archive_list"),
        "feed_url": module_url(module, "list_feed"),
    }


def lines(module: ModuleRef, entries: Iterable[Entry]) -> list[Line]:
    """Give issues of the archive as lists show them; views only."""
    return [
        Line(
            module_url(module, "archived", number=one.number), one.subject, one.number, one.at, one.summary,
            language_named(one.language).lang,
        )
        for one in entries
    ]  # fmt: skip
