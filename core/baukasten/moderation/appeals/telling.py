"""Telling people what was decided, once the time to take it back is over."""

from typing import Any

from sqlalchemy import exists, select, update

from baukasten import clock
from baukasten.db.session import Scope
from baukasten.moderation.appeals import deadlines, words
from baukasten.moderation.appeals.notices import DECIDED, REPORT, SHOWN, decision_path, receipt_path
from baukasten.moderation.measures import is_strict
from baukasten.moderation.models import NUMBER, Appeal, Case, Decision, Measure, Report, Settled
from baukasten.moderation.steps import ref_of
from baukasten.notify.service import notify
from baukasten.plugin.work import work
from baukasten.web.i18n import current

UNSYNCED = {"synchronize_session": False}


def tell(session: Scope, decision_id: int) -> None:
    """Tell whom a decision concerns, once, unless it was taken back; nobody hears of what they decided themselves.

    The notices are written in the transaction that marks the decision as told, so that a second attempt tells nothing.
    """
    mine = (Decision.id == decision_id, Decision.undone_at.is_(None), Decision.told_at.is_(None))
    told = update(Decision).where(*mine).values(told_at=clock.now()).returning(Decision.id)
    if session.scalar(told, execution_options=UNSYNCED) is None:
        return
    decision = session.scalars(select(Decision).where(Decision.id == decision_id)).one()
    town = work(session).town
    last_day = current().formats.date(deadlines.last_day(decision.created_at, town.time_zone))
    _tell_concerned(session, decision, last_day)
    _tell_reporters(session, decision, last_day)


def _tell_concerned(session: Scope, decision: Decision, last_day: str) -> None:
    """Tell the author, or the person that a measure limits."""
    subject, measure = decision.subject_id, Measure(decision.measure)
    what = words.to_author(decision)
    if subject is None or subject in (decision.actor_id, decision.second_id) or not what:
        return
    appealed = exists().where(Appeal.decision_id == decision.reverses)
    if decision.reverses is not None and session.scalar(select(appealed)):
        return  # the answer to the appeal says it
    title = str(decision.evidence.get("title", ""))
    if measure in (Measure.PUBLISH, Measure.RESTORE):
        path = str(decision.evidence.get("path", "/"))
        shown = {"title": title, "what": what}
        notify(session, SHOWN, recipients=[subject], data=shown, path=path, about=ref_of(decision))
        return
    cause = session.scalar(select(Case.cause).where(Case.id == decision.case_id))
    values: dict[str, Any] = {
        "title": title,
        "what": what,
        "rule": decision.rule,
        "facts": decision.facts,
        "machine": words.part_of_machine(decision, cause),
        "until": current().formats.datetime(decision.until) if decision.until else "",
        "last_day": last_day if is_strict(measure) else "",
    }
    # Without ``about``: a notice of what is hidden now must not be silent because it is hidden.
    notify(
        session,
        DECIDED,
        recipients=[subject],
        data=values,
        group=f"decision:{decision.id}",
        path=decision_path(decision.id),
    )


def _tell_reporters(session: Scope, decision: Decision, last_day: str) -> None:
    """Tell each member whose report this decision settled; never about measures against a person."""
    query = select(Report).where(Report.decision_id == decision.id, Report.reporter_id.is_not(None))
    for report in session.scalars(query.order_by(Report.id)):
        if report.reporter_id in (None, decision.actor_id, decision.second_id):
            continue
        granted = report.outcome == Settled.GRANTED
        values = {
            "receipt": report.receipt[:NUMBER],
            "what": words.to_reporter(decision, granted=granted),
            "rule": decision.rule if granted else "",
            "last_day": "" if granted else last_day,
        }
        notify(
            session,
            REPORT,
            recipients=[report.reporter_id],
            data=values,
            group=f"report:{report.id}",
            path=receipt_path(report.receipt),
        )
