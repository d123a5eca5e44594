"""The blocks of an edition: a closed list of kinds, read from what is stored, and checked when somebody saves."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from baukasten.plugin import lazy
from baukasten.sdk import Invalid, normalise
from baukasten_newsletter.keys import Slot

_ = lazy("newsletter")

MAX_BLOCKS = 60
MAX_BODY, MAX_WORDS, MAX_ALT, MAX_ADDRESS = 20_000, 200, 500, 1_000
"""Characters of a text, of a line, of what a picture shows, and of an address."""
MAX_SLUGS = 20
LARGEST = 9223372036854775807
HEADINGS = (2, 3)
"""Levels that a heading may have; the first belongs to the name of the list."""
MARKS = {ord(sign): None for slot in Slot for sign in (slot[0], slot[-1])}
"""What slots are made of; no text may bring its own."""


class Kind(StrEnum):
    """What a block is."""

    TEXT = "text"
    HEADING = "heading"
    IMAGE = "image"
    BUTTON = "button"
    PROJECTS = "projects"
    """Consultations; their titles and deadlines are looked up when the letter is made."""
    TEASER = "teaser"
    """A page of this site, such as a topic, a survey or a live room; looked up as well."""
    DATE = "date"
    RESULT = "result"
    """What came of something."""
    DIVIDER = "divider"


@dataclass(frozen=True, slots=True)
class Block:
    """One block; which fields it uses depends on its kind."""

    kind: Kind
    text: str = ""
    """Markdown of a text; else the words of a heading, button, date or result."""
    level: int = 2
    path: str = ""
    """Where a button, picture, teaser, date or result leads: a path of this site or a web address."""
    media: int = 0
    """Number of a picture; 0 for none yet."""
    alt: str = ""
    decoration: bool = False
    at: str = ""
    """When a date is, as ``2026-12-03T18:00`` in the town's time."""
    place: str = ""
    slugs: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give what is stored of it: its kind, and the fields of that kind."""
        values = {name: getattr(self, name) for name in FIELDS[self.kind]}
        return {"kind": self.kind.value, **values, **({"slugs": [*self.slugs]} if "slugs" in values else {})}

    def with_media(self, number: int) -> "Block":
        """Give the same block with another picture."""
        return dataclasses.replace(self, media=number)


FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: ("text",),
    Kind.HEADING: ("text", "level"),
    Kind.IMAGE: ("media", "alt", "decoration", "path"),
    Kind.BUTTON: ("text", "path"),
    Kind.PROJECTS: ("slugs",),
    Kind.TEASER: ("path", "text"),
    Kind.DATE: ("text", "at", "place", "path"),
    Kind.RESULT: ("path", "text"),
    Kind.DIVIDER: (),
}
BROKEN = _("A block has a form that this page does not make. Please load the page again.")
TOO_MANY = _("An issue may have 60 blocks at most. Please delete some.")


def read(stored: object) -> list[Block]:
    """Give the blocks of what is stored; what nobody understands any more is left out. Never raises."""
    found = []
    for one in stored if isinstance(stored, list) else ():
        try:
            found.append(_checked(one))
        except Invalid:
            continue
    return found[:MAX_BLOCKS]


def check(raw: object) -> list[Block]:
    """Give the blocks that somebody wants to save; raises Invalid for ``blocks`` for whatever is not of their form."""
    if not isinstance(raw, list):
        raise Invalid({"blocks": BROKEN})
    if len(raw) > MAX_BLOCKS:
        raise Invalid({"blocks": TOO_MANY})
    return [_checked(one) for one in raw]


def store(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Give the form in which blocks are stored."""
    return [block.as_json() for block in blocks]


def words(text: str) -> str:
    """Give a line of text without line breaks, hidden signs and marks of slots."""
    return " ".join(bare(text).split())


def bare(text: str) -> str:
    """Give a text without signs that harm and without marks of slots."""
    return normalise(text).translate(MARKS)


def is_address(path: str) -> bool:
    """Tell whether a link may lead there: a path of this site, a web address, or a mail address after ``mailto:``."""
    if path.startswith("/"):
        return not path.startswith(("//", "/\\")) and not any(sign in path for sign in " \\")
    try:
        parts = urlsplit(path)
    except ValueError:
        return False
    if any(sign.isspace() or sign in '\\"<>' for sign in path):
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def _checked(raw: object) -> Block:
    if not isinstance(raw, dict) or not isinstance(raw.get("kind"), str):
        raise Invalid({"blocks": BROKEN})
    try:
        kind = Kind(raw["kind"])
    except ValueError as error:
        raise Invalid({"blocks": BROKEN}) from error
    if set(raw) - {"kind", *FIELDS[kind]}:
        raise Invalid({"blocks": BROKEN})
    block = Block(kind)
    values = {name: CHECKS[name](raw[name], kind) for name in FIELDS[kind] if name in raw}
    return dataclasses.replace(block, **values)


def _line(most: int) -> Callable[[object, Kind], str]:
    def check_line(value: object, _kind: Kind) -> str:
        if not isinstance(value, str) or len(value) > most:
            raise Invalid({"blocks": BROKEN})
        return words(value)

    return check_line


def _text(value: object, kind: Kind) -> str:
    most = MAX_BODY if kind in (Kind.TEXT, Kind.RESULT, Kind.TEASER) else MAX_WORDS
    if not isinstance(value, str) or len(value) > most:
        raise Invalid({"blocks": BROKEN})
    return bare(value).strip() if kind is Kind.TEXT else words(value)


def _level(value: object, _kind: Kind) -> int:
    if type(value) is not int or value not in HEADINGS:
        raise Invalid({"blocks": BROKEN})
    return value


def _number(value: object, _kind: Kind) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise Invalid({"blocks": BROKEN})
    return value


def _flag(value: object, _kind: Kind) -> bool:
    if not isinstance(value, bool):
        raise Invalid({"blocks": BROKEN})
    return value


def _moment(value: object, kind: Kind) -> str:
    text = _line(MAX_WORDS)(value, kind)
    return text if moment_of(text) is not None else ""


def moment_of(text: str) -> dt.datetime | None:
    """Give a date's moment, without a zone; nothing for what is none."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None and 1990 < found.year < 2200 else None


def _slugs(value: object, _kind: Kind) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MAX_SLUGS:
        raise Invalid({"blocks": BROKEN})
    if not all(isinstance(one, str) and len(one) <= MAX_WORDS for one in value):
        raise Invalid({"blocks": BROKEN})
    return tuple(dict.fromkeys(words(one) for one in value))


CHECKS: Mapping[str, Callable[[object, Kind], Any]] = {
    "text": _text,
    "level": _level,
    "path": _line(MAX_ADDRESS),
    "media": _number,
    "alt": _line(MAX_ALT),
    "decoration": _flag,
    "at": _moment,
    "place": _line(MAX_WORDS),
    "slugs": _slugs,
}
