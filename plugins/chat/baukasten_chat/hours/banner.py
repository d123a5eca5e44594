"""The announcement over a room, as pages show it."""

from dataclasses import dataclass
from typing import Any

from baukasten.sdk import SafeHtml, translator
from baukasten_chat import wire

MAX_TEXT = 400


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced, and since when."""

    html: SafeHtml
    when: str
    iso: str


def part(room: Any) -> Announcement:
    """Give the announcement of a room, without a text where there is none; no statement."""
    if room.announced_at is None:
        return Announcement(SafeHtml(""), "", "")
    # It was made by ``render_line`` when it was stored.
    html = SafeHtml(room.announcement_html)
    return Announcement(html, translator().time(room.announced_at), wire.moment(room.announced_at))
