"""Decisions: one path by which cases end, one by one or by the hundred, and ten seconds to think again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import BaukastenError, Conflict, Denied, Invalid, NotFound
from baukasten.jobs.queue import enqueue_all
from baukasten.moderation import evidence, kinds, measures, names, reasons, settings, standings
from baukasten.moderation.models import Case, CaseCause, Decision, Measure, Report, Settled
from baukasten.plugin.declarations import ContentType
from baukasten.plugin.refs import Content, ContentRef, MemberRef, Visibility
from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext

_ = lazy("core")
TELL_JOB = "moderation.tell"
UNDO = dt.timedelta(seconds=10)
"""How long a decision can be taken back by whoever took it; nobody is told before."""
GRACE = dt.timedelta(seconds=5)
"""What a click on "undo" may take to arrive."""
MOST_AT_ONCE = 100
MAX_FACTS, MAX_RULE = 4_000, 300
UNSYNCED = {"synchronize_session": False}
# In one order always, so that two who decide about the same never wait for each other in a circle.
LOCK = text("""
    SELECT pg_advisory_xact_lock(hashtextextended('moderation ' || one, 0))
    FROM (SELECT unnest(:what) AS one ORDER BY 1) AS sorted
""").bindparams(bindparam("what", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody decides; see the columns of ``Decision``."""

    measure: Measure
    rule: str = ""
    facts: str = ""
    rule_key: str = ""
    rules_version: int = 0
    public_text: str = ""
    until: dt.datetime | None = None
    reverses: int | None = None
    automated: bool = False

    def values(self) -> dict[str, Any]:
        """Give the step as plain JSON, for a proposal that waits for a second person."""
        return {**asdict(self), "until": self.until.isoformat() if self.until else None}

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> "Step":
        """Give the step that ``values`` wrote down."""
        until = values.get("until")
        moment = dt.datetime.fromisoformat(until) if until else None
        return cls(**{**values, "measure": Measure(values["measure"]), "until": moment})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of several decisions: those that were taken, and why the others were not, by case."""

    decided: list[Decision] = field(default_factory=list)
    refused: dict[int, BaukastenError] = field(default_factory=dict)


class AlreadyDecided(Conflict):
    """Somebody else decided first; the message says who, when and what."""

    code = "already-decided"


class Claimed(Conflict):
    """Somebody else works on the case; the message says who."""

    code = "claimed"


class Proposed(Conflict):
    """Somebody proposed a measure that waits for a second person; the message says who."""

    code = "proposed"


class SecondNeeded(Invalid):
    """The town wants two people for this measure; one of them has to propose it first."""

    code = "second-needed"


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
    contents = kinds.find_all(session, (ref_of(case) for case in cases.values()))
    # Frozen before the step: what is seen afterwards may be a placeholder.
    proofs = evidence.frozen_all(session, contents, cases.values())
    outcome, moment = Outcome(), at or clock.now()
    for case_id in wanted:
        try:
            case = cases.get(case_id)
            if case is None:
                raise NotFound  # noqa: TRY301 - collected like what the steps raise
            check_free(session, actor, case, second)
            content = contents.get(ref_of(case))
            if content is None:
                raise NotFound  # noqa: TRY301
            # What one step left half done must not stand beside what the others did.
            with session.begin_nested() if len(wanted) > 1 else nullcontext():
                taken = _carry_out(session, actor, content, step, case, second, proofs[case_id], moment)
            outcome.decided.append(taken)
        except (NotFound, Conflict, Invalid) as error:
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
    late = clock.now() - decision.created_at > UNDO + GRACE
    if late or decision.undone_at is not None or any(not _together(one, decision) for one in newest_first):
        raise Conflict(_("This can no longer be undone. You can decide anew."))
    for one in newest_first:
        _take_back(session, one)
        record(session, actor, "moderation.decision.undo", f"{ref.type}:{ref.id}", decision=one.id)
    return decision


def _together(one: Decision, other: Decision) -> bool:
    """Tell whether two decisions were one click: about the contribution, and about whoever wrote it."""
    same = one.case_id == other.case_id and one.actor_id == other.actor_id and one.undone_at is None
    personal = Measure(one.measure) in measures.ON_PERSON
    return one is other or (same and personal and one.created_at - other.created_at < GRACE)


def ref_of(row: Any) -> ContentRef:
    """Give the contribution that a case or a decision is about."""
    return ContentRef(row.content_type, row.content_id)


def check_reason(step: Step) -> None:
    """Raise Invalid for a strict step without rule or facts, and for texts that are too long."""
    missing = {}
    if measures.is_strict(step.measure):
        if not step.rule.strip():
            missing["rule"] = _("Please name the rule.")
        if not step.facts.strip():
            missing["facts"] = _("Please say what the contribution did against the rule.")
        if step.measure is Measure.NOTE and not step.public_text.strip():
            missing["public_text"] = _("Please write what everybody shall read.")
    if max(len(step.facts), len(step.public_text)) > MAX_FACTS or len(step.rule) > MAX_RULE:
        missing["facts"] = _("That is too long. Please shorten it.")
    if missing:
        raise Invalid(missing)


def check_second(session: Scope, actor: MemberRef, step: Step, second: MemberRef | None) -> None:
    """Raise SecondNeeded for a measure that the town lets two people take, Denied when both are the same person."""
    if second is not None:
        if second.id == actor.id:
            raise Denied(_("Somebody else has to confirm what you proposed."))
    elif not step.automated and needs_second(session, step.measure):
        raise SecondNeeded({"measure": _("Two people decide about this measure. Propose it in the case.")})


def needs_second(session: Scope, measure: Measure) -> bool:
    """Tell whether the town lets two people take a measure."""
    return measures.is_strict(measure) and measure.value in settings.desk(session)["second_pair"]


def check_free(session: Scope, actor: MemberRef, case: Case, second: MemberRef | None = None) -> None:
    """Raise as ``check_held``, and Proposed while a measure waits for a second person and none confirms it."""
    if case.closed_at is None and case.proposal is not None and second is None:
        who = names.name_of(session, case.proposed_by)
        raise Proposed(
            dgettext("core", "%(name)s has proposed a measure here. Decide about that first.", name=who)
        )
    check_held(session, actor, case, second)


def check_held(session: Scope, actor: MemberRef, case: Case, second: MemberRef | None = None) -> None:
    """Raise AlreadyDecided for a closed case, Claimed for one that somebody else works on."""
    if case.closed_at is not None:
        raise AlreadyDecided(names.who_decided(session, case))
    held = case.held_until is None or case.held_until > clock.now()
    ours = (None, actor.id, second.id if second else actor.id)
    if case.holder_id not in ours and held:
        who = names.name_of(session, case.holder_id)
        raise Claimed(dgettext("core", "%(name)s is working on this case.", name=who))


def lock(session: Scope, refs: Sequence[ContentRef]) -> None:
    """Of those who decide about the same, the second waits here and then sees what the first one did."""
    session.execute(LOCK, {"what": [f"{session.tenant_id} {ref.type}:{ref.id}" for ref in refs]})


def _locked(session: Scope, case_ids: Sequence[int]) -> dict[int, Case]:
    query = select(Case).where(Case.id.in_(case_ids)).execution_options(populate_existing=True)
    cases = {case.id: case for case in session.scalars(query)}
    if cases:
        lock(session, [ref_of(case) for case in cases.values()])
        cases = {case.id: case for case in session.scalars(query)}
    return cases


def steps_for(
    session: Scope, kind: ContentType, content: Content, wanted: Measure | None = None
) -> tuple[Measure, ...]:
    """Give the steps that fit a contribution now; ``wanted`` spares the look for a note where it changes nothing."""
    asks = wanted in {None, Measure.RESTORE} and content.visibility is Visibility.PUBLISHED
    noted = asks and reasons.is_noted(session, content.ref)
    return measures.ladder(kind, content.visibility, noted=noted)


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
        content = kinds.find(session, ref_of(decision))
        before = Visibility(decision.before)
        kinds.lead(session, content, before)
        kinds.announce_change(session, content, before)
    decision.undone_at = clock.now()
    session.flush()
    if decision.case_id is not None:
        reopened = update(Case).where(Case.id == decision.case_id)
        if personal:
            # The case ended by a decision about the contribution, where one stands.
            others = (Decision.case_id == decision.case_id, Decision.undone_at.is_(None))
            reopened = reopened.where(~select(Decision.id).where(*others).exists())
        session.execute(
            reopened.values(closed_at=None, holder_id=decision.actor_id, held_until=clock.now() + UNDO * 60),
            execution_options=UNSYNCED,
        )
    freed = update(Report).where(Report.decision_id == decision.id)
    session.execute(freed.values(outcome=None, decision_id=None, settled_at=None), execution_options=UNSYNCED)
