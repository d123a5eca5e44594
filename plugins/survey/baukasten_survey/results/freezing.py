"""Freezes figures: counts who answered since the last freeze, protects them alone, keeps only that. A job."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from baukasten.plugin import Job, lazy
from baukasten.sdk import Conflict, Scope, clock, enqueue
from baukasten_survey.cells.shown import due
from baukasten_survey.definition.renaming import Names
from baukasten_survey.keys import Anonymity, SurveyKind, SurveyState
from baukasten_survey.mixing import batches
from baukasten_survey.mixing.flushing import GRACE
from baukasten_survey.models import Response, Survey
from baukasten_survey.results import protecting
from baukasten_survey.results.counting import Chosen, count
from baukasten_survey.results.models import Freeze, Publication
from baukasten_survey.results.scheme import scheme_of
from baukasten_survey.surveys import lookup

_ = lazy("survey")
FREEZE = "survey.freeze"
BATCH = 2_000
TOO_FEW = _("Too few have answered since the last figures. More at once show more, and protect better.")
NOT_YET = _("These answers may still be changed. Figures come after the close.")
PATIENCE = text("SET LOCAL lock_timeout = '5s'")
BARRIER = text("LOCK TABLE survey_response IN SHARE MODE")
"""Numbers of responses are given before they are committed: whoever writes one now is waited for."""


def responses(
    session: Scope, survey_id: int, version: int, after: int, until: int
) -> Iterator[tuple[int, dt.date, dict[str, Any]]]:
    """Give number, day and answers of a version's responses, in batches."""
    table = Response.__table__.c
    query = (
        select(table.id, table.day, table.answers)
        .where(
            table.survey_id == survey_id, table.version == version, table.test.is_(False), table.id <= until
        )
        .order_by(table.id)
        .limit(BATCH)
    )
    last = after
    while found := session.execute(query.where(table.id > last)).all():
        for number, day, answers in found:
            yield number, day, answers
            last = number


def freeze(session: Scope, survey: Survey, *, wanted: bool = False) -> int:
    """Freeze what is ripe of a survey and commit; gives how many freezes were made.

    While answers come, only where its publication says so or ``wanted``, and not of pseudonymous surveys. After the
    close, everything once nothing waits to be mixed any more. The number of responses alone decides (ADR 22).
    """
    if not _ripe(session, survey):
        return 0
    session.execute(PATIENCE)
    session.execute(BARRIER)
    until = session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    session.commit()
    # Two who freeze at once would count the same people twice; answers that come in meanwhile do not wait.
    locked = select(Survey).where(Survey.id == survey.id).with_for_update(key_share=True)
    held = session.scalars(locked.execution_options(populate_existing=True)).one()
    publication = session.scalar(select(Publication).where(Publication.survey_id == held.id))
    over = is_over(session, held)
    made = 0
    if over or (may_run(held) and (wanted or (publication is not None and publication.running))):
        made = freeze_until(session, held, until, over=over)
    session.commit()
    return made


def freeze_until(session: Scope, survey: Survey, until: int, *, over: bool) -> int:
    """Freeze what is ripe up to a response, for whoever holds the survey; gives how many freezes were made."""
    publication = session.scalar(select(Publication).where(Publication.survey_id == survey.id))
    chosen, names, made = _chosen(publication), lookup.names(session, survey.id), 0
    for version, last, before, new in _versions(session, survey.id, until):
        if new >= survey.minimum_cell and (over or due(new, before, k=survey.minimum_cell)):
            made += _freeze(session, survey, version, (last, until), chosen, names)
    return made


def is_over(session: Scope, survey: Survey) -> bool:
    """Tell whether nothing more can come."""
    late = clock.now() - GRACE
    closed = survey.state == SurveyState.CLOSED and (survey.closed_at is None or survey.closed_at <= late)
    return closed and not batches.waiting(session, survey.id).answers


def may_run(survey: Survey) -> bool:
    """Tell whether figures may be frozen while answers come in: not where answers may still be changed."""
    return survey.state == SurveyState.OPEN and survey.anonymity != Anonymity.PSEUDONYMOUS


def _versions(session: Scope, survey_id: int, until: int) -> list[tuple[int, int, int, int]]:
    """Give for each version the last response that was frozen, how many were, and how many are new."""
    done = {
        version: (last, people)
        for version, last, people in session.execute(
            select(Freeze.version, func.max(Freeze.last_id), func.sum(Freeze.people))
            .where(Freeze.survey_id == survey_id)
            .group_by(Freeze.version)
        )
    }
    query = select(Response.version, func.count()).where(
        Response.survey_id == survey_id, Response.test.is_(False), Response.id <= until
    )
    found = []
    for version in session.scalars(
        select(Response.version)
        .where(Response.survey_id == survey_id, Response.test.is_(False))
        .distinct()
        .order_by(Response.version)
    ).all():
        last, people = done.get(version, (0, 0))
        new = session.execute(
            query.where(Response.version == version, Response.id > last).group_by(Response.version)
        ).one_or_none()
        found.append((version, last, int(people), new[1] if new is not None else 0))
    return found


def _chosen(publication: Publication | None) -> Chosen:
    """Give what was chosen to be counted beside single questions."""
    if publication is None:
        return Chosen()
    return Chosen([(pair[0], pair[1]) for pair in publication.crossings], publication.open_data)


def _freeze(
    session: Scope, survey: Survey, version: int, span: tuple[int, int], wanted: Chosen, names: Names
) -> bool:
    """Count, protect and keep one freeze; nothing where too few are left because others were erased meanwhile."""
    scheme = scheme_of(lookup.asked(session, survey.id, version).definition)
    chosen = protecting.allowed(scheme, wanted, names, version)
    counted = count(responses(session, survey.id, version, *span), scheme, chosen)
    if counted.tally.people < survey.minimum_cell:
        return False
    number = session.scalar(select(func.max(Freeze.number)).where(Freeze.survey_id == survey.id)) or 0
    tables = protecting.tables(scheme, counted, chosen, survey.minimum_cell)
    session.add(
        Freeze(
            survey_id=survey.id,
            number=number + 1,
            version=version,
            day=clock.now().date(),
            last_id=counted.last,
            people=counted.tally.people,
            tables=tables,
        )
    )
    session.flush()
    return True


def ask(session: Scope, survey: Survey) -> None:
    """Queue a freeze of figures now; raises Conflict where it could tell nothing."""
    over = is_over(session, survey)
    if not over and not may_run(survey):
        raise Conflict(NOT_YET)
    if not _ripe(session, survey):
        raise Conflict(TOO_FEW)
    enqueue(session, FREEZE, queueing_lock=f"survey.freeze.{survey.id}", survey_id=survey.id)


def _ripe(session: Scope, survey: Survey) -> bool:
    """Tell whether enough new responses are there for anything to be told."""
    over, k = is_over(session, survey), survey.minimum_cell
    newest = session.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    return any(
        new >= k and (over or due(new, before, k=k))
        for _version, _last, before, new in _versions(session, survey.id, newest)
    )


def freeze_daily(session: Session, survey_id: int = 0) -> None:
    """Freeze what is ripe in the town; with a number, this survey only because somebody asked. Safe to repeat."""
    scope = cast("Scope", session)
    query = select(Survey).where(Survey.kind == SurveyKind.SURVEY, Survey.state != SurveyState.DRAFT)
    if survey_id:
        query = query.where(Survey.id == survey_id)
    for number in [one.id for one in scope.scalars(query.order_by(Survey.id))]:
        survey = scope.scalars(select(Survey).where(Survey.id == number)).one_or_none()
        if survey is not None:
            freeze(scope, survey, wanted=bool(survey_id))


JOBS = [Job(FREEZE, freeze_daily, every="17 * * * *", max_attempts=3, even_suspended=True)]
