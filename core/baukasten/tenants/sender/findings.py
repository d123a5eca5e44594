"""What a check of DNS found, as it is stored: codes and facts, which become words when somebody reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class About(StrEnum):
    """What a finding is about."""

    DKIM = "dkim"
    SPF = "spf"
    DMARC = "dmarc"
    MX = "mx"


class Verdict(StrEnum):
    """How it stands."""

    GOOD = "good"
    WEAK = "weak"
    """Mails are believed, but it could be better."""
    BAD = "bad"
    UNCLEAR = "unclear"
    """DNS gave no answer in time."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found under one name."""

    about: About
    name: str
    """The name in DNS that was asked."""
    verdict: Verdict
    code: str
    """Which sentence says it."""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    """What the sentence names."""
    found: Sequence[str] = ()
    """The records as they stand."""
    selector: str = ""
    """Of the key, for DKIM."""

    @classmethod
    def read_all(cls, stored: Mapping[str, Any] | None) -> list["Finding"]:
        """Give the findings of a stored check; none where nothing was checked."""
        return [
            cls(**{**one, "about": About(one["about"]), "verdict": Verdict(one["verdict"])})
            for one in (stored or {}).get("findings", ())
        ]


def stored(findings: Sequence[Finding]) -> dict[str, Any]:
    """Give findings as they are kept."""
    return {"findings": [asdict(one) for one in findings]}
