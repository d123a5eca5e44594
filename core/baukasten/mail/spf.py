"""Which servers a domain lets send for it (SPF, RFC 7208): read without a mail, and counted as receivers count."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from baukasten.mail.zones import Kind, Resolver

MOST_LOOKUPS, MOST_VOIDS = 10, 2
"""RFC 7208, 4.6.4: more terms that ask DNS, or more of them that find nothing, void the whole record."""
MOST_EXCHANGES = 10
_ENOUGH = 30
"""Where counting ends, for records that include each other."""
_TERM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?::(?P<target>[^/\s]+(?:/[^\s]*)?)|(?P<bare>/[^\s]+))?",
    re.IGNORECASE,
)
_MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>\S*)", re.IGNORECASE)
_CIDR = re.compile(r"(/\d{1,3})?(//\d{1,3})?$")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Fault(StrEnum):
    """Why receivers throw a record away as a whole."""

    NONE = "none"
    SEVERAL = "several"
    WRONG_TERM = "wrong_term"
    WRONG_INCLUDE = "wrong_include"
    TOO_MANY = "too_many"
    VOIDS = "voids"
    EXCHANGES = "exchanges"


class _FaultError(Exception):
    def __init__(self, fault: Fault, term: str = "") -> None:
        super().__init__(fault, term)
        self.fault, self.term = fault, term


@dataclass
class Report:
    """What a domain's record says."""

    records: tuple[str, ...] = ()
    """All that begin like SPF; one is right."""
    fault: Fault | None = None
    term: str = ""
    """The term at fault."""
    lookups: int = 0
    """Questions that a receiver may have to ask, in the worst case."""
    voids: int = 0
    end: str = ""
    """The sign of ``all``: ``-``, ``~``, ``?``, ``+``; empty where the record ends in nothing."""
    includes: set[str] = field(default_factory=set)
    networks: list[Network] = field(default_factory=list)

    def covers(self, needed: str, resolver: Resolver) -> bool:
        """Tell whether mails from what a term stands for are let through; raises NoAnswerError."""
        kind, _, target = needed.lower().partition(":")
        if kind in {"ip4", "ip6"}:
            return self._holds(ipaddress.ip_network(target, strict=False))
        if target.rstrip(".") in self.includes:
            return True
        hosts = [target] if kind == "a" else [*resolver.ask(target, Kind.MX)] if kind == "mx" else []
        found = [ipaddress.ip_network(one) for host in hosts for one in _addresses(resolver, host)]
        return bool(found) and all(self._holds(one) for one in found)

    def _holds(self, network: Network) -> bool:
        return any(network.version == one.version and network.subnet_of(one) for one in self.networks)  # type: ignore[arg-type]


def read(resolver: Resolver, domain: str) -> Report:
    """Read a domain's record and all that it includes; raises NoAnswerError."""
    report = Report()
    try:
        report.records = _records(resolver, domain)
        report.end = _walk(resolver, domain, _one(report.records), report, trusted=True)
        if report.lookups > MOST_LOOKUPS:
            report.fault = Fault.TOO_MANY
        elif report.voids > MOST_VOIDS:
            report.fault = Fault.VOIDS
    except _FaultError as error:
        report.fault, report.term = error.fault, error.term
    return report


def proposed(records: Sequence[str], missing: Sequence[str]) -> str:
    """Give the record to publish: the one that stands, with the missing terms in front, or a new one."""
    if not records:
        return " ".join(["v=spf1", *(missing or ["mx"]), "~all"])
    terms, kept = list(missing), records[0].split()
    return " ".join([kept[0], *terms, *kept[1:]])


def _records(resolver: Resolver, domain: str) -> tuple[str, ...]:
    return tuple(
        one
        for one in resolver.ask(domain, Kind.TXT)
        if one.lower() == "v=spf1" or one.lower().startswith("v=spf1 ")
    )


def _one(records: Sequence[str], term: str = "") -> str:
    if not records:
        raise _FaultError(Fault.WRONG_INCLUDE if term else Fault.NONE, term)
    if len(records) > 1:
        raise _FaultError(Fault.WRONG_INCLUDE if term else Fault.SEVERAL, term)
    return records[0]


def _walk(resolver: Resolver, domain: str, record: str, report: Report, *, trusted: bool) -> str:
    """Follow the terms of one record and give how it ends; ``trusted`` where a match here lets a mail through."""
    redirect = ""
    terms = record.split()[1:]
    for term in terms:
        found = _TERM.fullmatch(term)
        modifier = _MODIFIER.fullmatch(term)
        if found is None and modifier is None:
            raise _FaultError(Fault.WRONG_TERM, term)
        if found is None:
            if modifier is not None and modifier["name"].lower() == "redirect":
                redirect = modifier["value"]
            continue
        if found["name"].lower() == "all":
            return found["sign"] or "+"
        if report.lookups > _ENOUGH:
            return ""
        _follow(resolver, domain, found, report, trusted=trusted and found["sign"] in {"", "+"})
    if not redirect:
        return ""
    report.lookups += 1
    if "%" in redirect or report.lookups > _ENOUGH:
        return ""
    target = redirect.lower().rstrip(".")
    inner = _one(_records(resolver, target), f"redirect={redirect}")
    if trusted:
        report.includes.add(target)
    return _walk(resolver, target, inner, report, trusted=trusted)


def _follow(resolver: Resolver, domain: str, found: re.Match[str], report: Report, *, trusted: bool) -> None:
    name, target = found["name"].lower(), (found["target"] or "").lower()
    if name in {"ip4", "ip6"}:
        network = _network(name, target, found[0])
        if trusted:
            report.networks.append(network)
        return
    if name in {"include", "exists"} and not target:
        raise _FaultError(Fault.WRONG_TERM, found[0])
    report.lookups += 1
    host = _CIDR.sub("", target).rstrip(".") or domain
    # What depends on the mail itself, as a macro does, can be counted and not followed.
    if "%" in host or name in {"exists", "ptr"}:
        return
    if name == "include":
        _include(resolver, host, found[0], report, trusted=trusted)
        return
    hosts = [host] if name == "a" else [one for one in resolver.ask(host, Kind.MX) if one != "."]
    if len(hosts) > MOST_EXCHANGES:
        raise _FaultError(Fault.EXCHANGES, found[0])
    addresses = [one for each in hosts for one in _addresses(resolver, each)]
    report.voids += not addresses
    if trusted:
        four, six = _lengths(found)
        report.networks += [
            ipaddress.ip_network(f"{one}/{six if ':' in one else four}", strict=False) for one in addresses
        ]


def _include(resolver: Resolver, host: str, term: str, report: Report, *, trusted: bool) -> None:
    report.voids += not resolver.ask(host, Kind.TXT)
    record = _one(_records(resolver, host), term)
    if trusted:
        report.includes.add(host)
    _walk(resolver, host, record, report, trusted=trusted)


def _network(name: str, target: str, term: str) -> Network:
    try:
        network = ipaddress.ip_network(target, strict=False)
    except ValueError:
        raise _FaultError(Fault.WRONG_TERM, term) from None
    if network.version != int(name[-1]):
        raise _FaultError(Fault.WRONG_TERM, term)
    return network


def _lengths(found: re.Match[str]) -> tuple[int, int]:
    """Give the lengths of the networks that ``a`` and ``mx`` let in, for both kinds of addresses."""
    cidr = _CIDR.search(found["bare"] or found["target"] or "")
    four, six = (cidr[1], cidr[2]) if cidr else (None, None)
    lengths = int((four or "/32")[1:]), int((six or "//128")[2:])
    if lengths[0] > 32 or lengths[1] > 128:
        raise _FaultError(Fault.WRONG_TERM, found[0])
    return lengths


def _addresses(resolver: Resolver, host: str) -> tuple[str, ...]:
    return resolver.ask(host, Kind.A) + resolver.ask(host, Kind.AAAA)
