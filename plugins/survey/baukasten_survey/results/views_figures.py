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
from baukasten_survey.keys import PUBLISH, SurveyState
from baukasten_survey.mixing import telling
from baukasten_survey.models import Response, Survey
from baukasten_survey.results import findings, freezing, page, publishing, standing, views_public
from baukasten_survey.results.findings import Reader
from baukasten_survey.results.models import Publication
from baukasten_survey.results.publishing import MOST_PAIRS, Wanted
from baukasten_survey.results.scheme import Scheme, scheme_of
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
BASE = "/auswertung/"
SPARE_PAIRS = 2
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
    wanted = _wanted(session, survey)

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


def _wanted(session: Scope, survey: Survey) -> Wanted:
    """Read the form; questions that are not there are ignored, rubbish as a place means the end."""
    form = request.form
    defined = publishing.definitions(session, survey)
    codes = dict.fromkeys(code for one in defined for code in one.questions)
    chosen = [code for code in codes if form.get(f"shown.{code}") == "1"]
    chosen.sort(key=lambda code: _place(form.get(f"place.{code}", "")))
    titles = {code: " ".join(form.get(f"title.{code}", "").replace("\0", "").split()) for code in chosen}
    pairs = [
        (form.get(f"row.{at}", ""), form.get(f"column.{at}", "")) for at in range(MOST_PAIRS + SPARE_PAIRS)
    ]
    publication = publishing.of_survey(session, survey.id)
    fixed = publishing.is_frozen(session, survey.id)
    kept = [(pair[0], pair[1]) for pair in publication.crossings] if publication is not None else []
    return Wanted(
        headline=" ".join(form.get("headline", "").replace("\0", "").split()),
        lead=form.get("lead", "").replace("\0", "").strip(),
        steps=list(publishing.lines(form.get("steps", "").replace("\0", ""))),
        shown=[(code, titles[code]) for code in chosen],
        crossings=kept if fixed else [pair for pair in pairs if all(pair)],
        running=form.get("running") == "1",
    )


def _place(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 999


def _stored(publication: Publication | None) -> Wanted:
    if publication is None:
        return Wanted()
    return Wanted(
        publication.headline,
        publication.lead,
        publication.steps,
        [(one[0], one[1]) for one in publication.shown],
        [(one[0], one[1]) for one in publication.crossings],
        publication.running,
    )


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
    form = wanted or _stored(publication)
    found, defined = standing.of_survey(session, survey.id), publishing.definitions(session, survey)
    scheme, reader = scheme_of(defined[0]), Reader(defined, here().language)
    questions = _questions(reader, scheme, defined, form)
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
        published=publication is not None and publication.published_at is not None,
        frozen=bool(found.freezes),
        may_count=freezing.may_run(survey) or survey.state == SurveyState.CLOSED,
        told_figures=[one for one in told if one is not None],
        findings={},
        errors=getattr(refused, "errors", {}),
        said=str(SAID.get(request.args.get("done", ""), "")),
        notices=telling.notices(session, survey.id),
        urls=urls | {"results": module_url(module, "results")},
    )


def _taken(session: Scope, survey_id: int) -> int:
    query = select(func.count()).where(Response.survey_id == survey_id, Response.test.is_(False))
    return session.scalar(query) or 0


def _questions(
    reader: Reader, scheme: Scheme, defined: list[Definition], form: Wanted
) -> list[dict[str, Any]]:
    """Give what can be told of all versions, chosen questions first and in their order."""
    older = (code for one in defined[1:] for code in scheme_of(one).counted)
    codes = [*(code for code, _title in form.shown), *scheme.counted, *older]
    own, places = dict(form.shown), {code: at + 1 for at, (code, _title) in enumerate(form.shown)}
    return [
        {
            "code": code,
            "title": _title(reader, code),
            "place": places.get(code, ""),
            "shown": code in own,
            "own": own.get(code, ""),
        }
        for code in dict.fromkeys(codes)
    ]


def _crossable(reader: Reader, scheme: Scheme) -> list[tuple[str, str]]:
    return [(code, _title(reader, code)) for code, one in scheme.counted.items() if one.crosses]


def _pairs(form: Wanted, *, frozen: bool) -> list[tuple[str, str]]:
    spare = 0 if frozen else SPARE_PAIRS
    return [*form.crossings, *[("", "")] * spare]


def _title(reader: Reader, code: str) -> str:
    question = reader.question(code)
    return (reader.words(question.title) if question else "") or code
