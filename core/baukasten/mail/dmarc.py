"""What a domain asks of receivers (DMARC), and which domains count as one, found by the walk up the tree.

The walk (RFC 9989, 4.10) needs no list of public suffixes: whoever runs a domain says where it ends.
"""

from dataclasses import dataclass

from baukasten.mail.zones import Kind, Resolver

_LONGEST = 8
"""Names with more labels are cut to one less after the first question, which bounds the walk."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A record that holds for a domain."""

    domain: str
    """Where it stands, below ``_dmarc.``."""
    record: str
    """As it stands."""
    tags: tuple[tuple[str, str], ...]

    def tag(self, name: str, default: str = "") -> str:
        """Give a tag's value in small letters."""
        return dict(self.tags).get(name, default)

    def wish(self, domain: str) -> str:
        """Give what receivers shall do with mails of a domain that are not believed: none, quarantine or reject."""
        own = self.tag("p", "none")
        return own if domain == self.domain else self.tag("sp", own)


def policy(resolver: Resolver, domain: str) -> Policy | None:
    """Give the record that holds for mails from a domain: its own or its organisation's; raises NoAnswerError."""
    own = _at(resolver, domain)
    return own or _at(resolver, organisation(resolver, domain))


def organisation(resolver: Resolver, domain: str) -> str:
    """Give the domain that stands for the whole organisation; raises NoAnswerError."""
    found = [one for one in (_at(resolver, name) for name in _upwards(domain)) if one is not None]
    for one in found:
        if one.tag("psd") == "n":
            return one.domain
        if one.tag("psd") == "y" and one.domain != domain:
            return ".".join(domain.split(".")[-one.domain.count(".") - 2 :])
    return found[-1].domain if found else domain


def aligned(resolver: Resolver, domain: str, other: str, *, strict: bool) -> bool:
    """Tell whether a domain that was proven speaks for the one in the sender's address; raises NoAnswerError."""
    if domain == other:
        return True
    return not strict and organisation(resolver, domain) == organisation(resolver, other)


def _upwards(domain: str) -> list[str]:
    labels = domain.split(".")
    names = [domain]
    rest = labels[-(_LONGEST - 1) :] if len(labels) > _LONGEST else labels[1:]
    while rest:
        names.append(".".join(rest))
        rest = rest[1:]
    return names


def _at(resolver: Resolver, domain: str) -> Policy | None:
    """Read the record of one name; several, or one without the right beginning, are none."""
    found = [(one, _tags(one)) for one in resolver.ask(f"_dmarc.{domain}", Kind.TXT)]
    found = [(one, tags) for one, tags in found if tags[:1] == (("v", "dmarc1"),)]
    return Policy(domain, *found[0]) if len(found) == 1 else None


def _tags(record: str) -> tuple[tuple[str, str], ...]:
    parts = [part.partition("=") for part in record.split(";")]
    return tuple((name.strip().lower(), value.strip().lower()) for name, equals, value in parts if equals)
