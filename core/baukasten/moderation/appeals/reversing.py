"""Undoing what an appeal was right about: the contribution returns to its place, the person is free again."""

from enum import StrEnum

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.errors import Invalid
from baukasten.moderation import evidence, kinds, measures
from baukasten.moderation.models import Case, Decision, Measure
from baukasten.moderation.people import standing
from baukasten.moderation.steps import Step, ref_of
from baukasten.plugin.refs import Content, MemberRef, Visibility

UNDER_WAY = (Measure.MUTE, Measure.SUSPEND)


class Result(StrEnum):
    """What came of undoing a decision."""

    BACK = "back"
    """The contribution is where it was, the person free."""
    NEWER = "newer"
    """Another decision stands against it, which this appeal was not about."""
    GONE = "gone"
    """Its author took it back meanwhile, or it is not there any more."""
    OVER = "over"
    """Nothing was left to undo: a warning, or a measure whose time was over."""


def reverse(session: Scope, actor: MemberRef, decision: Decision, case: Case, reason: str) -> Result:
    """Undo a decision, and leave a decision of its own that says so; the caller holds the contribution's lock."""
    measure = Measure(decision.measure)
    if measure in measures.ON_PERSON:
        return _free(session, actor, decision, case, reason)
    content = kinds.find_all(session, [ref_of(decision)]).get(ref_of(decision))
    if content is None or content.visibility is Visibility.WITHDRAWN:
        return Result.GONE
    if session.scalar(select(_newer(decision))):
        return Result.NEWER
    # Frozen before the step, as every decision is.
    proof = evidence.frozen(session, content, case.id)
    goal = _goal(session, decision, content)
    kinds.lead(session, content, goal)
    session.add(
        Decision(
            case_id=case.id,
            content_type=decision.content_type,
            content_id=decision.content_id,
            measure=Measure.RESTORE.value,
            facts=reason,
            actor_id=actor.id,
            subject_id=content.author_id,
            before=content.visibility.value,
            evidence=proof,
            evidence_hash=evidence.digest(proof),
            reverses=decision.id,
            created_at=clock.now(),
            # The answer to the appeal says it.
            told_at=clock.now(),
        )
    )
    session.flush()
    kinds.announce_change(session, content, goal)
    return Result.BACK


def _goal(session: Scope, decision: Decision, content: Content) -> Visibility:
    """Give the state before the decision; what was held then waits for nobody any more, and comes into view.

    A contribution that is no longer in the state which the decision left stays where others brought it.
    """
    before = Visibility(decision.before)
    kind = kinds.content_type(session, decision.content_type)
    left = measures.goal(kind, Measure(decision.measure), before)
    if content.visibility is not left:
        return content.visibility
    return Visibility.PUBLISHED if before is Visibility.HELD else before


def _newer(decision: Decision) -> ColumnElement[bool]:
    """Give the condition that another measure stands against the same contribution, and none has undone it."""
    other, undone = aliased(Decision), aliased(Decision)
    return exists().where(
        other.content_type == decision.content_type,
        other.content_id == decision.content_id,
        other.id > decision.id,
        other.undone_at.is_(None),
        other.measure.in_([one.value for one in Measure if _is_on_content(one)]),
        ~exists().where(undone.reverses == other.id, undone.undone_at.is_(None)),
    )


def _is_on_content(measure: Measure) -> bool:
    return measures.is_strict(measure) and measure not in measures.ON_PERSON


def _free(session: Scope, actor: MemberRef, decision: Decision, case: Case, reason: str) -> Result:
    """End a measure against a person, where it still runs and no newer one took its place."""
    newer = exists().where(
        Decision.subject_id == decision.subject_id,
        Decision.id > decision.id,
        Decision.measure.in_([one.value for one in (*UNDER_WAY, Measure.FREE)]),
        Decision.module_id.is_not_distinct_from(decision.module_id),
        Decision.undone_at.is_(None),
    )
    if decision.subject_id is None:
        return Result.GONE
    if Measure(decision.measure) not in UNDER_WAY:
        return Result.OVER
    if session.scalar(select(newer)):
        return Result.NEWER
    step = Step(Measure.FREE, facts=reason, reverses=decision.id, module_id=decision.module_id)
    try:
        standing.judge(session, actor, decision.subject_id, step, ref=ref_of(decision), case_id=case.id)
    except Invalid:
        return Result.OVER
    return Result.BACK
