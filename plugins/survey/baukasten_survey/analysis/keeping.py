"""Counts that take longer than a request: made by a job, kept for a day."""

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock, enqueue
from baukasten_survey.analysis import counting, margins, plan, selection, weighing
from baukasten_survey.analysis.counting import Row
from baukasten_survey.analysis.models import Kept
from baukasten_survey.analysis.plan import Plan
from baukasten_survey.analysis.selection import Filter, Selection
from baukasten_survey.analysis.weighing import Weighed
from baukasten_survey.models import Survey
from baukasten_survey.results.findings import Reader
from baukasten_survey.statistics.weighting import Unweighable

COUNT, SWEEP = "survey.analyse", "survey.analyse.sweep"
FRESH = dt.timedelta(days=1)
PATIENCE = dt.timedelta(minutes=10)
"""After which a count that never came is asked for again."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted, and when."""

    rows: list[Row]
    at: dt.datetime
    kept: bool = False


def counts_of(
    session: Scope,
    survey: Survey,
    found: Plan,
    wanted: Selection,
    weighed: Weighed | None,
    people: int,
    margin: weighing.Margins,
) -> Counts | None:
    """Give the counts of a selection; nothing while a job still makes them, which is asked for here.

    Two statements for a few people, up to three for many. The caller commits.
    """
    if people <= counting.MANY:
        weights = weighed.weights if weighed is not None else None
        return Counts(counting.count(session, survey.id, found, wanted, weights), clock.now())
    digest = _digest(found, wanted, margin)
    row = session.execute(
        select(Kept.at, Kept.rows).where(Kept.survey_id == survey.id, Kept.digest == digest)
    ).one_or_none()
    now = clock.now()
    if row is not None and row.rows is not None and row.at > now - FRESH:
        return Counts([Row(*one) for one in row.rows], row.at, kept=True)
    if row is None or row.rows is not None or row.at <= now - PATIENCE:
        _ask(session, survey, wanted, digest)
    return None


def _digest(found: Plan, wanted: Selection, margin: weighing.Margins) -> str:
    weights = json.dumps(margin, sort_keys=True) if wanted.weighted else ""
    return wanted.digest([one.number for one in found.editions], weights)


def _ask(session: Scope, survey: Survey, wanted: Selection, digest: str) -> None:
    """Have a selection counted."""
    values = {"survey_id": survey.id, "digest": digest, "at": clock.now(), "rows": None}
    made = insert(Kept).values(tenant_id=session.tenant_id, **values)
    keys = ["tenant_id", "survey_id", "digest"]
    session.execute(made.on_conflict_do_update(index_elements=keys, set_={"at": values["at"], "rows": None}))
    said = json.loads(json.dumps(dataclasses.asdict(wanted)))
    lock = f"survey.analyse.{survey.id}.{digest}"
    enqueue(session, COUNT, queueing_lock=lock, survey_id=survey.id, wanted=said, digest=digest)


def count(session: Session, survey_id: int, wanted: dict[str, Any], digest: str) -> None:
    """Count one selection and keep it; safe to repeat. What nobody wants any more is left."""
    scope = cast("Scope", session)
    survey = scope.scalars(select(Survey).where(Survey.id == survey_id)).one_or_none()
    row = scope.scalars(select(Kept).where(Kept.survey_id == survey_id, Kept.digest == digest)).one_or_none()
    if survey is None or row is None:
        return
    found, chosen = plan.of_survey(scope, survey), loaded(wanted)
    margin = margins.fitting(found, margins.of_survey(scope, survey_id))
    if _digest(found, chosen, margin) != digest:
        scope.delete(row)
        scope.commit()
        return
    weights = None
    if chosen.weighted:
        reader = Reader([one.definition for one in found.editions], found.editions[0].definition.languages[0])
        try:
            weights = weighing.weigh(scope, survey_id, found, chosen, margin, reader).weights
        except Unweighable:
            # The page says why before it asks for counts.
            return
    rows = counting.count(scope, survey_id, found, chosen, weights)
    row.rows, row.at = [list(dataclasses.astuple(one)) for one in rows], clock.now()
    scope.commit()


def loaded(data: dict[str, Any]) -> Selection:
    """Read a selection as a job carries it."""
    filters = (
        Filter(one["code"], tuple(one["answers"]), one["least"], one["most"]) for one in data["filters"]
    )
    return selection.Selection(**{**data, "filters": tuple(filters)})


def forget(session: Scope, survey_id: int) -> None:
    """Forget all counts of a survey, so that they are made anew."""
    session.execute(delete(Kept).where(Kept.survey_id == survey_id))


def sweep(session: Session) -> None:
    """Throw away what is older than a day."""
    scope = cast("Scope", session)
    scope.execute(delete(Kept).where(Kept.at < clock.now() - FRESH))
    scope.commit()


JOBS = [
    Job(COUNT, count, max_attempts=2),
    Job(SWEEP, sweep, every="41 3 * * *", max_attempts=2, even_suspended=True),
]
