"""What all parts of a process share that ring or listen: the bus, and the counts that travel on it."""

import hashlib
from dataclasses import dataclass
from importlib import import_module

from baukasten.config import Config, ConfigError
from baukasten.db.session import Database, Scope
from baukasten.realtime.bus import Bus, LocalBus
from baukasten.realtime.postgres_bus import PostgresBus
from baukasten.realtime.presence import Presence
from baukasten.realtime.rooms import room

TOOL = "realtime.exchange"
"""Key under which every session of the process finds it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One process's share in the news."""

    bus: Bus
    presence: Presence

    def close(self) -> None:
        """Send what waits and give connections back."""
        self.bus.close()


def install(database: Database, config: Config) -> Exchange:
    """Lend the sessions of a database the exchange, the same to all who ask: pages and jobs may share a process.

    Nothing is connected before somebody rings or listens. Raises ConfigError for an address that makes no sense.
    """
    known: Exchange | None = database.tools.get(TOOL)
    if known is None:
        bus = _bus(database, config)
        known = database.tools[TOOL] = Exchange(bus, Presence(bus))
    return known


def _bus(database: Database, config: Config) -> Bus:
    scheme = config.live_url.partition(":")[0]
    if not config.live_url:
        return PostgresBus(database.app.url)
    if scheme == "local":
        return LocalBus()
    if scheme not in ("redis", "rediss", "unix"):
        raise ConfigError("BAUKASTEN_LIVE_URL must begin with redis:// or rediss://, or be left out")
    try:
        found = import_module("baukasten.realtime.redis_bus")
    except ModuleNotFoundError as missing:
        raise ConfigError("BAUKASTEN_LIVE_URL names Redis; install baukasten[redis] too") from missing
    # Two installations may share one Redis, and would hear each other without a name of their own.
    mark = hashlib.sha256(f"live:{config.secret_key}".encode()).hexdigest()[:16]
    bus: Bus = found.RedisBus(config.live_url, f"baukasten:{mark}:")
    return bus


def people_in(session: Scope, kind: str, number: int) -> int:
    """Give how many people listen in a room of the session's town, as this process heard some seconds ago.

    Signed-in people count once a process, guests once a socket; zero where nobody knows, as in commands.
    """
    exchange: Exchange | None = session.tools.get(TOOL)
    if exchange is None or session.tenant_id is None:
        return 0
    return exchange.presence.people_in(room(session.tenant_id, kind, number))
