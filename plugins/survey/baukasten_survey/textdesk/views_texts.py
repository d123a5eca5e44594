"""Open texts of a survey for those who read single responses: which there are, how far sorting is, the categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import here, member_names, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import showing
from baukasten_survey.keys import RAW, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup
from baukasten_survey.textdesk.views_places import BASE, Place, line, number, opened, place_of
from baukasten_survey.texts import categories, coding, fields
from baukasten_survey.texts.coding import Standing
from baukasten_survey.texts.fields import Field
from baukasten_survey.texts.freezing import coded_tables

_ = lazy("survey")
SAID: Mapping[str, LazyText] = {
    "added": _("The category is added."),
    "changed": _("The category is changed."),
    "merged": _("The categories are put together. What was sorted into them stays."),
    "removed": _("The category is gone."),
}


@dataclass(frozen=True, slots=True)
class Worker:
    """How far one person is with a question."""

    name: str
    coded: int
    done: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A text question in the list."""

    name: str
    title: str
    total: int
    workers: Sequence[Worker]
    frozen: bool
    may_compare: bool
    urls: Mapping[str, str]

    @property
    def mine(self) -> Worker | None:
        """Give how far whoever looks is."""
        return next((one for one in self.workers if one.mine), None)


@routes.get(BASE)
@requires(RAW)
def texts(module: ModuleRef) -> ResponseReturnValue:
    """Show what people wrote, and how far its sorting is."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    if survey.state == SurveyState.DRAFT:
        return showing.page(
            "survey/figures_early.html", module, title=_("Open texts"), current=desks.RESPONSES
        )
    place = opened(session, survey)
    totals = fields.totals(session, place.survey.id, list(place.fields.values()))
    standings = coding.standings(session, place.survey.id)
    names = member_names(session, {one.member_id for one in standings if one.member_id is not None})
    frozen = coded_tables(session, place.survey.id)
    rows = [
        _row(module, place, field, totals[name], workers(standings, name, names), frozen=name in frozen)
        for name, field in place.fields.items()
    ]
    return showing.page(
        "survey/texts.html",
        module,
        title=_("Open texts"),
        current=desks.RESPONSES,
        rows=[one for one in rows if one.total] + [one for one in rows if not one.total],
        back_url=module_url(module, desks.RESPONSES),
    )


def workers(standings: Sequence[Standing], name: str, names: Mapping[int, str]) -> list[Worker]:
    """Give who sorts the texts of a question; whoever closed the account has a number instead of a name."""
    me = showing.me().id
    return [
        Worker(called(one, names), one.coded, one.done, one.member_id == me)
        for one in standings
        if one.question == name
    ]


def called(one: Standing, names: Mapping[int, str]) -> str:
    """Give the name of a coder."""
    return names.get(one.member_id or 0, "") or str(_("Person %(number)s")) % {"number": one.number}


def may_compare(standings: Sequence[Worker]) -> bool:
    """Tell whether whoever looks may see what others did: she has done hers, or two others have done theirs."""
    mine = next((one for one in standings if one.mine), None)
    if mine is not None:
        return mine.done
    return sum(one.done for one in standings) > 1


def _row(
    module: ModuleRef, place: Place, field: Field, total: int, those: Sequence[Worker], *, frozen: bool
) -> Row:
    urls = {
        name: module_url(module, f"texts_{name}", text_name=field.name)
        for name in ("sort", "categories", "compare", "pick")
    }
    return Row(field.name, place.title(field), total, those, frozen, may_compare(those), urls)


@routes.get(f"{BASE}<text_name>/kategorien")
@requires(RAW)
def texts_categories(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Show the categories of a question."""
    return _categories(module, text_name)


@routes.post(f"{BASE}<text_name>/kategorien")
@requires(RAW)
def texts_categories_save(module: ModuleRef, text_name: str) -> ResponseReturnValue:
    """Add a category, or change, move, put together or take away one."""
    session, form = here().session, request.form
    place = place_of(session, module)
    survey_id, field = place.survey.id, place.field(text_name)
    one, title, description = number(form.get("category", "")), line("name"), line("description")
    wanted = form.get("do", "")

    def change() -> ResponseReturnValue:
        done = "changed"
        if wanted == "merge":
            into = number(form.get("into", ""))
            categories.merge(session, showing.me(), survey_id, field.name, one, into)
            done = "merged"
        elif wanted == "remove":
            categories.remove(session, survey_id, field.name, one)
            done = "removed"
        elif wanted == "lift":
            categories.lift(session, survey_id, field.name, one)
        elif wanted == "change":
            categories.change(session, survey_id, field.name, one, title, description)
        else:
            categories.add(session, survey_id, field.name, title, description)
            done = "added"
        return showing.back(module, "texts_categories", text_name=field.name, done=done)

    return showing.trying(change, lambda refused: _categories(module, text_name, refused))


def _categories(module: ModuleRef, text_name: str, refused: Exception | None = None) -> ResponseReturnValue:
    session = here().session
    place = place_of(session, module)
    field = place.field(text_name)
    errors: Mapping[str, object] = getattr(refused, "errors", {})
    sent = refused is not None and request.form.get("do") == "add"
    wrong_at = number(request.form.get("category", "")) if refused is not None else 0
    return showing.page(
        "survey/texts_categories.html",
        module,
        title=_("Categories"),
        current=desks.RESPONSES,
        refused=refused,
        asked=place.title(field),
        named=categories.of_question(session, place.survey.id, text_name),
        errors=errors,
        wrong_at=wrong_at,
        links={f"{name}-{wrong_at}": words for name, words in errors.items()},
        typed={key: line(key) if sent else "" for key in ("name", "description")},
        longest=categories.LONGEST,
        longest_description=categories.LONGEST_DESCRIPTION,
        said=str(SAID.get(request.args.get("done", ""), "")),
        urls={
            "texts": module_url(module, "texts"),
            "sort": module_url(module, "texts_sort", text_name=text_name),
            "save": module_url(module, "texts_categories_save", text_name=text_name),
        },
    )
