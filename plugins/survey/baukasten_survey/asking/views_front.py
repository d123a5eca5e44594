"""The first page of a survey: what it is about, who may answer, what is known of whoever does."""

from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef
from baukasten.sdk import here, render, requires
from baukasten_survey.definition.model import said
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import ANSWER, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup


@routes.get("/")
@requires(ANSWER)
def front(module: ModuleRef) -> ResponseReturnValue:
    """Show what the survey is about."""
    current = here()
    survey = lookup.of_module(current.session, module.id)
    drafted = survey.state == SurveyState.DRAFT
    asked = (
        parse(survey.definition)
        if survey.version is None
        else lookup.asked(current.session, survey.id, survey.version).definition
    )
    origin = asked.languages[0]
    return render(
        "survey/front.html",
        title=said(asked.title, current.language, origin) or module.title,
        intro=said(asked.intro, current.language, origin),
        drafted=drafted,
        running=lookup.is_running(survey),
    )
