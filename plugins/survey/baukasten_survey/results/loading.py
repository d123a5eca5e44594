"""Filling a survey from a portable description, its results included."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from baukasten.plugin import ContentRef, ModuleRef
from baukasten.sdk import Scope, clock
from baukasten_survey.building import loading
from baukasten_survey.keys import SurveyState
from baukasten_survey.models import Response
from baukasten_survey.results import freezing, publishing
from baukasten_survey.results.models import Publication
from baukasten_survey.surveys import lookup


def load(session: Session, module: ModuleRef, content: Mapping[str, Any]) -> Mapping[str, ContentRef]:
    """Store questions and answers as ``building.loading`` does; ``results`` publish what a closed survey found.

    They have ``headline``, ``lead``, ``steps``, ``shown`` (codes with their headlines), ``crossings``, ``open_data``,
    ``licence`` and ``population``, as a publication has.
    """
    found = loading.load(session, module, content)
    told, scope = content.get("results"), cast("Scope", session)
    survey = lookup.of_module(scope, module.id)
    if not told or survey.state != SurveyState.CLOSED:
        return found
    values = {
        name: told[name] for name in ("headline", "lead", "steps", "crossings", "open_data") if name in told
    }
    values |= {name: told[name] for name in ("licence", "population") if name in told}
    shown = [[code, title] for code, title in told["shown"].items()]
    published = publishing.of_survey(scope, survey.id) or Publication(survey_id=survey.id)
    for name, value in {**values, "shown": shown, "published_at": clock.now()}.items():
        setattr(published, name, value)
    scope.add(published)
    scope.flush()
    until = scope.scalar(select(func.max(Response.id)).where(Response.survey_id == survey.id)) or 0
    freezing.freeze_until(scope, survey, until, over=True)
    return found
