"""Opening and closing a survey: the whole check, what will happen, and one button."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, here, may, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import closing, drafts, opening, showing
from baukasten_survey.building.forms import whole
from baukasten_survey.building.linting import minutes
from baukasten_survey.building.promises import LEVELS, WHO
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import BUILD, RUN, Access, Anonymity, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")


@routes.get("/bearbeiten/oeffnen")
@requires(BUILD)
def build_check(module: ModuleRef) -> ResponseReturnValue:
    """Show what the check says and what opening does."""
    return _show(module)


@routes.post("/bearbeiten/oeffnen")
@requires(RUN)
def build_open(module: ModuleRef) -> ResponseReturnValue:
    """Open the survey."""
    session = here().session

    def change() -> ResponseReturnValue:
        survey = lookup.of_module(session, module.id)
        setting = showing.setting_of(session, survey, parse(survey.definition))
        opening.open_survey(session, showing.me(), module, whole(request.form, "revision"), setting)
        return showing.back(module, desks.SETUP, done="opened")

    return showing.trying(change, lambda refused: _show(module, refused))


@routes.get("/schliessen")
@requires(RUN)
def close_form(module: ModuleRef) -> ResponseReturnValue:
    """Ask whether the survey is to be closed."""
    survey = lookup.of_module(here().session, module.id)
    if survey.state != SurveyState.OPEN:
        raise Conflict(closing.NOT_OPEN)
    return showing.page(
        "survey/build_close.html",
        module,
        title=_("Close the survey"),
        current=desks.SETUP,
        survey=survey,
        urls={"close": module_url(module, "close_now"), "back": module_url(module, desks.SETUP)},
    )


@routes.post("/schliessen")
@requires(RUN)
def close_now(module: ModuleRef) -> ResponseReturnValue:
    """Close the survey for good."""
    closing.close_by_hand(here().session, showing.me(), module)
    return showing.back(module, desks.SETUP, done="closed")


def _show(module: ModuleRef, refused: Exception | None = None) -> ResponseReturnValue:
    session, member = here().session, here().member
    survey = lookup.of_module(session, module.id)
    if survey.state != SurveyState.DRAFT:
        raise Conflict(opening.RUNNING if survey.state == SurveyState.OPEN else drafts.SHUT)
    definition = parse(survey.definition)
    findings = showing.findings_of(session, survey, definition)
    return showing.page(
        "survey/build_check.html",
        module,
        title=_("Check and open"),
        refused=refused,
        survey=survey,
        findings=showing.listed(module, findings),
        stopping=sum(one.stops for one in findings),
        questions=len(definition.questions),
        minutes=minutes(definition, definition.languages[0]),
        level=LEVELS[Anonymity(survey.anonymity)],
        who=WHO[Access(survey.access)],
        may_run=may(session, member, RUN, module),
        urls={"open": module_url(module, "build_open"), "setup": module_url(module, desks.SETUP)},
    )
