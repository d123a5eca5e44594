"""Measures against people: warned, muted, suspended or freed, each with a rule and facts, on record and told."""

from typing import Any

from sqlalchemy import select

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Denied, Invalid, NotFound
from baukasten.moderation import deciding, evidence, interests, kinds, standings
from baukasten.moderation.locks import lock
from baukasten.moderation.models import Case, Decision
from baukasten.moderation.steps import Step, check_free, check_reason, check_second
from baukasten.plugin.refs import ContentRef, MemberRef
from baukasten.projects import queries

PROFILE = "core.profile"
"""Type of what a measure is about where no contribution gave rise to it."""
MODULE = "module"
"""Key of the evidence under which the title of the module stands in which alone a measure holds."""


def judge(
    session: Scope,
    actor: MemberRef,
    member_id: int,
    step: Step,
    *,
    ref: ContentRef | None = None,
    case_id: int | None = None,
    second: MemberRef | None = None,
    closes: bool = False,
) -> Decision:
    """Take a measure against a person: ``WARN``, ``MUTE``, ``SUSPEND``, or ``FREE`` from one.

    ``ref`` is the contribution that gave rise to it; ``closes`` ends the case with it, as when a profile was
    reported. Raises Invalid without rule and facts or for an end out of reach, Denied for oneself and people above,
    NotFound for strangers and unknown modules, SecondNeeded where the town wants two.
    """
    check_reason(step)
    check_second(session, actor, step, second)
    if second is not None and second.id == member_id:
        raise Denied(interests.PART)
    about = ref or ContentRef(PROFILE, member_id)
    # The contribution first, as whoever decides about both holds it already.
    lock(session, [about])
    lock(session, [ContentRef("member", member_id)])
    before = standings.now_of(session, actor, member_id, step.module_id)
    standings.check_measure(step.measure, step.until, before.standing)
    if case_id is not None:
        _check_case(session, actor, case_id, second)
    proof = {**_proof(session, about, case_id, before), **_inside(session, step)}
    _change(session, actor, member_id, step)
    decision = Decision(
        case_id=case_id,
        content_type=about.type,
        content_id=about.id,
        measure=step.measure.value,
        rule=step.rule.strip(),
        rule_key=step.rule_key,
        rules_version=step.rules_version,
        facts=step.facts.strip(),
        until=step.until if step.measure in standings.LASTING else None,
        module_id=step.module_id,
        reverses=step.reverses,
        automated=step.automated,
        actor_id=actor.id,
        second_id=second.id if second else None,
        subject_id=member_id,
        before=before.standing.value,
        evidence=proof,
        evidence_hash=evidence.digest(proof),
        created_at=clock.now(),
    )
    session.add(decision)
    session.flush()
    if closes:
        deciding.close(session, step, [decision])
    target = f"member:{member_id}"
    record(session, actor, f"moderation.person.{step.measure.value}", target, decision=decision.id)
    deciding.tell_later(session, [decision])
    return decision


def _check_case(session: Scope, actor: MemberRef, case_id: int, second: MemberRef | None) -> None:
    """A case that is closed already is no obstacle: its contribution may have been decided a moment ago."""
    case = session.scalar(select(Case).where(Case.id == case_id))
    if case is None:
        raise NotFound
    if case.closed_at is None:
        check_free(session, actor, case, second)


def _proof(session: Scope, about: ContentRef, case_id: int | None, before: standings.Limit) -> dict[str, Any]:
    """Freeze what gave rise to the measure, beside the standing before it, where undoing leads back to."""
    content = kinds.find_all(session, [about]).get(about)
    frozen: dict[str, Any] = {"frozen_at": clock.now().isoformat()}
    if content is not None:
        frozen = evidence.frozen(session, content, case_id)
    return {**frozen, standings.SHOWN: before.values()}


def _inside(session: Scope, step: Step) -> dict[str, str]:
    """Freeze the title of the module in which alone a measure holds; raises NotFound for one of nowhere."""
    if step.module_id is None:
        return {}
    module = queries.module_by_id(session, step.module_id)
    if module is None:
        raise NotFound
    return {MODULE: module.title}


def _change(session: Scope, actor: MemberRef, member_id: int, step: Step) -> None:
    words = {"rule": step.rule.strip(), "facts": step.facts.strip()}
    try:
        standings.change(
            session, actor, member_id, step.measure, **words, until=step.until, module_id=step.module_id
        )
    except Invalid as error:
        # Members know one reason; here it has two parts, and the second one is where words are missing.
        renamed = {"facts" if key == "reason" else key: said for key, said in error.errors.items()}
        raise Invalid(renamed) from error
