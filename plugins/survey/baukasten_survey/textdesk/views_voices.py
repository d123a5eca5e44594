"""What everybody reads of open texts: categories in numbers, fixed once, and quotes, released one by one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import Conflict, Scope, here, may, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import showing
from baukasten_survey.keys import PUBLISH, RAW, SurveyState
from baukasten_survey.results import beside, freezing, standing, told
from baukasten_survey.results.findings import Finding
from baukasten_survey.routes import ID, routes
from baukasten_survey.surveys import lookup
from baukasten_survey.textdesk.views_places import Place, opened, place_of
from baukasten_survey.texts import quotes
from baukasten_survey.texts.fields import Field
from baukasten_survey.texts.freezing import coded_tables, draft, freeze
from baukasten_survey.texts.holding import is_frozen
from baukasten_survey.texts.models import Quote, QuoteState
from baukasten_survey.texts.traces import traces

_ = lazy("survey")
BASE = "/auswertung/texte/"
NOT_OVER = _("Figures of categories are fixed after the close, when all answers are there and counted.")
SAID: Mapping[str, LazyText] = {
    "chosen": _("The voice is chosen. It is read once it is released."),
    "released": _("The voice is released."),
    "back": _("The voice is taken back."),
    "moved": _("Moved."),
    "fixed": _("The figures are fixed. They stand below the question."),
}
TAGS: Mapping[str, tuple[LazyText, str, str]] = {
    QuoteState.CHOSEN: (_("Waits for release"), "warn", "clock"),
    QuoteState.RELEASED: (_("Released"), "ok", "done"),
    QuoteState.BACK: (_("Taken back"), "", "hidden"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A quote in the list."""

    id: int
    body: str
    state: str
    tag: tuple[LazyText, str, str]
    warnings: Sequence[str]
    edit_url: str
    urls: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A text with what is shown of it, or could be."""

    name: str
    title: str
    told: int | None
    finding: Finding | None
    """Its fixed figures."""
    fix_url: str
    """Nothing for those who may not read single responses."""
    quotes: Sequence[Item]


@routes.get(BASE)
@requires(PUBLISH)
def voices(module: ModuleRef) -> ResponseReturnValue:
    """Show what everybody reads of each text, and what waits for release."""
    return _show(module)


@routes.get(f"{BASE}<text_name>/festschreiben")
@requires(RAW)
def voices_fixing(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Show the figures that would be fixed, or why there are none.

    Two drafts, before and after categories were joined, could tell small ones: they are for who may read all of it.
    """
    return _fixing(module, text_name)


@routes.post(f"{BASE}<text_name>/festschreiben")
@requires(RAW)
def voices_fix(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Fix the figures of categories for good."""
    session = here().session
    place = place_of(session, module)
    field = place.field(text_name)

    def change() -> ResponseReturnValue:
        people, spans = _counted(session, place, field)
        freeze(session, showing.me(), place.survey, field, people, spans)
        return showing.back(module, "voices", done="fixed")

    return showing.trying(change, lambda refused: _fixing(module, text_name, refused))


def _counted(session: Scope, place: Place, field: Field) -> tuple[int | None, Mapping[int, int]]:
    """Give what published figures count of a text. Raises Conflict while answers may still come."""
    if not freezing.is_over(session, place.survey):
        raise Conflict(NOT_OVER)
    people = told.told(standing.of_survey(session, place.survey.id), field)
    return people, told.spans(session, place.survey.id)


def _fixing(module: ModuleRef, text_name: str, refused: Exception | None = None) -> ResponseReturnValue:
    session = here().session
    place = place_of(session, module)
    field, why_not, finding = place.field(text_name), "", None
    title = place.title(field)
    fixed = is_frozen(session, place.survey.id, text_name)
    if not fixed:
        try:
            coded = draft(session, place.survey, field, *_counted(session, place, field))
            finding = beside.drawn(field, title, coded)
        except Conflict as refusal:
            why_not = refusal.message
    return showing.page(
        "survey/voices_fix.html",
        module,
        title=_("Fix the figures of categories"),
        current=desks.FIGURES,
        refused=None if why_not else refused,
        asked=title,
        finding=finding,
        why_not=why_not,
        fixed=fixed,
        k=place.survey.minimum_cell,
        fix_url=module_url(module, "voices_fix", text_name=text_name),
        back_url=module_url(module, "voices"),
    )


@routes.post(f"{BASE}{ID}/freigeben")
@requires(PUBLISH)
def voices_release(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Let everybody read a quote."""
    session = here().session
    place = place_of(session, module)

    def change() -> ResponseReturnValue:
        kept = quotes.locked(session, place.survey.id, row_id)
        field = place.fields.get(kept.question)
        number = told.told(standing.of_survey(session, place.survey.id), field) if field else None
        quotes.release(session, showing.me(), place.survey, row_id, number)
        return showing.back(module, "voices", done="released")

    return showing.trying(change, lambda refused: _show(module, refused))


@routes.post(f"{BASE}{ID}/zuruecknehmen")
@requires(PUBLISH)
def voices_back(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Let nobody read a quote any more."""

    def step(session: Scope, survey_id: int) -> None:
        quotes.take_back(session, showing.me(), survey_id, row_id)

    return _step(module, step, "back")


@routes.post(f"{BASE}{ID}/hoch")
@requires(PUBLISH)
def voices_lift(module: ModuleRef, row_id: int) -> ResponseReturnValue:
    """Move a quote one place up."""

    def step(session: Scope, survey_id: int) -> None:
        quotes.lift(session, survey_id, row_id)

    return _step(module, step, "moved")


def _step(module: ModuleRef, step: Callable[[Scope, int], None], done: str) -> ResponseReturnValue:
    session = here().session
    step(session, lookup.of_module(session, module.id).id)
    return showing.back(module, "voices", done=done)


def _show(module: ModuleRef, refused: Exception | None = None) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    if survey.state == SurveyState.DRAFT:
        return showing.page(
            "survey/figures_early.html", module, title=_("Texts and voices"), current=desks.FIGURES
        )
    place = opened(session, survey)
    found = standing.of_survey(session, place.survey.id)
    kept, fixed = quotes.of_survey(session, place.survey.id), coded_tables(session, place.survey.id)
    may_edit = may(session, here().member, RAW, module)
    parts = [
        Part(
            name,
            place.title(field),
            told.told(found, field),
            beside.drawn(field, place.title(field), fixed[name]) if name in fixed else None,
            module_url(module, "voices_fixing", text_name=name) if may_edit else "",
            _items(module, kept, name, edit=may_edit),
        )
        for name, field in place.fields.items()
    ]
    return showing.page(
        "survey/voices.html",
        module,
        title=_("Texts and voices"),
        current=desks.FIGURES,
        refused=refused,
        parts=parts,
        counted=bool(found.freezes),
        k=place.survey.minimum_cell,
        texts_url=module_url(module, "texts") if may_edit else "",
        back_url=module_url(module, desks.FIGURES),
        preview_url=module_url(module, "figures_preview"),
        said=str(SAID.get(request.args.get("done", ""), "")),
    )


def _items(module: ModuleRef, kept: Sequence[Quote], name: str, *, edit: bool) -> list[Item]:
    return [
        Item(
            one.id,
            one.body,
            one.state,
            TAGS[one.state],
            [f"{trace.kind}: {trace.words}" for trace in traces(one.body)],
            module_url(module, "texts_quote", text_name=name, row_id=one.response_id) if edit else "",
            {key: module_url(module, f"voices_{key}", row_id=one.id) for key in ("release", "back", "lift")},
        )
        for one in kept
        if one.question == name
    ]
