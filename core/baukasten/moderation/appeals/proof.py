"""Evidence as it is printed and taken away: what was frozen, and whether it is still the same."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from baukasten.access import members
from baukasten.db.session import Scope
from baukasten.errors import NotFound
from baukasten.moderation import evidence, measures
from baukasten.moderation.house_rules import service as rules
from baukasten.moderation.house_rules.service import RuleText
from baukasten.moderation.models import Decision, Measure
from baukasten.plugin.text import lazy

_ = lazy("core")
ERASED: Mapping[str, Any] = {"erased": True}
"""Stands in the place of evidence whose texts had to go; the hash stays."""
OTHER_REASONS = {"illegal": _("It is against the law"), "other": _("Something else")}


class Check(StrEnum):
    """What computing the hash anew says."""

    SAME = "same"
    CHANGED = "changed"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class FrozenReport:
    """A report as it was when the decision fell."""

    at: dt.datetime
    reason: str
    explanation: str
    seen: str
    number: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A decision with its evidence."""

    decision: Decision
    what: str
    frozen: Mapping[str, Any]
    written_at: dt.datetime | None
    frozen_at: dt.datetime | None
    reports: Sequence[FrozenReport]
    rule: RuleText | None
    names: Mapping[int, str]
    """Of those who took part, by the number of the member."""
    check: Check

    @property
    def file_name(self) -> str:
        """Name the file that the hash is of."""
        return f"beleg-{self.decision.id}.json"


def proof(session: Scope, decision: Decision, *others: int | None) -> Proof:
    """Give a decision with its evidence, compared with the hash, and the names of those who decided and of others."""
    frozen = decision.evidence
    people = (decision.actor_id, decision.second_id, *others)
    return Proof(
        decision=decision,
        what=str(measures.NAMES[Measure(decision.measure)]),
        frozen=frozen,
        written_at=_moment(frozen.get("written_at")),
        frozen_at=_moment(frozen.get("frozen_at")),
        reports=[_report(session, one) for one in frozen.get("reports", ())],
        rule=rules.rule(session, decision.rule_key, decision.rules_version) if decision.rule_key else None,
        names=members.names(session, [one for one in people if one is not None]),
        check=check(decision),
    )


def stored(session: Scope, decision_id: int) -> Decision:
    """Give a decision; raises NotFound."""
    decision = session.scalar(select(Decision).where(Decision.id == decision_id))
    if decision is None:
        raise NotFound
    return decision


def check(decision: Decision) -> Check:
    """Compute the hash of the evidence anew and compare it with the one from the day of the decision."""
    if decision.evidence == ERASED:
        return Check.ERASED
    return Check.SAME if evidence.digest(decision.evidence) == decision.evidence_hash else Check.CHANGED


def _report(session: Scope, one: Mapping[str, str]) -> FrozenReport:
    rule = rules.rule(session, one["reason"])
    reason = rule.title if rule else str(OTHER_REASONS.get(one["reason"], one["reason"]))
    at = dt.datetime.fromisoformat(one["at"])
    return FrozenReport(at, reason, one["explanation"], one["seen"], one["receipt"])


def _moment(written: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None
