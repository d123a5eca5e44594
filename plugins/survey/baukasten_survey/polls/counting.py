"""Counts the votes of polls into figures that tell nothing small, in few steps; a job, and at once where one is ended.

Why not live: of two looks at exact figures, the difference is how whoever voted in between has voted.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from baukasten.plugin import Job
from baukasten.sdk import Scope, clock, enqueue
from baukasten_survey.cells import choices, single
from baukasten_survey.cells.shown import Table, due
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Response, Survey
from baukasten_survey.polls import facts
from baukasten_survey.polls.facts import QUESTION, Figures, PollFacts
from baukasten_survey.polls.models import Poll, Results
from baukasten_survey.surveys import lookup

COUNT = "survey.polls.count"
UNSYNCED = {"synchronize_session": False}


def count(session: Scope, poll: PollFacts, survey: Survey) -> bool:
    """Count whoever voted since the last step, where it is time for one; tells whether it was.

    Nobody may be voting meanwhile: the survey is locked for changes. The number of votes alone decides (ADR 22). What
    may still be changed is counted at the end only.
    """
    over = not lookup.is_running(survey)
    known = poll.figures
    if (known and known.final) or not (over or comes_early(poll)):
        return False
    table = known.table if known else None
    last, new, chosen = _votes(session, survey.id, known.last if known else 0)
    if not over and not due(new, table.people if table else 0, k=poll.minimum):
        return False
    if new >= poll.minimum:
        step = protected(poll, chosen, new)
        table = step if table is None else table + step
    changed = update(Poll).where(Poll.id == poll.id).values(figures=Figures(last, over, table).dump())
    session.execute(changed, execution_options=UNSYNCED)
    return True


def comes_early(poll: PollFacts) -> bool:
    """Tell whether figures come before the end, once so many have voted that ``due`` says so."""
    return poll.results is Results.VOTED and not poll.changeable


def _votes(session: Scope, survey_id: int, after: int) -> tuple[int, int, Counter[str]]:
    """Give the last vote, how many came since another one, and for what; one statement."""
    said = Response.answers[QUESTION]
    query = select(said, func.count(), func.max(Response.id)).where(
        Response.survey_id == survey_id, Response.test.is_(False), Response.id > after
    )
    last, people, chosen = after, 0, Counter[str]()
    for value, number, newest in session.execute(query.group_by(said)):
        last, people = max(last, newest), people + number
        for code in value if isinstance(value, list) else [value]:
            chosen[code] += number
    return last, people, chosen


def protected(poll: PollFacts, chosen: Mapping[str, int], people: int) -> Table:
    """Give what may be told of the votes of one step."""
    counts = {option.code: chosen.get(option.code, 0) for option in poll.question.options}
    if poll.multiple:
        return choices.protect(counts, people, k=poll.minimum)
    return single.protect(counts, k=poll.minimum)


def soon(session: Scope, survey: Survey) -> None:
    """Count a poll as soon as it is over by itself."""
    if survey.closes_at is not None:
        enqueue(session, COUNT, schedule_at=survey.closes_at)


def count_all(session: Session, **_values: Any) -> None:
    """Count the town's polls for which it is time, each in a transaction of its own; safe to repeat."""
    scope = cast("Scope", session)
    running = (Poll.results == Results.VOTED) & Poll.changeable.is_(False)
    ended = Survey.state == SurveyState.CLOSED
    of_survey = (Survey.tenant_id == Poll.tenant_id) & (Survey.id == Poll.survey_id)
    unfinished = Poll.figures.is_(None) | Poll.figures["final"].as_boolean().is_(False)
    query = select(Poll.id).join(Survey, of_survey).where(unfinished)
    over = ended | (Survey.closes_at <= clock.now())
    for number in list(scope.scalars(query.where(running | over).order_by(Poll.id))):
        for poll in facts.of_numbers(scope, [number]):
            survey = locked(scope, poll.survey_id)
            # As it is now that nobody else counts it.
            count(scope, facts.of_number(scope, number), survey)
        scope.commit()


def locked(session: Scope, survey_id: int) -> Survey:
    """Give a poll's survey and keep votes away from it until the transaction ends."""
    query = select(Survey).where(Survey.id == survey_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


JOBS = [Job(COUNT, count_all, every="*/5 * * * *", max_attempts=3, even_suspended=True)]
