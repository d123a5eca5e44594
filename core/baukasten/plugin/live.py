"""What a plugin declares about live connections: events that sockets send, rooms that they listen in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from baukasten.plugin.refs import MemberRef

OWN_ROOM = "member"
"""Kind of the rooms that hold one person each; the core's, no plugin's."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event of a live namespace: who may send it, who answers it."""

    name: str
    mark: str
    """Permission key, or ``public`` or ``signed_in``."""
    handle: Callable[..., Any]
    """Called as ``handle(place, data)``, gives what JSON can say; a BaukastenError becomes the refusal."""
    in_module: bool = False
    """Whether data name a placed module of this plugin (``"module": id``): it stands in ``place.module`` then, by the
    rule of its pages, and permission, vetoes and phase are judged in it."""


@dataclass(frozen=True, slots=True)
class LiveRoom:
    """A kind of thing that sockets listen to, such as a chat; what is rung there reaches all who entered."""

    kind: str
    """The plugin's name, or begins with it and an underscore."""
    admit: Callable[[Session, MemberRef | None, int], bool]
    """Whether a member, or a guest (nothing), may hear this one; of a foreign or missing number, no.

    Asked of each who enters. When public pages of the town changed, a guest and one person of each set of roles and
    standing are asked about again, and where one of them is refused, all like them; each person when their roles or
    standing changed, when something was rung in their own room (``member``), and in turn every few minutes.
    """
    state: Callable[[Session, int], Mapping[str, Any]] | None = None
    """Public facts told on entering and with every tick, such as a version: by it clients notice what they missed."""
    capacity: Callable[[Session, int], int] | None = None
    """How many people may listen; beyond it clients are told ``full`` and ask from time to time instead."""


@dataclass(frozen=True, slots=True)
class LiveNamespace:
    """Events of one plugin, reachable only through the core's dispatcher."""

    name: str
    events: Sequence[LiveEvent]
    rooms: Sequence[LiveRoom] = ()
