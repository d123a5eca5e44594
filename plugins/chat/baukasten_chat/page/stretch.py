"""One stretch of a room's messages, and the way to those before and after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import ModuleRef
from baukasten.sdk import NotFound, Scope, module_url
from baukasten_chat.messages import history
from baukasten_chat.page import forms
from baukasten_chat.page.kept import Kept

SIZE = 50
_kept = Kept()
RoomRow = Any
"""A row of ``chat_room``."""


@dataclass(frozen=True, slots=True)
class Where:
    """Which stretch is asked for: the messages before a number, after one, or the last ones."""

    before: int | None = None
    after: int | None = None

    @property
    def is_now(self) -> bool:
        """Whether it is the end of the room."""
        return self.before is None and self.after is None


NOW = Where()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Messages in their order."""

    messages: Sequence[Mapping[str, Any]]
    older: int
    """The number before which older ones stand; 0 where there are none."""
    newer: int
    """The number after which newer ones stand; 0 at the end of the room."""


def asked(args: Mapping[str, str]) -> Where:
    """Read the stretch from an address's query; raises NotFound for what no link of ours says."""
    written = {key: args[key] for key in ("vor", "nach") if key in args}
    if not written:
        return NOW
    if len(written) > 1:
        raise NotFound
    ((key, value),) = written.items()
    number = forms.number(value)
    if value != str(number):
        raise NotFound
    return Where(before=number) if key == "vor" else Where(after=number)


def load(session: Scope, room: RoomRow, where: Where = NOW) -> Stretch:
    """Give the messages of a stretch, the same to all who ask for the same version of the room."""
    key = (session.tenant_id, room.id, where)
    return _kept.get(key, room.version, lambda: _load(session, room, where))


def _load(session: Scope, room: RoomRow, where: Where) -> Stretch:
    found = history.page(session, room.id, before=where.before, after=where.after, limit=SIZE)
    if not found:
        # Behind the last one there is nothing yet; before the first one there never will be.
        return Stretch((), 0, 0)
    first, last = found[0]["number"], found[-1]["number"]
    return Stretch(found, first if first > 1 else 0, last if last < room.number else 0)


def address(module: ModuleRef, room: RoomRow, number: int) -> str:
    """Give the address of the page on which a message stands; raises NotFound for a number nobody got."""
    if number > room.number:
        raise NotFound
    near = {} if number > room.number - SIZE else {"nach": max(0, number - SIZE // 2)}
    return module_url(module, "index", **near) + f"#nachricht-{number}"
