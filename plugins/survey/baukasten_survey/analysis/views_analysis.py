"""Exact figures for those who may read single responses: chosen, shown, taken as a file."""

from typing import Any
from urllib.parse import urlencode

from flask import make_response, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, here, may, module_url, record, requires, translator
from baukasten_survey import desks
from baukasten_survey.analysis import files, keeping, page, selection
from baukasten_survey.analysis.page import Look
from baukasten_survey.analysis.plan import Form, Plan
from baukasten_survey.analysis.selection import MOST_FILTERS, Filter
from baukasten_survey.building import showing
from baukasten_survey.keys import PUBLISH, RAW, SOURCES, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.results.findings import Reader
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
BASE = "/antworten/auswerten"
SECONDS = "4"
STILL = _("These figures are still being counted. Try again in a moment.")
NOT_OPEN = _("The survey has not been opened yet.")


@routes.get(BASE)
@requires(RAW)
def analysis(module: ModuleRef) -> ResponseReturnValue:
    """Show the exact figures of a selection, or that they are being counted."""
    survey = lookup.of_module(here().session, module.id)
    if survey.state == SurveyState.DRAFT:
        return showing.page(
            "survey/figures_early.html", module, title=_("Exact figures"), current=desks.RESPONSES
        )
    found = page.look(here().session, survey, request.args, here().language)
    here().session.commit()
    response = make_response(_show(module, survey, found))
    if found.painter is None:
        response.headers["Refresh"] = SECONDS
    return response


@routes.post(BASE)
@requires(RAW)
def analysis_again(module: ModuleRef) -> ResponseReturnValue:
    """Forget what was counted, and count it anew."""
    session = here().session
    keeping.forget(session, lookup.of_module(session, module.id).id)
    return showing.back(module, "analysis")


@routes.post(f"{BASE}/zahlen.csv")
@requires(RAW)
def analysis_csv(module: ModuleRef) -> ResponseReturnValue:
    """Give the shown figures for a spreadsheet; that stands in the log. Raises Conflict while they are counted."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    if survey.state == SurveyState.DRAFT:
        raise Conflict(NOT_OPEN)
    found = page.look(session, survey, request.args, here().language)
    if found.painter is None:
        session.commit()
        raise Conflict(STILL)
    record(session, showing.me(), "survey.analysis.take", f"survey:{survey.id}", people=found.counted)
    session.commit()
    response = make_response(files.as_csv(found))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{module.slug}-auswertung.csv"'
    return response


def _show(module: ModuleRef, survey: Survey, found: Look) -> ResponseReturnValue:
    wanted, said = found.selection, urlencode(found.selection.address())
    ending = f"?{said}" if said else ""
    questions = [(code, _title(found.reader, found.plan, code)) for code in found.plan.questions]
    titles = dict(questions)
    return showing.page(
        "survey/analysis.html",
        module,
        title=_("Exact figures"),
        current=desks.RESPONSES,
        look=found,
        wanted=wanted,
        drawn=survey.drawn,
        figures=found.figures(),
        crossed=found.crossed(),
        at=translator().datetime(found.at) if found.at and found.kept else "",
        filters=_filters(found),
        filterable=[
            (code, titles[code]) for code in titles if code in {*found.plan.closed, *found.plan.ranged}
        ],
        crossable=[(code, titles[code]) for code in found.plan.crossed],
        comparable=[(code, titles[code]) for code in found.plan.closed],
        sources=[(name, str(words)) for name, words in SOURCES.items()],
        versions=[one.number for one in found.plan.editions],
        weighed_by=[titles[code] for code in found.margins],
        may_publish=may(here().session, here().member, PUBLISH, module),
        urls={
            name: module_url(module, name)
            for name in ("analysis", "analysis_again", "responses", "margins_page", "figures")
        }
        | {
            "same": module_url(module, "analysis") + ending,
            "csv": module_url(module, "analysis_csv") + ending,
        },
    )


def _title(reader: Reader, plan: Plan, code: str) -> str:
    return reader.words(plan.questions[code].title) or code


def _filters(found: Look) -> list[dict[str, Any]]:
    """Give the fields of all filters, with those that are still empty."""
    chosen = [*found.selection.filters, *[Filter("")] * MOST_FILTERS][:MOST_FILTERS]
    return [
        {
            "code": one.code,
            "ranged": bool(one.code) and found.plan.forms[one.code] is Form.NUMBER,
            "least": selection.plain(one.least),
            "most": selection.plain(one.most),
            "answers": [
                (name, words, name in one.answers)
                for name, words in found.reader.labels(one.code, found.plan.names(one.code)).items()
            ]
            if one.code
            else [],
        }
        for one in chosen
    ]
