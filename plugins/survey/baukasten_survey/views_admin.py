"""The surveys of a town in its administration: how far each is, and the way to its desk."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, func, select

from baukasten.plugin import Area, NavItem, lazy
from baukasten.sdk import Scope, here, modules_by_id, render, requires
from baukasten_survey import desks
from baukasten_survey.building.showing import STATES
from baukasten_survey.keys import BUILD, SurveyKind, SurveyState
from baukasten_survey.models import Response, Survey

_ = lazy("survey")
administration = Blueprint("survey_administration", __name__)
NAVIGATION = [
    NavItem(Area.ADMIN, _("Surveys"), "survey_administration.surveys", BUILD, weight=15, icon="survey")
]


@administration.get("/")
@requires(BUILD)
def surveys() -> ResponseReturnValue:
    """Show the surveys of the town."""
    session = here().session
    rows = {row.module_id: row for row in _surveys(session)}
    found = modules_by_id(session, rows)
    return render(
        "survey/surveys.html",
        title=_("Surveys"),
        surveys=[
            (module, rows[module.id], STATES[SurveyState(rows[module.id].state)], desks.tabs(module))
            for module in sorted(found.values(), key=lambda one: one.title)
        ],
    )


def _surveys(session: Scope) -> list[Row[Any]]:
    """Give the surveys with the number of their responses, those of trying out left aside."""
    mine = (Response.survey_id == Survey.id) & Response.test.is_(False)
    counted = select(func.count(Response.id)).where(mine).scalar_subquery()
    query = select(Survey.module_id, Survey.state, Survey.opens_at, Survey.closes_at, counted.label("taken"))
    return list(session.execute(query.where(Survey.kind == SurveyKind.SURVEY)))
