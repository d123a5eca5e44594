"""Openings as a calendar that other programs follow (RFC 5545)."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MEDIA_TYPE = "text/calendar; charset=utf-8"
OCTETS = 75
"""Of a line at most, without its end (section 3.1)."""
PRODUCER = "-//Baukasten//Live rooms//DE"
_UNTELLABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Entry:
    """One opening, as calendars know it."""

    uid: str
    """The same for good, whatever else changes."""
    revision: int
    """Goes up with each change."""
    changed_at: dt.datetime
    begins_at: dt.datetime
    ends_at: dt.datetime
    summary: str
    description: str
    url: str
    cancelled: bool = False


def calendar(name: str, entries: Iterable[Entry]) -> str:
    """Write a calendar; all moments in UTC, which needs no zones and shows right everywhere."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCER}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def text(value: str) -> str:
    """Write a text as a value (section 3.3.11)."""
    return _UNTELLABLE.sub("", value).translate(_ESCAPED)


def moment(at: dt.datetime) -> str:
    """Write a moment in UTC (section 3.3.5, form 2)."""
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _event(entry: Entry) -> list[str]:
    changed = moment(entry.changed_at)
    return [
        "BEGIN:VEVENT",
        f"UID:{text(entry.uid)}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{entry.revision}",
        f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}",
        f"DTSTART:{moment(entry.begins_at)}",
        f"DTEND:{moment(entry.ends_at)}",
        f"SUMMARY:{text(entry.summary)}",
        f"DESCRIPTION:{text(entry.description)}",
        f"URL:{entry.url}",
        "END:VEVENT",
    ]


def _folded(line: str) -> Iterator[str]:
    """Break a line after so many octets, never inside a character; what follows begins with a space."""
    piece, size = "", 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > OCTETS:
            yield piece
            piece, size = " ", 1
        piece, size = piece + sign, size + octets
    yield piece
