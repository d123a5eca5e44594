"""The staff page of results: what is counted, what everybody reads, and the button that shows it to them."""

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import Scope, here, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import showing
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.renaming import Names
from baukasten_survey.keys import PUBLISH, SurveyState
from baukasten_survey.mixing import telling
from baukasten_survey.models import Response
from baukasten_survey.results import (
    figures_form,
    findings,
    freezing,
    page,
    publishing,
    standing,
    views_public,
)
from baukasten_survey.results.findings import Reader
from baukasten_survey.results.licences import LICENCES
from baukasten_survey.results.publishing import Wanted
from baukasten_survey.results.scheme import Scheme, scheme_of
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
BASE = "/auswertung/"
SAID: Mapping[str, LazyText] = {
    "saved": _("Saved."),
    "counting": _("The figures are being counted. Look again in a minute."),
    "published": _("The results are published."),
    "back": _("The results are taken back."),
}


@routes.get(BASE)
@requires(PUBLISH)
def figures(module: ModuleRef) -> ResponseReturnValue:
    """Show what is counted and what is published."""
    return _show(module)


@routes.post(BASE)
@requires(PUBLISH)
def figures_save(module: ModuleRef) -> ResponseReturnValue:
    """Keep what everybody is to read."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    wanted = figures_form.read(session, survey, request.form)

    def change() -> ResponseReturnValue:
        publishing.save(session, showing.me(), survey, wanted)
        return showing.back(module, desks.FIGURES, done="saved")

    return showing.trying(change, lambda refused: _show(module, refused, wanted))


@routes.post(f"{BASE}zaehlen")
@requires(PUBLISH)
def figures_count(module: ModuleRef) -> ResponseReturnValue:
    """Have the figures counted."""
    session = here().session

    def change() -> ResponseReturnValue:
        freezing.ask(session, lookup.of_module(session, module.id))
        return showing.back(module, desks.FIGURES, done="counting")

    return showing.trying(change, lambda refused: _show(module, refused))


@routes.post(f"{BASE}veroeffentlichen")
@requires(PUBLISH)
def figures_publish(module: ModuleRef) -> ResponseReturnValue:
    """Show everybody what is chosen."""
    session = here().session

    def change() -> ResponseReturnValue:
        publishing.publish(session, showing.me(), lookup.of_module(session, module.id))
        return showing.back(module, desks.FIGURES, done="published")

    return showing.trying(change, lambda refused: _show(module, refused))


@routes.post(f"{BASE}zuruecknehmen")
@requires(PUBLISH)
def figures_take_back(module: ModuleRef) -> ResponseReturnValue:
    """Show nobody the results any more."""
    session = here().session
    publishing.take_back(session, showing.me(), lookup.of_module(session, module.id))
    return showing.back(module, desks.FIGURES, done="back")


@routes.get(f"{BASE}vorschau")
@requires(PUBLISH)
def figures_preview(module: ModuleRef) -> ResponseReturnValue:
    """Show the page as everybody would read it."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    found = page.results_of(session, survey, here().language, preview=True)
    return views_public.shown(module, survey, found, preview=True)


def _show(
    module: ModuleRef, refused: Exception | None = None, wanted: Wanted | None = None
) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    if survey.state == SurveyState.DRAFT:
        return showing.page(
            "survey/figures_early.html", module, title=_("Results"), current=desks.FIGURES, refused=refused
        )
    publication = publishing.of_survey(session, survey.id)
    form = wanted or figures_form.stored(publication)
    found, defined = standing.of_survey(session, survey.id), lookup.history(session, survey.id).definitions
    scheme, reader = (
        scheme_of(defined[0]),
        Reader(defined, here().language, findings.surfaces(session, defined)),
    )
    questions = _questions(reader, scheme, defined, form, found.names)
    told = (findings.finding(reader, found, one["code"]) for one in questions)
    urls = {
        name: module_url(module, f"figures_{name}")
        for name in ("save", "count", "publish", "take_back", "preview")
    }
    return showing.page(
        "survey/figures.html",
        module,
        title=_("Results"),
        refused=refused,
        current=desks.FIGURES,
        survey=survey,
        taken=_taken(session, survey.id),
        standing=found,
        freezes=found.freezes,
        form=form,
        questions=questions,
        crossable=_crossable(reader, scheme),
        pairs=_pairs(form, frozen=bool(found.freezes)),
        sizes=figures_form.sizes(reader, scheme, form),
        licences=[(code, licence.title) for code, licence in LICENCES.items()],
        published=publication is not None and publication.published_at is not None,
        frozen=bool(found.freezes),
        may_count=freezing.may_run(survey) or survey.state == SurveyState.CLOSED,
        told_figures=[one for one in told if one is not None],
        findings={},
        errors=getattr(refused, "errors", {}),
        said=str(SAID.get(request.args.get("done", ""), "")),
        notices=telling.notices(session, survey.id),
        urls=urls | {"results": module_url(module, "results"), "voices": module_url(module, "voices")},
    )


def _taken(session: Scope, survey_id: int) -> int:
    query = select(func.count()).where(Response.survey_id == survey_id, Response.test.is_(False))
    return session.scalar(query) or 0


def _questions(
    reader: Reader, scheme: Scheme, defined: list[Definition], form: Wanted, names: Names
) -> list[dict[str, Any]]:
    """Give what can be told of all versions, chosen questions first and in their order."""
    older = (names.code(code) for one in defined[1:] for code in scheme_of(one).counted)
    codes = [*(code for code, _own in form.shown), *scheme.counted, *older]
    own, places = dict(form.shown), {code: at + 1 for at, (code, _title) in enumerate(form.shown)}
    return [
        {
            "code": code,
            "title": reader.title(code),
            "place": places.get(code, ""),
            "shown": code in own,
            "own": own.get(code, ""),
        }
        for code in dict.fromkeys(codes)
    ]


def _crossable(reader: Reader, scheme: Scheme) -> list[tuple[str, str]]:
    return [(code, reader.title(code)) for code, one in scheme.counted.items() if one.crosses]


def _pairs(form: Wanted, *, frozen: bool) -> list[tuple[str, str]]:
    spare = 0 if frozen else figures_form.SPARE_PAIRS
    return [*form.crossings, *[("", "")] * spare]
