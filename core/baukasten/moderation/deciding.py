"""Decisions: one path by which cases end, one by one or by the hundred, and ten seconds to think again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, Conflict, Denied, Invalid, NotFound
from baukasten.jobs.queue import enqueue_all
from baukasten.moderation import evidence, interests, kinds, measures, standings
from baukasten.moderation.locks import TOGETHER, lock
from baukasten.moderation.models import Case, CaseCause, Decision, Measure, Report, Settled
from baukasten.moderation.steps import (
    Step,
    check_free,
    check_reason,
    check_second,
    ref_of,
    steps_for,
)
from baukasten.plugin.refs import Content, ContentRef, MemberRef, Visibility
from baukasten.plugin.text import lazy

_ = lazy("core")
TELL_JOB = "moderation.tell"
UNDO = dt.timedelta(seconds=10)
"""How long a decision can be taken back by whoever took it; nobody is told before."""
GRACE = dt.timedelta(seconds=5)
"""What a click on "undo" may take to arrive."""
TOO_LATE = _("This can no longer be undone. You can decide anew.")
MOST_AT_ONCE = 100
UNSYNCED = {"synchronize_session": False}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of several decisions: those that were taken, and why the others were not, by case."""

    decided: list[Decision] = field(default_factory=list)
    refused: dict[int, BaukastenError] = field(default_factory=dict)


def decide(
    session: Scope, actor: MemberRef, case_id: int, step: Step, *, second: MemberRef | None = None
) -> Decision:
    """End a case by a step on the ladder.

    ``second`` is who confirmed what ``actor`` proposed. Raises NotFound for a missing case, AlreadyDecided, Claimed,
    Proposed, SecondNeeded, Invalid without a reason where one is needed or for a step that does not fit the
    contribution's state.
    """
    outcome = decide_many(session, actor, [case_id], step, second=second)
    for error in outcome.refused.values():
        raise error
    return outcome.decided[0]


def decide_many(
    session: Scope,
    actor: MemberRef,
    case_ids: Sequence[int],
    step: Step,
    *,
    second: MemberRef | None = None,
    at: dt.datetime | None = None,
) -> Outcome:
    """End several cases by the same step, at most ``MOST_AT_ONCE``; a case that cannot be decided stops no other.

    Decisions taken together carry the same moment: ``at``, or now. Raises Invalid for too many or a missing reason,
    SecondNeeded.
    """
    if not case_ids or len(case_ids) > MOST_AT_ONCE:
        raise Invalid({"": _("Choose between 1 and 100 cases.")})
    check_reason(step)
    check_second(session, actor, step, second)
    wanted = sorted(set(case_ids))
    cases = _locked(session, wanted)
    own = interests.of(session, {actor.id, second.id if second else actor.id}, wanted)
    contents = kinds.find_all(session, (ref_of(case) for case in cases.values()))
    # Frozen before the step: what is seen afterwards may be a placeholder.
    proofs = evidence.frozen_all(session, contents, cases.values())
    outcome, moment = Outcome(), at or clock.now()
    for case_id in wanted:
        try:
            case = cases.get(case_id)
            if case is None:
                raise NotFound  # noqa: TRY301 - collected like what the steps raise
            check_free(session, actor, case, second, own=own)
            content = contents.get(ref_of(case))
            if content is None:
                raise NotFound  # noqa: TRY301
            # What one step left half done must not stand beside what the others did.
            with session.begin_nested() if len(wanted) > 1 else nullcontext():
                taken = _carry_out(session, actor, content, step, case, second, proofs[case_id], moment)
            outcome.decided.append(taken)
        except (NotFound, Conflict, Invalid, Denied) as error:
            outcome.refused[case_id] = error
    _finish(session, actor, step, outcome.decided, contents)
    return outcome


def decide_content(session: Scope, actor: MemberRef, ref: ContentRef, step: Step) -> Decision:
    """Take a step on a contribution, and end its case if one waits; raises as ``decide`` does.

    A step that does not fit the contribution's state raises NotFound: whoever asked saw another one.
    """
    check_reason(step)
    check_second(session, actor, step, None)
    lock(session, [ref])
    content = kinds.find(session, ref)
    kind = kinds.content_type(session, ref.type)
    if step.measure not in steps_for(session, kind, content, step.measure):
        raise NotFound(_("This contribution is no longer in the state you saw. Please reload the page."))
    mine = (Case.content_type == ref.type, Case.content_id == ref.id, Case.closed_at.is_(None))
    case = session.scalar(select(Case).where(*mine, Case.cause != CaseCause.APPEAL.value))
    if case is not None:
        check_free(session, actor, case)
    proof = evidence.frozen(session, content, case.id if case else None)
    decision = _carry_out(session, actor, content, step, case, None, proof, clock.now())
    _finish(session, actor, step, [decision], {ref: content})
    return decision


def undo_together(session: Scope, actor: MemberRef, decision_id: int) -> list[Decision]:
    """Take back a decision and those that were taken with it in one go; those decided anew since stay as they are.

    Raises NotFound for another person's decision, Conflict when it is too late.
    """
    on_content = Decision.measure.not_in(measures.ON_PERSON)
    mine = (Decision.actor_id == actor.id, Decision.undone_at.is_(None), on_content)
    moment = select(Decision.created_at).where(Decision.id == decision_id, *mine).scalar_subquery()
    query = select(Decision).where(Decision.created_at == moment, *mine).order_by(Decision.id)
    together = session.scalars(query).all()
    if len(together) < 2:
        return [undo(session, actor, decision_id)]
    if clock.now() - together[0].created_at > UNDO + GRACE:
        raise Conflict(TOO_LATE)
    lock(session, [TOGETHER])
    lock(session, [ref_of(one) for one in together])
    newer = aliased(Decision)
    same = (newer.content_type == Decision.content_type, newer.content_id == Decision.content_id)
    latest = query.where(~select(newer.id).where(*same, newer.id > Decision.id).exists())
    taken = session.scalars(latest.execution_options(populate_existing=True)).all()
    contents = kinds.find_all(session, (ref_of(one) for one in taken))
    # What its author took back meanwhile, or somebody reported anew, stands apart and stops no other.
    there = [one for one in taken if ref_of(one) in contents]
    there = [one for one in there if contents[ref_of(one)].visibility is not Visibility.WITHDRAWN]
    anew = _opened_anew(session, there)
    back = [one for one in there if one.id not in anew]
    if not back:
        raise Conflict(TOO_LATE)
    _lead_back(session, back, contents)
    _reopen(session, back)
    record(session, actor, "moderation.decision.undo", "", decisions=[one.id for one in back])
    return back


def undo(session: Scope, actor: MemberRef, decision_id: int) -> Decision:
    """Take a decision back within ``UNDO``: the contribution returns to its state, the case to whoever decided.

    Raises NotFound for another person's decision, Conflict when it is too late or somebody decided since.
    """
    mine = (Decision.actor_id == actor.id) | (Decision.second_id == actor.id)
    decision = session.scalar(select(Decision).where(Decision.id == decision_id, mine))
    if decision is None:
        raise NotFound
    ref = ContentRef(decision.content_type, decision.content_id)
    lock(session, [ref])
    session.refresh(decision)
    about = (Decision.content_type == ref.type, Decision.content_id == ref.id, Decision.id >= decision.id)
    newest_first = session.scalars(select(Decision).where(*about).order_by(Decision.id.desc())).all()
    late = clock.now() - decision.created_at > UNDO + GRACE or _opened_anew(session, newest_first)
    if late or decision.undone_at is not None or any(not _together(one, decision) for one in newest_first):
        raise Conflict(TOO_LATE)
    for one in newest_first:
        _take_back(session, one)
        record(session, actor, "moderation.decision.undo", f"{ref.type}:{ref.id}", decision=one.id)
    return decision


def _together(one: Decision, other: Decision) -> bool:
    """Tell whether two decisions were one click: about the contribution, and about whoever wrote it."""
    same = one.case_id == other.case_id and one.actor_id == other.actor_id and one.undone_at is None
    personal = Measure(one.measure) in measures.ON_PERSON
    return one is other or (same and personal and one.created_at - other.created_at < GRACE)


def _locked(session: Scope, case_ids: Sequence[int]) -> dict[int, Case]:
    query = select(Case).where(Case.id.in_(case_ids)).execution_options(populate_existing=True)
    cases = {case.id: case for case in session.scalars(query)}
    if len(cases) > 1:
        lock(session, [TOGETHER])
    if cases:
        lock(session, [ref_of(case) for case in cases.values()])
        cases = {case.id: case for case in session.scalars(query)}
    return cases


def _carry_out(
    session: Scope,
    actor: MemberRef,
    content: Content,
    step: Step,
    case: Case | None,
    second: MemberRef | None,
    proof: dict[str, Any],
    moment: dt.datetime,
) -> Decision:
    kind = kinds.content_type(session, content.ref.type)
    if step.measure not in steps_for(session, kind, content, step.measure):
        raise Invalid({"measure": _("This step does not fit the contribution's state any more.")})
    if case is not None and case.cause == CaseCause.APPEAL:
        raise Denied(_("An appeal is answered, not decided like a report."))
    if content.author_id in (actor.id, second.id if second else actor.id):
        raise Denied(interests.OWN)
    kinds.lead(session, content, measures.goal(kind, step.measure, content.visibility))
    return Decision(
        case_id=case.id if case else None,
        content_type=content.ref.type,
        content_id=content.ref.id,
        measure=step.measure.value,
        rule=step.rule.strip(),
        rule_key=step.rule_key,
        rules_version=step.rules_version,
        facts=step.facts.strip(),
        public_text=step.public_text.strip() if step.measure is Measure.NOTE else "",
        until=step.until,
        reverses=step.reverses,
        automated=step.automated,
        actor_id=actor.id,
        second_id=second.id if second else None,
        subject_id=content.author_id,
        before=content.visibility.value,
        evidence=proof,
        evidence_hash=evidence.digest(proof),
        created_at=moment,
    )


def _finish(
    session: Scope,
    actor: MemberRef,
    step: Step,
    decided: Sequence[Decision],
    contents: Mapping[ContentRef, Content],
) -> None:
    """Store the decisions, tell who listens, close the cases, write the log, queue the letters: all together."""
    if not decided:
        return
    session.add_all(decided)
    session.flush()
    moved = [contents[ref_of(one)] for one in decided]
    kinds.announce_changes(
        session,
        [
            (
                content,
                measures.goal(
                    kinds.content_type(session, content.ref.type), step.measure, content.visibility
                ),
            )
            for content in moved
        ],
    )
    close(session, step, decided)
    _write_down(session, actor, step, decided)
    tell_later(session, decided)


def close(session: Scope, step: Step, decided: Sequence[Decision]) -> None:
    """End the cases of stored decisions and settle their reports."""
    now = clock.now()
    case_ids = [one.case_id for one in decided if one.case_id is not None]
    closed = update(Case).where(Case.id.in_(case_ids), Case.closed_at.is_(None))
    session.execute(closed.values(closed_at=now, proposal=None, proposed_by=None), execution_options=UNSYNCED)
    granted = Settled.GRANTED if measures.is_strict(step.measure) else Settled.REFUSED
    by_case = (Decision.case_id == Report.case_id, Decision.id.in_([one.id for one in decided]))
    settled = update(Report).where(Report.outcome.is_(None), *by_case)
    session.execute(
        settled.values(outcome=granted.value, decision_id=Decision.id, settled_at=now),
        execution_options=UNSYNCED,
    )


def tell_later(session: Scope, decided: Sequence[Decision]) -> None:
    """Queue the letters about stored decisions for the moment when nobody can take them back any more."""
    wanted = {f"{TELL_JOB} {one.id}": {"decision_id": one.id} for one in decided}
    enqueue_all(session, TELL_JOB, wanted, schedule_at=clock.now() + UNDO + GRACE)


def _write_down(session: Scope, actor: MemberRef, step: Step, decided: Sequence[Decision]) -> None:
    # Its words stay with the decision: the log is kept for good and takes no texts about people.
    action = f"moderation.content.{step.measure.value}"
    if len(decided) == 1:
        one = decided[0]
        record(session, actor, action, f"{one.content_type}:{one.content_id}", decision=one.id)
    else:
        targets = [f"{one.content_type}:{one.content_id}" for one in decided]
        record(session, actor, action, "", contents=targets, decisions=[one.id for one in decided])


def _take_back(session: Scope, decision: Decision) -> None:
    personal = Measure(decision.measure) in measures.ON_PERSON
    if personal:
        standings.take_back(session, decision)
    else:
        ref = ref_of(decision)
        _lead_back(session, [decision], {ref: kinds.find(session, ref)})
    _reopen(session, [decision], personal=personal)


def _lead_back(session: Scope, decisions: Sequence[Decision], contents: Mapping[ContentRef, Content]) -> None:
    """Bring contributions into the state that each had before, and tell who listens."""
    moved = [(contents[ref_of(one)], Visibility(one.before)) for one in decisions]
    for content, before in moved:
        kinds.lead(session, content, before)
    kinds.announce_changes(session, moved)


def _opened_anew(session: Scope, decisions: Sequence[Decision]) -> set[int]:
    """Give those of some decisions about whose contribution a new case is open: one is enough to decide in."""
    same = (Case.content_type == Decision.content_type, Case.content_id == Decision.content_id)
    waits = (Case.closed_at.is_(None), Case.cause != CaseCause.APPEAL.value)
    others = (*same, *waits, Case.id.is_distinct_from(Decision.case_id))
    query = (
        select(Decision.id).join(Case, and_(*others)).where(Decision.id.in_([one.id for one in decisions]))
    )
    return set(session.scalars(query))


def _reopen(session: Scope, decisions: Sequence[Decision], *, personal: bool = False) -> None:
    """Give the cases back to whoever decided, and free their reports."""
    for one in decisions:
        one.undone_at = clock.now()
    session.flush()
    reopened = update(Case).where(Case.id == Decision.case_id, Decision.id.in_([one.id for one in decisions]))
    if personal:
        # The case ended by a decision about the contribution, where one stands.
        other = aliased(Decision)
        others = (other.case_id == Case.id, other.undone_at.is_(None))
        reopened = reopened.where(~select(other.id).where(*others).exists())
    held = {"holder_id": Decision.actor_id, "held_until": clock.now() + UNDO * 60}
    try:
        with session.begin_nested():
            session.execute(reopened.values(closed_at=None, **held), execution_options=UNSYNCED)
    except IntegrityError as error:
        # Somebody reported it anew at this very moment.
        raise Conflict(TOO_LATE) from error
    freed = update(Report).where(Report.decision_id.in_([one.id for one in decisions]))
    session.execute(freed.values(outcome=None, decision_id=None, settled_at=None), execution_options=UNSYNCED)
