"""Questions to DNS, behind an interface that tests answer from a zone of their own."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import dns.exception
import dns.name
import dns.rdata
import dns.resolver

TOOL = "zones"
"""Name under which the process lends the way to a resolver to its jobs: a callable that gives a fresh one."""
ONE_ANSWER, ALL_ANSWERS = 3.0, 25.0
"""Seconds for one question, and for all of one check."""


class Kind(StrEnum):
    """Which records are asked for."""

    TXT = "TXT"
    MX = "MX"
    A = "A"
    AAAA = "AAAA"


class NoAnswerError(Exception):
    """DNS did not answer in time or not at all; that says nothing about the records."""


class Resolver(Protocol):
    """Asks DNS."""

    def ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        """Give the records under a name: strings of a TXT joined, names without their last dot, MX without its rank.

        Empty where there are none, or no such name. Raises NoAnswerError.
        """
        ...


def _system() -> dns.resolver.Resolver:
    try:
        return dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        # A machine without DNS gets no answers, which the check can say.
        return dns.resolver.Resolver(configure=False)


@dataclass
class SystemResolver:
    """Asks the servers that the machine is set to; for one check, whose answers it keeps."""

    inner: dns.resolver.Resolver = field(default_factory=_system)
    until: float = field(default_factory=lambda: time.monotonic() + ALL_ANSWERS)
    _known: dict[tuple[str, Kind], tuple[str, ...]] = field(default_factory=dict)

    def ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        """Ask once for each name and kind; what is no name has no records."""
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self._known[key] = self._ask(*key)
        return self._known[key]

    def _ask(self, name: str, kind: Kind) -> tuple[str, ...]:
        left = min(ONE_ANSWER, self.until - time.monotonic())
        if left <= 0:
            raise NoAnswerError
        try:
            answer = self.inner.resolve(f"{name}.", str(kind), lifetime=left)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return ()
        except (
            dns.name.LabelTooLong,
            dns.name.NameTooLong,
            dns.name.EmptyLabel,
            dns.name.BadEscape,
            UnicodeError,
        ):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise NoAnswerError from error
        return tuple(sorted(_plain(answer)))


def _plain(records: Iterable[dns.rdata.Rdata]) -> Iterable[str]:
    for record in records:
        if hasattr(record, "strings"):
            # Anybody may publish a zero, and no database takes one.
            yield b"".join(record.strings).decode("utf-8", "replace").replace("\0", "\ufffd")
        elif hasattr(record, "exchange"):
            yield record.exchange.to_text(omit_final_dot=True).lower()
        else:
            yield record.to_text()
