"""Carrying out what was decided in a case: about the contribution, and about whoever wrote it."""

from dataclasses import dataclass
from typing import Any

from baukasten.db.session import Scope
from baukasten.errors import Invalid
from baukasten.moderation import deciding, kinds, steps
from baukasten.moderation.models import Case, Decision
from baukasten.moderation.people import standing
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import MemberRef
from baukasten.plugin.text import lazy

_ = lazy("core")
PERSON, SEEN = "person", "seen"


@dataclass(frozen=True, slots=True)
class Plan:
    """A step about the contribution, beside it perhaps one about its author, and the wording they are about."""

    step: Step
    person: Step | None = None
    seen: str = ""
    """``reading.mark_of`` the text; empty for whatever it says by then."""

    def values(self) -> dict[str, Any]:
        """Give the plan as plain JSON."""
        person = self.person.values() if self.person else None
        return {**self.step.values(), PERSON: person, SEEN: self.seen}

    @classmethod
    def from_values(cls, values: dict[str, Any]) -> "Plan":
        """Give the plan that ``values`` wrote down."""
        person = values.get(PERSON)
        step = {key: value for key, value in values.items() if key not in (PERSON, SEEN)}
        return cls(Step.from_values(step), Step.from_values(person) if person else None, values.get(SEEN, ""))


def needs_second(session: Scope, plan: Plan) -> bool:
    """Tell whether the town lets two people decide about any part of a plan."""
    both = (plan.step, plan.person)
    return any(steps.needs_second(session, step.measure) for step in both if step is not None)


def check(session: Scope, case: Case, plan: Plan) -> None:
    """Raise Invalid for what could not be carried out: no reason, or a step that does not fit the state."""
    steps.check_reason(plan.step)
    content = kinds.find(session, steps.ref_of(case))
    kind = kinds.content_type(session, case.content_type)
    if plan.step.measure not in steps.steps_for(session, kind, content, plan.step.measure):
        raise Invalid({"measure": _("This step does not fit the contribution's state any more.")})
    if plan.person is not None:
        if content.author_id is None:
            raise Invalid({"person": _("Nobody is there any more whom a measure could limit.")})
        steps.check_reason(plan.person)


def carry_out(
    session: Scope, actor: MemberRef, case: Case, plan: Plan, *, second: MemberRef | None = None
) -> Decision:
    """End a case by a plan; raises as ``deciding.decide`` and ``standing.judge`` do, and then nothing has happened.

    The two decisions belong together: undoing the first takes both back.
    """
    if plan.person is not None:
        steps.check_reason(plan.person)
    decision = deciding.decide(session, actor, case.id, plan.step, second=second)
    if plan.person is not None and decision.subject_id is not None:
        standing.judge(
            session,
            actor,
            decision.subject_id,
            plan.person,
            ref=steps.ref_of(case),
            case_id=case.id,
            second=second,
        )
    return decision
