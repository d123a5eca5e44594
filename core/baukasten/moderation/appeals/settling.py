"""Answering an appeal: somebody who had no part in the decision grants or refuses it, with words for the appellant."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import aliased

from baukasten import clock
from baukasten.access import members
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Denied, Invalid, NotFound
from baukasten.moderation import cases, kinds
from baukasten.moderation.appeals import words
from baukasten.moderation.appeals.notices import APPEAL, decision_path, receipt_path
from baukasten.moderation.appeals.reversing import Result, reverse
from baukasten.moderation.locks import lock
from baukasten.moderation.models import Appeal, Case, CaseCause, Decision, Report, Settled, Side
from baukasten.moderation.names import name_of
from baukasten.moderation.steps import AlreadyDecided, check_free, ref_of
from baukasten.notify.service import notify
from baukasten.plugin.refs import ContentRef, MemberRef, Role, Visibility
from baukasten.plugin.text import lazy
from baukasten.web.i18n import dgettext

_ = lazy("core")
LONGEST = 4_000
MOST_COUNTED = 100
APPEALED = aliased(Report)
NOT_YOU = _("You had a part in this. Somebody else has to answer the appeal.")
RIGHTLY = _("The appeal was right")
DONE = {
    Result.BACK: _("Your contribution is back in its place."),
    Result.NEWER: _(
        "Another decision stands against it, so it stays as it is. You can appeal against that one too."
    ),
    Result.GONE: _("You took the contribution back, so it stays out of view."),
    Result.OVER: _("Nothing limits you any more."),
}
FREED = _("The measure against you is lifted.")
LOOKED_AT_AGAIN = _("Your report is looked at again, by somebody else.")
STAYS = _("Somebody who had no part in it has looked at it again.")


@dataclass(frozen=True, slots=True)
class Disputed:
    """An appeal's case with all that it is about."""

    case: Case
    appeal: Appeal
    decision: Decision
    report: Report | None
    barred: frozenset[int]
    """Who may not answer: whoever took or confirmed the decision, wrote, reported or objects."""


def disputed(session: Scope, case_id: int) -> Disputed:
    """Give an appeal by its case. Raises NotFound."""
    about = or_(Report.decision_id == Decision.id, Report.id == Appeal.report_id)
    reporters = select(func.array_agg(Report.reporter_id)).where(about).correlate(Appeal, Decision)
    query = (
        select(Case, Appeal, Decision, APPEALED, reporters.scalar_subquery())
        .join(Appeal, Appeal.id == Case.appeal_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .outerjoin(APPEALED, APPEALED.id == Appeal.report_id)
        .where(Case.id == case_id, Case.cause == CaseCause.APPEAL.value)
        .execution_options(populate_existing=True)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    case, appeal, decision, report, reported_by = row
    people = {
        appeal.decision_actor_id, appeal.decision_second_id, appeal.appellant_id, decision.actor_id,
        decision.second_id, decision.subject_id, *(reported_by or ()),
    }  # fmt: skip
    return Disputed(case, appeal, decision, report, frozenset(one for one in people if one is not None))


def others(session: Scope, barred: Collection[int]) -> list[int]:
    """Give the ids of those who moderate here and may answer."""
    staff = members.with_roles(session, Role.MODERATOR, Role.ADMIN)
    return [one for one in staff if one not in barred]


def stuck(session: Scope) -> int:
    """Count the open appeals that nobody in the town may answer, as where one person moderates alone."""
    columns = (Appeal.decision_actor_id, Appeal.decision_second_id, Appeal.appellant_id, Decision.subject_id)
    waiting = (
        select(*columns).join(Decision, Decision.id == Appeal.decision_id).where(Appeal.outcome.is_(None))
    )
    rows = session.execute(waiting.limit(MOST_COUNTED)).all()
    staff = set(members.with_roles(session, Role.MODERATOR, Role.ADMIN)) if rows else set()
    return sum(staff <= set(row) for row in rows)


def settle(session: Scope, actor: MemberRef, case_id: int, *, granted: bool, answer: str) -> Appeal:
    """Answer an appeal, once: grant it, which undoes the decision or opens the report again, or refuse it.

    Raises NotFound, Denied for whoever had a part in the matter, AlreadyDecided, Claimed, Invalid without an answer.
    """
    words_ = answer.strip()
    if not words_ or len(words_) > LONGEST:
        raise Invalid({"answer": _("Please answer in 1 to 4,000 characters. Whoever appealed reads it.")})
    found = disputed(session, case_id)
    # In the order that everybody keeps who limits a person because of a contribution.
    lock(session, [ref_of(found.case)])
    if words.on_person(found.decision):
        lock(session, [ContentRef("member", found.decision.subject_id or 0)])
    found = disputed(session, case_id)
    if actor.id in found.barred:
        raise Denied(NOT_YOU)
    check_open(session, found)
    check_free(session, actor, found.case)
    appeal = found.appeal
    appeal.outcome = (Settled.GRANTED if granted else Settled.REFUSED).value
    appeal.answer, appeal.decided_by, appeal.decided_at = words_, actor.id, clock.now()
    found.case.closed_at = clock.now()
    session.flush()
    facts: dict[str, object] = {"decision": found.decision.id}
    what = str(STAYS)
    if granted:
        what, facts = _grant(session, actor, found, facts)
    record(session, actor, f"moderation.appeal.{appeal.outcome}", f"appeal:{appeal.id}", **facts)
    _tell(session, found, granted, what)
    return appeal


def check_open(session: Scope, found: Disputed) -> None:
    """Raise AlreadyDecided for an appeal that is answered, in words that say by whom."""
    if found.appeal.outcome == Settled.VOID:
        raise AlreadyDecided(_("There is nothing left to decide: the contribution was taken back."))
    if found.appeal.outcome is not None:
        name = name_of(session, found.appeal.decided_by)
        raise AlreadyDecided(dgettext("core", "%(name)s has answered this appeal already.", name=name))


def _grant(
    session: Scope, actor: MemberRef, found: Disputed, facts: dict[str, object]
) -> tuple[str, dict[str, object]]:
    if found.appeal.side == Side.REPORTER:
        case_id = _reopen(session, actor, found)
        return str(LOOKED_AT_AGAIN if case_id else STAYS), {**facts, "case": case_id or 0}
    result = reverse(session, actor, found.decision, found.case, str(RIGHTLY))
    freed = result is Result.BACK and words.on_person(found.decision)
    return str(FREED if freed else DONE[result]), {**facts, "result": result.value}


def _reopen(session: Scope, actor: MemberRef, found: Disputed) -> int | None:
    """Open the report again as a new case in the hands of whoever granted; nothing for what is gone."""
    ref = ref_of(found.decision)
    content = kinds.find_all(session, [ref]).get(ref)
    if found.report is None or content is None or content.visibility is Visibility.WITHDRAWN:
        return None
    note = str(RIGHTLY)
    case_id = cases.open_case(session, ref, CaseCause.REPORTED, note=note, content=content)
    report = found.report
    report.case_id, report.outcome, report.decision_id, report.settled_at = case_id, None, None, None
    # Whoever reported the same again meanwhile counts for that case already, and only once.
    report.origin = ""
    session.flush()
    mine = update(Case).where(Case.id == case_id, Case.holder_id.is_(None))
    session.execute(
        mine.values(holder_id=actor.id, held_until=None), execution_options={"synchronize_session": False}
    )
    return case_id


def _tell(session: Scope, found: Disputed, granted: bool, what: str) -> None:  # noqa: FBT001 - the outcome
    appeal = found.appeal
    if appeal.appellant_id is None:
        return
    path = decision_path(found.decision.id)
    if found.report is not None:
        path = f"{receipt_path(found.report.receipt)}/widerspruch"
    notify(
        session,
        APPEAL,
        recipients=[appeal.appellant_id],
        data={"number": f"W-{appeal.id}", "granted": granted, "what": what, "answer": appeal.answer},
        group=f"appeal:{appeal.id}",
        path=path,
    )
