"""What a project's page tells about its survey: how long it takes, until when, and where its results are."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from baukasten.plugin import Door, Feature, ModuleRef, lazy
from baukasten.sdk import Scope, clock, dgettext, moment_text
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import ANSWER, SurveyKind, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.outward import wording
from baukasten_survey.results import publishing
from baukasten_survey.surveys import lookup

_ = lazy("survey")
FEATURES = [Feature("answer", _("Answer the survey"), frozenset({ANSWER}))]


def door(session: Session, module: ModuleRef) -> Door:
    """Invite to answer while answers are taken, then to the results, else to look what it is about."""
    scope = cast("Scope", session)
    survey, now = lookup.of_module(scope, module.id), clock.now()
    look, answer = str(_("Look at the survey")), str(_("Answer the survey"))
    if survey.state == SurveyState.DRAFT:
        return Door(str(_("This survey is being prepared.")), look, shut=True)
    if survey.opens_at is not None and survey.opens_at > now:
        line = dgettext("survey", "Opens on %(day)s.", day=moment_text(survey.opens_at))
        return Door(line, look, until=survey.opens_at, shut=True, begins=survey.opens_at)
    if not lookup.is_running(survey, now):
        return _closed(scope, survey, look)
    line = wording.running(parse(survey.definition), survey.closes_at)
    return Door(line, look, answer, survey.closes_at, ends=survey.closes_at)


def _closed(session: Scope, survey: Survey, look: str) -> Door:
    """Say where the results are, or that they come: nobody who took part is to wonder what became of it."""
    since = min(
        (moment for moment in (survey.closed_at, survey.closes_at) if moment is not None), default=None
    )
    publication = publishing.of_survey(session, survey.id)
    if publication is not None and publication.published_at is not None:
        there = _("The results are there to read.")
        return Door(
            f"{wording.closed(since)} {there}", str(_("See the results")), shut=True, endpoint="results"
        )
    onward = _("The town counts the answers and publishes here what was found.")
    return Door(f"{wording.closed(since)} {onward}", look, shut=True)


def ends(session: Session, module_ids: Collection[int]) -> dict[int, dt.datetime]:
    """Give until when surveys are open, and of those that take no answers a moment that is over; one statement."""
    columns = (Survey.module_id, Survey.state, Survey.closes_at, Survey.closed_at)
    query = select(*columns).where(Survey.module_id.in_(module_ids), Survey.kind == SurveyKind.SURVEY)
    now, found = clock.now(), {}
    for row in session.execute(query):
        end = row.closes_at if row.state == SurveyState.OPEN else row.closed_at or now
        if end is not None:
            found[row.module_id] = end
    return found


def blockers(session: Session, module: ModuleRef) -> Sequence[str]:
    """Keep a project from being published with a survey that asks nothing."""
    survey = lookup.of_module(cast("Scope", session), module.id)
    if parse(survey.definition).questions:
        return []
    return [dgettext("survey", "The survey “%(title)s” asks nothing yet.", title=module.title)]
