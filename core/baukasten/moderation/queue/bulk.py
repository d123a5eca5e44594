"""One step for many cases: let pass or take out of view, each by the measure that fits why it waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import select

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, Invalid
from baukasten.moderation import deciding
from baukasten.moderation.house_rules import service as house_rules
from baukasten.moderation.models import Case, CaseCause, Decision, Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")


class Way(StrEnum):
    """What shall happen to all that are chosen; the value stands in the form."""

    CLEAR = "durchlassen"
    AWAY = "ausblenden"


MEASURES: Mapping[Way, Mapping[bool, Measure]] = {
    Way.CLEAR: {True: Measure.PUBLISH, False: Measure.KEEP},
    Way.AWAY: {True: Measure.REJECT, False: Measure.HIDE},
}
"""Measures for what is held, and for what is in view."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the chosen cases."""

    decided: list[Decision] = field(default_factory=list)
    refused: dict[int, BaukastenError] = field(default_factory=dict)


def step_of(session: Scope, way: Way, rule_key: str, facts: str) -> Step:
    """Give the step for a way; its measure is set for each case. Raises Invalid for a rule that is not in force."""
    if way is Way.CLEAR:
        return Step(Measure.PUBLISH, facts=facts)
    rules = house_rules.current(session)
    rule = rules.find(rule_key)
    if rule is None:
        raise Invalid({"rule": _("Please name the rule.")})
    return Step(Measure.REJECT, str(rule.title), facts, rule_key=rule.key, rules_version=rules.version)


def decide(session: Scope, actor: MemberRef, case_ids: Sequence[int], way: Way, step: Step) -> Result:
    """Decide the chosen cases, at most a hundred, together; what cannot be decided is named and stops no other.

    Raises Invalid for none or too many, and for a missing reason.
    """
    if not case_ids or len(case_ids) > deciding.MOST_AT_ONCE:
        raise Invalid({"": _("Choose between 1 and 100 cases.")})
    query = select(Case.id).where(Case.id.in_(case_ids), Case.cause == CaseCause.HELD.value)
    held = set(session.scalars(query))
    result, moment = Result(), clock.now()
    for is_held, measure in MEASURES[way].items():
        mine = [one for one in case_ids if (one in held) is is_held]
        if not mine:
            continue
        outcome = deciding.decide_many(session, actor, mine, replace(step, measure=measure), at=moment)
        result.decided.extend(outcome.decided)
        result.refused.update(outcome.refused)
    return result
