"""What a project's page tells about its survey: how long it takes, until when, and whether it asks anything at all."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy.orm import Session

from baukasten.plugin import Door, Feature, ModuleRef, lazy
from baukasten.sdk import Scope, clock, dgettext, dngettext, end_text, moment_text
from baukasten_survey.asking import timing
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import ANSWER, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.surveys import lookup

_ = lazy("survey")
FEATURES = [Feature("answer", _("Answer the survey"), frozenset({ANSWER}))]


def door(session: Session, module: ModuleRef) -> Door:
    """Invite to answer while answers are taken, else to look what it is about."""
    survey, now = lookup.of_module(cast("Scope", session), module.id), clock.now()
    look, answer = str(_("Look at the survey")), str(_("Answer the survey"))
    if survey.state == SurveyState.DRAFT:
        return Door(str(_("This survey is being prepared.")), look)
    if survey.opens_at is not None and survey.opens_at > now:
        line = dgettext("survey", "Opens on %(day)s.", day=moment_text(survey.opens_at))
        return Door(line, look, until=survey.opens_at)
    if not lookup.is_running(survey, now):
        return Door(str(_("This survey is closed.")), look)
    return Door(_running(survey), look, answer, survey.closes_at)


def _running(survey: Survey) -> str:
    minutes = _minutes(parse(survey.definition))
    line = dngettext("survey", "Takes about %(num)s minute.", "Takes about %(num)s minutes.", minutes)
    if survey.closes_at is None:
        return line
    until = dgettext("survey", "Open until %(day)s.", day=end_text(survey.closes_at))
    return f"{line} {until}"


def _minutes(definition: Definition) -> int:
    return max(1, round(sum(timing.seconds_of(definition).values()) / 60))


def blockers(session: Session, module: ModuleRef) -> Sequence[str]:
    """Keep a project from being published with a survey that asks nothing."""
    survey = lookup.of_module(cast("Scope", session), module.id)
    if parse(survey.definition).questions:
        return []
    return [dgettext("survey", "The survey “%(title)s” asks nothing yet.", title=module.title)]
