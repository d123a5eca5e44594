"""What is known of the population, for weights: taken from a file, shown, forgotten."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, NotFound, here, module_url, requires, takes_files
from baukasten_survey import desks
from baukasten_survey.analysis import margins, plan
from baukasten_survey.analysis.plan import Plan
from baukasten_survey.building import showing
from baukasten_survey.charts.words import percent
from baukasten_survey.keys import RAW, SurveyState
from baukasten_survey.results.findings import Reader
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
BASE = "/antworten/gewichte"
SAID = {"saved": _("Saved."), "gone": _("Deleted.")}
LONGEST = 64
NOT_OPEN = _("The survey has not been opened yet.")


@routes.get(BASE)
@requires(RAW)
def margins_page(module: ModuleRef) -> ResponseReturnValue:
    """Show what is known of the population, and the form for more."""
    return _show(module)


@routes.post(BASE)
@requires(RAW)
@takes_files
def margins_save(module: ModuleRef) -> ResponseReturnValue:
    """Take what a file says."""
    session = here().session

    def change() -> ResponseReturnValue:
        survey = lookup.of_module(session, module.id)
        if survey.state == SurveyState.DRAFT:
            raise Conflict(NOT_OPEN)
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid({"file": _("Choose a file.")})
        found = plan.of_survey(session, survey)
        read = margins.read_file(file.stream.read(margins.LARGEST + 1), found, _readers(found))
        margins.save(session, showing.me(), survey, read)
        return showing.back(module, "margins_page", done="saved")

    return showing.trying(change, lambda refused: _show(module, refused))


@routes.post(f"{BASE}/loeschen")
@requires(RAW)
def margins_forget(module: ModuleRef) -> ResponseReturnValue:
    """Forget what is known of one question; raises NotFound."""
    session, code = here().session, request.form.get("question", "")
    survey = lookup.of_module(session, module.id)
    if "\0" in code or len(code) > LONGEST or not margins.forget(session, showing.me(), survey, code):
        raise NotFound
    return showing.back(module, "margins_page", done="gone")


def _readers(found: Plan) -> list[Reader]:
    """Give a reader for each language of the survey, since files name answers in any of them."""
    definitions = [one.definition for one in found.editions]
    return [Reader(definitions, language) for language in definitions[0].languages]


def _show(module: ModuleRef, refused: Exception | None = None) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    title = _("Figures of the population")
    if survey.state == SurveyState.DRAFT:
        return showing.page(
            "survey/figures_early.html", module, title=title, current=desks.RESPONSES, refused=refused
        )
    found = plan.of_survey(session, survey)
    reader = Reader([one.definition for one in found.editions], here().language)
    known = margins.of_survey(session, survey.id)
    fitting = margins.fitting(found, known)
    return showing.page(
        "survey/margins.html",
        module,
        title=title,
        current=desks.RESPONSES,
        refused=refused,
        said=str(SAID.get(request.args.get("done", ""), "")),
        errors=dict(refused.errors) if isinstance(refused, Invalid) else {},
        findings={},
        known=[
            {
                "code": code,
                "title": _title(reader, code),
                "fits": code in fitting,
                "rows": _rows(reader, code, margin),
            }
            for code, margin in known.items()
        ],
        usable=[(code, _title(reader, code)) for code in found.crossed],
        example=_example(found, reader),
        urls={name: module_url(module, name) for name in ("analysis", "margins_save", "margins_forget")},
    )


def _title(reader: Reader, code: str) -> str:
    question = reader.question(code)
    return (reader.words(question.title) if question else "") or code


def _rows(reader: Reader, code: str, margin: dict[str, float]) -> list[tuple[str, float, str]]:
    """Give answers with what the file said, and the share that this is."""
    labels, total = reader.labels(code, list(margin)), sum(margin.values())
    return [(labels[name], share, percent(share / total)) for name, share in margin.items()]


def _example(found: Plan, reader: Reader) -> str:
    """Give two lines as the file would hold them for this survey."""
    if not found.crossed:
        return ""
    code = found.crossed[0]
    names = [name for name in found.names(code) if not name.startswith("_")][:2]
    labels = reader.labels(code, names)
    return "\n".join(
        f"{code};{labels[name]};{share}" for name, share in zip(names, ("51,5", "48,5"), strict=False)
    )
