"""How often somebody may send or connect: per person and per network, whose limit spares a library."""

import ipaddress
import math
import time

MOST_KEYS = 50_000


class Buckets:
    """Token buckets by key: a stretch of much, then no more than a steady little."""

    def __init__(self, size: float, per_second: float) -> None:
        """Take how much fits at once, and what flows back."""
        self.size, self.per_second = size, per_second
        self._left: dict[str, tuple[float, float]] = {}

    def wait(self, key: str, now: float) -> float:
        """Give the seconds until one more would fit, without taking it."""
        return max(0.0, (1 - self._level(key, now)) / self.per_second)

    def take(self, key: str, now: float) -> None:
        """Take one, which must fit."""
        if len(self._left) >= MOST_KEYS:
            self._left = {one: left for one, left in self._left.items() if self._level(one, now) < self.size}
        self._left[key] = (self._level(key, now) - 1, now)

    def _level(self, key: str, now: float) -> float:
        left, since = self._left.get(key, (self.size, now))
        return min(self.size, left + (now - since) * self.per_second)


class Pace:
    """The limits of one kind of doing; in each process for itself."""

    def __init__(self, person: Buckets, network: Buckets) -> None:
        """Take the two limits; a socket's own stands with the socket."""
        self.person, self.network = person, network

    def take(self, account_id: int | None, address: str) -> int:
        """Count one and give 0, or give the whole seconds to wait; what is refused counts nowhere."""
        now = time.monotonic()
        keys = [(self.person, str(account_id))] if account_id is not None else []
        where = network_of(address)
        if where:
            keys.append((self.network, where))
        wait = max((buckets.wait(key, now) for buckets, key in keys), default=0.0)
        if wait > 0:
            return math.ceil(wait)
        for buckets, key in keys:
            buckets.take(key, now)
        return 0


def network_of(address: str) -> str:
    """Give what stands for a network: an IPv4 address, or the half of an IPv6 address that providers hand out.

    Empty for this machine itself, which is a proxy that nobody declared, and for what is no address.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    if found.is_loopback:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def events() -> Pace:
    """Give the limits of what sockets send: forty people behind one address do not notice theirs."""
    return Pace(Buckets(60, 6), Buckets(1_200, 120))


def handshakes() -> Pace:
    """Give the limits of connecting: a whole library may come back at once after a restart."""
    return Pace(Buckets(30, 1), Buckets(300, 10))
