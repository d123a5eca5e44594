"""What becomes of each row of a file: whom the file itself leaves out, and whom the list takes."""

import hashlib
from array import array
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import normalise
from baukasten_newsletter.people.importing import NewSubscriber, RowResult
from baukasten_newsletter.transfer.headers import Status
from baukasten_newsletter.transfer.reading import Entry

_ = lazy("newsletter")

SLOTS = 2**19
"""More than a file may have rows, so that there is always a free one."""
MOST_AGREED, MOST_WHEN, MOST_HOW = 240, 60, 160
"""Signs; together what the log of consents keeps of an origin."""


class Result(StrEnum):
    """What became of a row."""

    ADDED = "added"
    WIDENED = "widened"
    KNOWN = "known"
    SUPPRESSED = "suppressed"
    LEFT = "left"
    INVALID = "invalid"
    DOUBLED = "doubled"
    UNWANTED = "unwanted"
    NEVER = "never"
    NO_ORIGIN = "no-origin"
    RAGGED = "ragged"


TAKEN = (Result.ADDED, Result.WIDENED)
WORDS: Mapping[Result, LazyText] = {
    Result.ADDED: _("Taken"),
    Result.WIDENED: _("Known here, gets further topics"),
    Result.KNOWN: _("Has subscribed here already"),
    Result.SUPPRESSED: _("Wants no mail ever again"),
    Result.LEFT: _("Left here before, and stays away"),
    Result.INVALID: _("Not an e-mail address"),
    Result.DOUBLED: _("Stands further up in the file already"),
    Result.UNWANTED: _("Not confirmed there, or ended there"),
    Result.NEVER: _("Blocked there, and put on our never-again list"),
    Result.NO_ORIGIN: _("No origin of the consent"),
    Result.RAGGED: _("More cells than headings"),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where consents come from: to what people agreed, when, and how."""

    agreed: str
    when: str
    how: str

    def words(self) -> str:
        """Give it as the log of consents keeps it; empty where a part is missing."""
        parts = (self.agreed, self.when, self.how)
        return "; ".join(parts) if all(parts) else ""


@dataclass(frozen=True, slots=True)
class Told:
    """A row's number and what became of it."""

    row: int
    result: Result
    error: str = ""


class Doubles:
    """Remembers whose address came before: eight bytes of a hash each, in a table that never grows (4 MB)."""

    def __init__(self) -> None:
        """Remember nobody yet."""
        self._slots = array("Q", [0]) * SLOTS

    def is_double(self, address: str) -> bool:
        """Tell whether an address came before, and remember it."""
        digest = hashlib.blake2b(address.casefold().encode("utf-8", "replace"), digest_size=8).digest()
        print_ = int.from_bytes(digest, "big") or 1
        place = print_ % SLOTS
        while self._slots[place]:
            if self._slots[place] == print_:
                return True
            place = (place + 1) % SLOTS
        self._slots[place] = print_
        return False


def one_line(text: str, most: int) -> str:
    """Give a text on one line, cut."""
    return " ".join(normalise(text).split())[:most].strip()


def origin_of(entry: Entry, of_file: Origin) -> Origin:
    """Give the origin of one row: its own words, else those of the whole file."""
    return Origin(
        one_line(entry.agreed, MOST_AGREED) or of_file.agreed,
        one_line(entry.when, MOST_WHEN) or of_file.when,
        one_line(entry.how, MOST_HOW) or of_file.how,
    )


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a file's rows are held against before anybody is looked up."""

    origin: Origin
    languages: Collection[str]
    topics: Sequence[int]
    doubles: Doubles

    def sort(self, rows: Iterable[Entry]) -> tuple[list[Told], list[NewSubscriber], list[str]]:
        """Give the rows that the file itself leaves out, those to take, and the addresses never to write to."""
        out: list[Told] = []
        wanted: list[NewSubscriber] = []
        never: list[str] = []
        for entry in rows:
            result = self._left_out(entry)
            if result is None:
                wanted.append(self._subscriber(entry))
                continue
            out.append(Told(entry.row, result))
            if result is Result.NEVER:
                never.append(entry.address)
        return out, wanted, never

    def pass_over(self, entry: Entry) -> None:
        """Remember a row that was dealt with before this process came."""
        if not entry.is_ragged:
            self.doubles.is_double(entry.address)

    def _left_out(self, entry: Entry) -> Result | None:
        if entry.is_ragged:
            return Result.RAGGED
        doubled = self.doubles.is_double(entry.address)
        rules: Sequence[tuple[Result, Callable[[], bool]]] = (
            (Result.NEVER, lambda: entry.status is Status.NEVER and "@" in entry.address),
            (Result.DOUBLED, lambda: doubled),
            (Result.UNWANTED, lambda: entry.status is not Status.WANTED),
            (Result.NO_ORIGIN, lambda: not origin_of(entry, self.origin).words()),
        )
        return next((result for result, holds in rules if holds()), None)

    def _subscriber(self, entry: Entry) -> NewSubscriber:
        return NewSubscriber(
            line=entry.row,
            address=entry.address,
            name=entry.name,
            language=language_of(entry.language, self.languages),
            topics=tuple(self.topics),
            origin=origin_of(entry, self.origin).words(),
        )


def language_of(said: str, spoken: Collection[str]) -> str:
    """Give the town's language that a row names, such as ``de`` for ``de_AT``; empty where there is none."""
    code = said.strip().casefold().replace("_", "-")
    whole = next((one for one in spoken if one.casefold() == code), "")
    return whole or next((one for one in spoken if one == code.partition("-")[0]), "")


def told(results: Iterable[RowResult]) -> list[Told]:
    """Give the list's own results in the same words."""
    return [Told(one.line, Result(one.outcome.value), one.error) for one in results]
