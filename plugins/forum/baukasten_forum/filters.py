"""What a list is narrowed to and how it is ordered, read from the address and written back into it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from baukasten.plugin import LazyText, MemberRef, Outcome, lazy
from baukasten.sdk import NotFound, SignInNeeded, clock, next_midnight, translator, valid_until
from baukasten_forum import listing
from baukasten_forum.listing import Chosen, Sort

_ = lazy("forum")
MAX_WORDS = 200

OUTCOMES: Mapping[str, tuple[Outcome, LazyText]] = {
    "offen": (Outcome.OPEN, _("open")),
    "pruefung": (Outcome.EXAMINATION, _("in examination")),
    "aufgegriffen": (Outcome.ADOPTED, _("adopted")),
    "teilweise": (Outcome.PARTLY, _("partly adopted")),
    "abgelehnt": (Outcome.REJECTED, _("rejected")),
    "zusammengefuehrt": (Outcome.MERGED, _("merged")),
    "umgesetzt": (Outcome.DONE, _("done")),
}
ARCHIVE = "archiv"
ANSWERS: Mapping[str, tuple[str, LazyText]] = {
    "ja": ("answered", _("answered by the town")),
    "nein": ("unanswered", _("not answered yet")),
}
PERIODS: Mapping[str, tuple[int, LazyText]] = {
    "woche": (7, _("the last 7 days")),
    "monat": (30, _("the last 30 days")),
    "jahr": (365, _("the last 365 days")),
}
PERSONAL: dict[str, str] = {}
"""Switches that only people with an account have, ``neu=1`` say, and the name of the clause that each sets;
the clause may bind ``reader``."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How somebody asked for a list."""

    sort: Sort
    chosen: Chosen
    query: dict[str, str] = field(default_factory=dict)
    """What narrows and orders the list, as it stands in its address; without the page."""
    words: str = ""

    @property
    def narrowed(self) -> bool:
        """Tell whether the list shows less than all there is."""
        return bool(set(self.query) - {"sort"})


def read(
    given: Mapping[str, str], categories: Mapping[str, int], member: MemberRef | None, *, category: str = ""
) -> Asked:
    """Read an address; empty values count as absent, as forms send them. Raises NotFound for unknown ones.

    Raises SignInNeeded where a guest asks for what only members have.

    ``categories`` gives ids by slug; ``category`` is the one whose page this is.
    """
    query = {key: given[key].strip() for key in names() if given.get(key, "").strip()}
    sort = listing.SORTS.get(query.get("sort", listing.DEFAULT))
    if sort is None or (category and category not in categories):
        raise NotFound
    clauses, values = _narrowing(query, member)
    if category:
        clauses.insert(0, "category")
        values["category"] = categories[category]
    if sort.key == listing.DEFAULT and "q" not in query:
        query.pop("sort", None)
    words = query.get("q", "").replace("\x00", "")[:MAX_WORDS]
    if not {"archived", *PERSONAL.values()} & set(clauses) and not words:
        clauses.append("current")
    return Asked(sort, Chosen(tuple(clauses), values), query, words)


def _narrowing(query: Mapping[str, str], member: MemberRef | None) -> tuple[list[str], dict[str, Any]]:
    clauses: list[str] = []
    values: dict[str, Any] = {}
    for key, reader in _READERS.items():
        if key in query:
            name, bound = reader(query[key])
            clauses.append(name)
            values |= bound
    for key, clause in PERSONAL.items():
        if key in query:
            if query[key] != "1":
                raise NotFound
            if member is None:
                raise SignInNeeded
            clauses.append(clause)
            values["reader"] = member.id
    return clauses, values


def names() -> tuple[str, ...]:
    """Name what may stand in the address of a list, without the page."""
    return (*_READERS, "sort", "q", *PERSONAL)


def since(days: int) -> dt.datetime:
    """Give the midnight with which a period of so many days began; a kept page is true until the next one."""
    midnight = next_midnight(clock.now(), translator().formats.zone)
    valid_until(midnight)
    return midnight - dt.timedelta(days=days + 1)


def _outcome(value: str) -> tuple[str, dict[str, Any]]:
    if value == ARCHIVE:
        return "archived", {}
    if value not in OUTCOMES:
        raise NotFound
    return "outcome", {"outcome": OUTCOMES[value][0].value}


def _answer(value: str) -> tuple[str, dict[str, Any]]:
    if value not in ANSWERS:
        raise NotFound
    return ANSWERS[value][0], {}


def _period(value: str) -> tuple[str, dict[str, Any]]:
    if value not in PERIODS:
        raise NotFound
    return "since", {"since": since(PERIODS[value][0])}


_READERS = {"stand": _outcome, "antwort": _answer, "zeitraum": _period}
