"""The results of a survey for everybody: findings, what happens next, how it was counted, and the figures as files."""

from collections.abc import Callable, Iterator

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ContentRef, ModuleRef, lazy
from baukasten.sdk import NotFound, here, module_url, render, report_url, requires, translator
from baukasten_survey.keys import RESULTS, Anonymity, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.results import files, open_file, page
from baukasten_survey.results.judging import QUOTE
from baukasten_survey.results.licences import LICENCES
from baukasten_survey.results.page import Results
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup
from baukasten_survey.texts.quotes import Voice

_ = lazy("survey")
BASE = "/ergebnisse"


@routes.get(BASE)
@requires(RESULTS, cached=True)
def results(module: ModuleRef) -> ResponseReturnValue:
    """Show what was found, or that nothing is published yet."""
    survey = lookup.of_module(here().session, module.id)
    group = request.args.get("nach", "")
    return shown(module, survey, page.results_of(here().session, survey, here().language, group=group))


def shown(module: ModuleRef, survey: Survey, found: Results | None, *, preview: bool = False) -> str:
    """Give the page; a preview looks the same to whoever may publish."""
    day = translator().date
    return render(
        "survey/results.html",
        title=(found.publication.headline if found else "") or _("Results"),
        module=module,
        found=found,
        preview=preview,
        survey=survey,
        running=survey.state == SurveyState.OPEN,
        drawn=survey.drawn,
        named=survey.anonymity == Anonymity.NAMED,
        began=day(survey.opens_at) if survey.opens_at else "",
        ended=day(survey.closed_at) if survey.closed_at else "",
        until=day(found.until) if found and found.until else "",
        urls={
            name: module_url(module, name)
            for name in (
                "front",
                "results",
                "results_csv",
                "results_json",
                "results_rows",
                "results_package",
                "anonymity",
            )
        },
        reports={voice.id: report_url(ContentRef(QUOTE, voice.id)) for voice in _voices(found)},
        left_out=open_file.left_out(found) if found else [],
        licence=LICENCES[found.publication.licence] if found else None,
    )


def _voices(found: Results | None) -> Iterator[Voice]:
    for one in found.sides.values() if found else ():
        yield from one.voices


@routes.get(f"{BASE}/zahlen.csv")
@requires(RESULTS)
def results_csv(module: ModuleRef) -> ResponseReturnValue:
    """Give the published tables for a spreadsheet; raises NotFound before they are."""
    return _file(module, files.as_csv, "text/csv; charset=utf-8", "csv")


@routes.get(f"{BASE}/zahlen.json")
@requires(RESULTS)
def results_json(module: ModuleRef) -> ResponseReturnValue:
    """Give the published tables for programs; raises NotFound before they are."""
    return _file(module, files.as_json, "application/json", "json")


@routes.get(f"{BASE}/offene-daten.csv")
@requires(RESULTS)
def results_rows(module: ModuleRef) -> ResponseReturnValue:
    """Give the file of single responses; raises NotFound where none is published."""
    return _file(module, _rows, "text/csv; charset=utf-8", "csv", "offene-daten")


@routes.get(f"{BASE}/datapackage.json")
@requires(RESULTS)
def results_package(module: ModuleRef) -> ResponseReturnValue:
    """Say what stands in the file of single responses, and under which licence; raises NotFound without one."""
    return _file(module, _package, "application/json", "json", "datapackage")


def _rows(found: Results) -> bytes:
    if not found.has_file:
        raise NotFound
    return open_file.as_csv(found)


def _package(found: Results) -> bytes:
    if not found.has_file:
        raise NotFound
    return open_file.as_package(found, here().tenant.name)


def _file(
    module: ModuleRef, write: Callable[[Results], bytes], kind: str, suffix: str, name: str = "ergebnisse"
) -> Response:
    survey = lookup.of_module(here().session, module.id)
    found = page.results_of(here().session, survey, here().language)
    if found is None:
        raise NotFound
    response = make_response(write(found))
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{module.slug}-{name}.{suffix}"'
    return response
