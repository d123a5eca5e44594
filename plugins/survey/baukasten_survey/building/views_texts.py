"""The words of a survey as a whole: title, introduction, thanks."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, here, module_url, requires
from baukasten_survey.building import drafts, forms, showing
from baukasten_survey.building.findings import SURVEY
from baukasten_survey.building.outline import Data
from baukasten_survey.definition.parsing import Malformed, parse
from baukasten_survey.keys import BUILD, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")

NAMES = ("title", "intro", "outro")


@routes.get("/bearbeiten/texte")
@requires(BUILD)
def build_texts(module: ModuleRef) -> ResponseReturnValue:
    """Show the words of the survey."""
    return _show(module)


@routes.post("/bearbeiten/texte")
@requires(BUILD)
def build_texts_save(module: ModuleRef) -> ResponseReturnValue:
    """Save the words of the survey."""
    session = here().session
    languages = parse(lookup.of_module(session, module.id).definition).languages
    typed = {name: forms.text(request.form, name, languages) for name in NAMES}

    def change(data: Data) -> str:
        data.update(typed)
        return ""

    try:
        drafts.save(session, module, forms.whole(request.form, "revision"), change)
    except (Invalid, Conflict) as refused:
        session.rollback()
        return _show(module, typed, refused)
    return showing.back(module, done="saved")


def _show(
    module: ModuleRef, typed: Data | None = None, refused: Exception | None = None
) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    written = parse(survey.definition)
    findings = [one for one in showing.findings_of(session, survey, written) if one.what == SURVEY]
    errors = forms.errors_at(refused, "") if isinstance(refused, Malformed) else {}
    return showing.page(
        "survey/build_texts.html",
        module,
        title=_("Title and introduction"),
        refused=refused,
        survey=survey,
        may_change=survey.state != SurveyState.CLOSED,
        part=typed if typed is not None else survey.definition,
        tongues=showing.tongues(written),
        errors=errors,
        findings={one.field: [one] for one in findings},
        verdicts={},
        urls={"save": module_url(module, "build_texts_save")},
    )
