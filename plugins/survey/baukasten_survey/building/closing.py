"""Closing a survey, by hand or when its time is over: nothing more is taken, and the keys are destroyed."""

import datetime as dt
from typing import cast

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Job, MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Scope, clock, enqueue, record
from baukasten_survey.access.issuing import close_register
from baukasten_survey.building import drafts
from baukasten_survey.keys import SEALED, Anonymity, SurveyState
from baukasten_survey.mixing import flushing
from baukasten_survey.models import Draft, Response, Survey

_ = lazy("survey")

CLOSE = "survey.close"
MOMENT = dt.timedelta(seconds=1)
UNSYNCED = {"synchronize_session": False}
NOT_OPEN = _("This survey is not open.")


def plan(session: Scope, survey: Survey) -> None:
    """Let a survey be closed when its time is over; should that fail, the next round does it."""
    if survey.closes_at is not None:
        enqueue(session, CLOSE, schedule_at=survey.closes_at + MOMENT)


def close_by_hand(session: Scope, actor: MemberRef, module: ModuleRef) -> Survey:
    """Close a survey before its time; raises NotFound, and Conflict where it is not open."""
    survey = drafts.locked(session, module)
    if survey.state != SurveyState.OPEN:
        raise Conflict(NOT_OPEN)
    shut(session, actor, survey)
    return survey


def shut(session: Scope, actor: MemberRef | None, survey: Survey) -> None:
    """Take no more answers, and destroy all by which an answer could be found again; done twice, nothing happens."""
    if survey.state == SurveyState.CLOSED:
        return
    now = clock.now()
    survey.state, survey.closed_at, survey.edit_key = SurveyState.CLOSED, now, None
    session.flush()
    found_again = Response.survey_id == survey.id, Response.edit_digest.is_not(None)
    session.execute(update(Response).where(*found_again).values(edit_digest=None), execution_options=UNSYNCED)
    forget_drafts(session, survey.id)
    if survey.anonymity == Anonymity.BLIND:
        close_register(session, survey)
    if Anonymity(survey.anonymity) in SEALED:
        flushing.soon(session, now)
    record(session, actor, "survey.survey.close", f"survey:{survey.id}", version=survey.version)


def forget_drafts(session: Scope, survey_id: int) -> None:
    """Throw away the drafts of a survey that the caller has locked.

    One that somebody is sending right now is left to the nightly tidying: its sender waits for the survey, and we would
    wait for its sender.
    """
    lying = select(Draft.id).where(Draft.survey_id == survey_id).with_for_update(skip_locked=True)
    gone = delete(Draft).where(Draft.survey_id == survey_id, Draft.id.in_(lying))
    session.execute(gone, execution_options=UNSYNCED)


def close_over(session: Session) -> None:
    """Close the town's surveys whose time is over, each in a transaction of its own; safe to repeat."""
    scope = cast("Scope", session)
    over = select(Survey.id).where(Survey.state == SurveyState.OPEN, Survey.closes_at <= clock.now())
    for number in list(scope.scalars(over.order_by(Survey.id))):
        query = select(Survey).where(Survey.id == number).with_for_update()
        survey = scope.scalars(query.execution_options(populate_existing=True)).one_or_none()
        # Somebody may have moved its end on meanwhile.
        if survey is not None and survey.closes_at is not None and survey.closes_at <= clock.now():
            shut(scope, None, survey)
        scope.commit()


JOBS = [Job(CLOSE, close_over, every="*/10 * * * *", max_attempts=5, even_suspended=True)]
