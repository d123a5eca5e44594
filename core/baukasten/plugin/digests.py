"""What plugins tell for summaries by mail: items under lasting names, for everybody and for a member alone."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from baukasten.plugin.refs import ProjectRef

LONGEST_KEY = 120
LONGEST_NUMBER = 18
"""Digits of a number in a key; every such number fits into a column."""


class DigestKind(StrEnum):
    """What an item tells."""

    NEW = "new"
    REPLY = "reply"
    """To what a member wrote or follows."""
    ANSWER = "answer"
    """The town's."""
    CLOSING = "closing"
    """It ends soon; ``due`` says when."""
    COMING = "coming"
    """It begins soon; ``due`` says when."""


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One thing that somebody is told once; texts in the language that is spoken while the source is asked."""

    key: str
    """Names it for good: the source's key, a colon, and what tells it from all others; ASCII without spaces.

    Nobody is told the same key twice, so a date that was moved is told again if the key has the date in it.
    """
    kind: DigestKind
    title: str
    path: str
    """Below the town's host, without a language."""
    at: dt.datetime
    """When it became news."""
    summary: str = ""
    """One plain sentence; may be empty."""
    place: str = ""
    """Where it stands, such as the title of a module."""
    project: ProjectRef | None = None
    """Nothing for what stands on the site itself."""
    due: dt.datetime | None = None
    """When it ends or begins, after which it is no news any more; for ``CLOSING`` and ``COMING``, and only there."""
    about: str = ""
    """What several items belong to, such as ``topic:12``: they are told in one line, with their number."""


@dataclass(frozen=True, slots=True)
class DigestStretch:
    """What a source is asked for."""

    since: dt.datetime
    """What became news at this moment or later; counts for items without ``due``."""
    until: dt.datetime
    """What is due after now and before this moment; counts for items with ``due``."""
    projects: frozenset[int] | None = None
    """Whose news; nothing for those of the whole town."""
    limit: int = 200
    """The newest, and of what is due the next; a source gives at most so many of each."""

    def wants(self, project: ProjectRef | None) -> bool:
        """Tell whether news of a project belong to it."""
        return self.projects is None or (project is not None and project.id in self.projects)


@dataclass(frozen=True, slots=True)
class DigestSource:
    """What a plugin has to tell; whatever it gives may be read by everybody at the moment of asking.

    Each function takes a number of statements that does not grow with items or members.
    """

    key: str
    title: str
    items: Callable[[Session, DigestStretch], Sequence[DigestItem]]
    find: Callable[[Session, Collection[str]], Sequence[DigestItem]]
    """Gives the items of these keys as they are now, and nothing for those that not everybody may read any more.

    Keys of items for a member alone are among them. Keys that the source never gave are passed over.
    """
    for_members: (
        Callable[[Session, Collection[int], dt.datetime], Mapping[int, Sequence[DigestItem]]] | None
    ) = None
    """Gives members what concerns them alone since a moment, such as replies to what they follow; by member."""


def numbered(keys: Collection[str], begin: str) -> set[int]:
    """Give the numbers that follow ``begin`` and a colon in keys, as ``forum.news:topic:12`` has 12 after its begin.

    What follows the number behind a further colon is left to the source.
    """
    found = (key.removeprefix(f"{begin}:").partition(":")[0] for key in keys if key.startswith(f"{begin}:"))
    plain = (one for one in found if one.isascii() and one.isdecimal() and len(one) <= LONGEST_NUMBER)
    return {int(one) for one in plain}
