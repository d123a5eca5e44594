"""How an address fares: what weighs how much, how it fades, and from where on it is left in peace."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from baukasten_newsletter.returns.classes import Kind

HALF_LIFE = dt.timedelta(days=30)
THRESHOLD = 3.0
"""Two mails to an address that does not exist, within some weeks; a full mailbox takes months of weekly ones."""
WEIGHTS = {
    (Kind.USER_UNKNOWN, True): 2.0,
    (Kind.USER_UNKNOWN, False): 1.0,
    (Kind.HOST_UNKNOWN, True): 1.0,
    (Kind.HOST_UNKNOWN, False): 0.5,
    (Kind.RELAY, True): 0.7,
    (Kind.RELAY, False): 0.3,
    (Kind.UNKNOWN, True): 0.7,
    (Kind.UNKNOWN, False): 0.3,
    (Kind.SYSTEM, True): 0.3,
    (Kind.SYSTEM, False): 0.3,
    (Kind.MAILBOX_FULL, True): 0.5,
    (Kind.MAILBOX_FULL, False): 0.5,
}
"""What is missing weighs nothing: rules and spam filters refuse the sender, delays and holidays refuse nobody."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One return, as far as it counts."""

    delivery: int
    kind: Kind
    permanent: bool
    at: dt.datetime

    @property
    def weight(self) -> float:
        """What it weighs while it is fresh."""
        return WEIGHTS.get((self.kind, self.permanent), 0.0)


def faded(value: float, at: dt.datetime, moment: dt.datetime) -> float:
    """Give what is left at a moment of a value of before."""
    return float(value * 0.5 ** ((moment - at) / HALF_LIFE))


def heaviest(marks: Iterable[Mark]) -> list[Mark]:
    """Give the heaviest mark of each delivery: a mail that comes back twice failed once."""
    found: dict[int, Mark] = {}
    for mark in sorted(marks, key=lambda one: (-one.weight, one.at, one.kind)):
        found.setdefault(mark.delivery, mark)
    return [found[one] for one in sorted(found)]


def total(marks: Iterable[Mark], moment: dt.datetime) -> float:
    """Give the value at a moment, whatever the order in which the marks came."""
    return sum(faded(one.weight, one.at, moment) for one in heaviest(marks))
