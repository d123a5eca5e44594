"""Counted attempts: how often an address or a network may try something, kept under hashes that change daily."""

import datetime as dt
import hashlib
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from baukasten import clock
from baukasten.db.session import Database
from baukasten.errors import TooMany

COUNT = text("SELECT key, hits FROM platform.count_hits(:keys, :start)")
IPV6_HOME = 64
"""A household gets a whole /64, so a single address in it says nothing (RFC 6177)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often one thing may be tried within a window of seconds, per address, per network, and per both."""

    name: str
    seconds: int
    address: int
    network: int
    pair: int = 0
    """Tries of one address from one network; 0 counts no pairs."""


SIGN_IN = Limit("sign-in", 15 * 60, address=40, network=120, pair=10)
REGISTER = Limit("register", 60 * 60, address=5, network=40)
RECOVER = Limit("recover", 60 * 60, address=5, network=40)
CHANGE = Limit("change", 60 * 60, address=10, network=60)


@dataclass(frozen=True, slots=True)
class Limiter:
    """Counts in a transaction of its own, so that refused attempts count too."""

    database: Database
    secret: str

    def take(self, limit: Limit, *, address: str = "", network: str = "") -> None:
        """Count one attempt of an address from a network; raises TooMany when any of the limits is reached."""
        home = home_of(network) if network else ""
        counted = (
            ("address", address, limit.address),
            ("network", home, limit.network),
            ("pair", f"{address} {home}" if address and home else "", limit.pair),
        )
        self.count(
            limit.name,
            limit.seconds,
            [(kind, value, most) for kind, value, most in counted if value and most],
        )

    def count(self, name: str, seconds: int, counted: Sequence[tuple[str, str, int]]) -> None:
        """Count one attempt under each (kind, value, most); raises TooMany when any has more than its most.

        Other rooms count with it too: what stands in ``value`` is stored as a keyed hash only.
        """
        now = clock.now()
        start = int(now.timestamp()) // seconds * seconds
        most = {self._key(now, name, kind, value): allowed for kind, value, allowed in counted}
        with self.database.session(None) as session:
            moment = dt.datetime.fromtimestamp(start, dt.UTC)
            rows = session.execute(COUNT, {"keys": sorted(most), "start": moment}).all()
            session.commit()
        if any(row.hits > most[row.key] for row in rows):
            raise TooMany(start + seconds - int(now.timestamp()))

    def _key(self, now: dt.datetime, name: str, kind: str, value: str) -> str:
        # With yesterday's key gone out of use, nobody can tell any more which network a row stands for.
        daily = hmac.new(self.secret.encode(), f"limits:{now:%Y-%m-%d}".encode(), hashlib.sha256).digest()
        return hmac.new(daily, f"{name}:{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def home_of(remote: str) -> str:
    """Give the part of a network address that one household or office shares; unreadable ones share one part."""
    try:
        found = ipaddress.ip_address(remote)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, IPV6_HOME), strict=False))
    return str(found)
