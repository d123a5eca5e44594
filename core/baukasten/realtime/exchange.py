"""What all parts of a process share that ring or listen: the bus, and the counts that travel on it."""

from dataclasses import dataclass

from baukasten.db.session import Database, Scope
from baukasten.realtime.bus import Bus, LocalBus
from baukasten.realtime.presence import Presence
from baukasten.realtime.rooms import room

TOOL = "realtime.exchange"
"""Key under which every session of the process finds it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One process's share in the news."""

    bus: Bus
    presence: Presence


def install(database: Database) -> Exchange:
    """Lend the sessions of a database the exchange, the same to all who ask: pages and jobs may share a process."""
    known: Exchange | None = database.tools.get(TOOL)
    if known is None:
        bus = LocalBus()
        known = database.tools[TOOL] = Exchange(bus, Presence(bus))
    return known


def people_in(session: Scope, kind: str, number: int) -> int:
    """Give how many people listen in a room of the session's town, as this process heard some seconds ago.

    Signed-in people count once a process, guests once a socket; zero where nobody knows, as in commands.
    """
    exchange: Exchange | None = session.tools.get(TOOL)
    if exchange is None or session.tenant_id is None:
        return 0
    return exchange.presence.people_in(room(session.tenant_id, kind, number))
