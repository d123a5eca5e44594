"""Objecting to a decision: its author once, and each reporter whose report was refused once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from baukasten import clock
from baukasten.audit.service import record
from baukasten.db.session import Scope
from baukasten.errors import Conflict, Invalid, NotFound
from baukasten.moderation import kinds, measures, settings
from baukasten.moderation.appeals import deadlines, words
from baukasten.moderation.appeals.notices import ARRIVED, decision_path, receipt_path
from baukasten.moderation.models import Appeal, Case, CaseCause, Decision, Measure, Report, Settled, Side
from baukasten.moderation.steps import ref_of
from baukasten.notify.service import notify
from baukasten.plugin.refs import MemberRef, Visibility
from baukasten.plugin.text import lazy
from baukasten.projects import queries

_ = lazy("core")
SHORTEST, LONGEST = 10, 4_000
TOO_SHORT = _("Say in at least ten characters why the decision is wrong.")
TOO_LONG = _("That is too long. Please shorten it to 4,000 characters.")
TOO_LATE = _("The time to appeal is over.")
TWICE = _("You have appealed already.")


@dataclass(frozen=True, slots=True)
class Reported:
    """A report as its reporter finds it: what came of it, and whether there is something to object to."""

    report: Report
    decision: Decision | None
    """Nothing before it is decided, and while that can still be taken back."""
    appeal: Appeal | None
    may_appeal: bool


def by_author(session: Scope, member: MemberRef, decision_id: int, body: str, zone: str) -> Appeal:
    """Take the objection of whoever a decision concerns; raises NotFound, Invalid, Conflict for a second one.

    ``zone`` is the town's, by whose calendar the time to appeal ends.
    """
    told = (Decision.created_at <= deadlines.settled_before(), Decision.undone_at.is_(None))
    mine = (Decision.id == decision_id, Decision.subject_id == member.id)
    decision = session.scalar(select(Decision).where(*mine, *told))
    if decision is None or not measures.is_strict(Measure(decision.measure)):
        raise NotFound
    values = {"side": Side.AUTHOR.value, "appellant_id": member.id}
    appeal = _file(session, decision, body, zone, values)
    record(session, member, "moderation.appeal.file", f"appeal:{appeal.id}", decision=decision.id)
    _confirm(session, appeal, decision_path(decision.id))
    return appeal


def by_reporter(session: Scope, receipt: str, body: str, zone: str) -> Appeal:
    """Take the objection of whoever knows the receipt of a report that was refused; raises as ``by_author``."""
    found = reported(session, receipt, zone)
    if found.decision is None or found.report.outcome != Settled.REFUSED:
        raise NotFound
    values = {
        "side": Side.REPORTER.value,
        "appellant_id": found.report.reporter_id,
        "report_id": found.report.id,
    }
    appeal = _file(session, found.decision, body, zone, values)
    # Who reported stays out of the log: those who read it may be those who were reported.
    record(session, None, "moderation.appeal.file", f"appeal:{appeal.id}", decision=found.decision.id)
    _confirm(session, appeal, f"{receipt_path(receipt)}/widerspruch")
    return appeal


def reported(session: Scope, receipt: str, zone: str) -> Reported:
    """Give a report by its receipt, which nobody but its reporter knows. Raises NotFound."""
    query = (
        select(Report, Decision, Appeal)
        .outerjoin(Appeal, Appeal.report_id == Report.id)
        .outerjoin(Decision, Decision.id == Report.decision_id)
        .where(Report.receipt == receipt)
    )
    row: Any = session.execute(query).one_or_none()
    if row is None:
        raise NotFound
    report, decision, appeal = row
    if decision is not None and decision.created_at > deadlines.settled_before():
        decision = None
    refused = decision is not None and report.outcome == Settled.REFUSED and appeal is None
    in_time = decision is not None and deadlines.is_open(decision.created_at, zone)
    return Reported(report, decision, appeal, refused and in_time)


def _file(session: Scope, decision: Decision, body: str, zone: str, values: Mapping[str, object]) -> Appeal:
    """Store an appeal with its case, once; of fifty at the same time one comes through."""
    text = body.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid({"body": TOO_SHORT if len(text) < SHORTEST else TOO_LONG})
    if not deadlines.is_open(decision.created_at, zone):
        raise Conflict(TOO_LATE)
    row = insert(Appeal).values(
        tenant_id=session.tenant_id,
        decision_id=decision.id,
        decision_actor_id=decision.actor_id,
        decision_second_id=decision.second_id,
        body=text,
        created_at=clock.now(),
        **values,
    )
    appeal_id = session.scalar(row.on_conflict_do_nothing().returning(Appeal.id))
    if appeal_id is None:
        raise Conflict(TWICE)
    appeal = session.scalars(select(Appeal).where(Appeal.id == appeal_id)).one()
    _open_case(session, decision, appeal)
    return appeal


def _open_case(session: Scope, decision: Decision, appeal: Appeal) -> None:
    content = kinds.find_all(session, [ref_of(decision)]).get(ref_of(decision))
    gone = content is None or content.visibility is Visibility.WITHDRAWN
    if gone and not words.on_person(decision):
        raise Conflict(_("There is nothing left to decide: the contribution was taken back."))
    module_id = content.module_id if content else None
    module = None if module_id is None else queries.module_by_id(session, module_id)
    now = clock.now()
    session.add(
        Case(
            cause=CaseCause.APPEAL.value,
            content_type=decision.content_type,
            content_id=decision.content_id,
            author_id=content.author_id if content else decision.subject_id,
            module_id=module.id if module else None,
            project_id=module.project.id if module and module.project else None,
            appeal_id=appeal.id,
            created_at=now,
            order_at=now,
            due_at=now + dt.timedelta(hours=settings.desk(session)["due_hours"]),
        )
    )
    session.flush()


def _confirm(session: Scope, appeal: Appeal, path: str) -> None:
    if appeal.appellant_id is not None:
        notify(
            session,
            ARRIVED,
            recipients=[appeal.appellant_id],
            data={"number": f"W-{appeal.id}"},
            group=f"appeal:{appeal.id}",
            path=path,
        )
