"""How a survey is run, on one page: who may answer, what is promised, when, quotas."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import Field, FieldKind, ModuleRef, lazy
from baukasten.sdk import Conflict, Form, Invalid, here, may, module_url, requires
from baukasten_survey import desks
from baukasten_survey.building import forms, running, showing
from baukasten_survey.building.outline import Data
from baukasten_survey.building.promises import LEVELS, WHO
from baukasten_survey.building.running import Wanted
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import BUILD, RUN, SEALED, Access, Anonymity, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")

DONE = {
    "saved": _("Saved."),
    "opened": _("The survey is open."),
    "closed": _("The survey is closed. Keys that could join anything to anybody are destroyed."),
}
MOST_QUOTAS = 50
PROMISED = ("access", "anonymity", "opens_at", "drawn")
"""What is promised to those who answer, and stays once the survey is open."""


def _fields(survey: Survey) -> list[Field]:
    """Give the fields; what can no longer be changed is left out."""
    kind = FieldKind
    fields = [
        Field("access", _("Who may answer"), kind.RADIO, required=True,
              choices=[(one.value, WHO[one]) for one in Access]),
        Field("anonymity", _("What is promised"), kind.RADIO, required=True,
              help=_("It stands above the first question and cannot be changed once the survey is open."),
              choices=[(one.value, LEVELS[one].name) for one in Anonymity]),
        Field("opens_at", _("Opens"), kind.DATETIME, help=_("Empty: as soon as you open it.")),
        Field("closes_at", _("Closes"), kind.DATETIME, help=_("Empty: when you close it.")),
        Field("minimum_cell", _("Fewest people of whom results speak"), kind.NUMBER, required=True,
              minimum=running.LEAST_CELL, maximum=running.MOST_CELL,
              help=_("Smaller numbers are never shown, nor can anybody work them out.")),
        Field("drawn", _("People were drawn by lot"), kind.CHECKBOX,
              help=_("Otherwise each result says that it is no image of the town.")),
        Field("least_seconds", _("Mark answers that took less than so many seconds"), kind.NUMBER, required=True,
              minimum=0, maximum=running.MOST_SECONDS,
              help=_("0: mark none. Marked answers count; results are shown with and without them.")),
    ]  # fmt: skip
    return [one for one in fields if survey.state == SurveyState.DRAFT or one.key not in PROMISED]


@routes.get("/einstellungen/")
@requires(BUILD)
def setup(module: ModuleRef) -> ResponseReturnValue:
    """Show how the survey is run."""
    return _show(module)


@routes.post("/einstellungen/")
@requires(BUILD)
def setup_save(module: ModuleRef) -> ResponseReturnValue:
    """Store how the survey is run."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    form = _form(module, survey)
    if not form.read(request.form):
        return _show(module, form=form, refused=Invalid())
    kept = {key: getattr(survey, key) for key in PROMISED}
    try:
        allowed = may(session, here().member, RUN, module)
        running.change(session, showing.me(), module, {**kept, **form.values}, may_run=allowed)
    except (Invalid, Conflict) as refused:
        session.rollback()
        if isinstance(refused, Invalid):
            form.add_invalid(refused)
        return _show(module, form=form, refused=refused)
    return showing.back(module, desks.SETUP, done="saved")


@routes.post("/einstellungen/kontingente")
@requires(BUILD)
def setup_quotas(module: ModuleRef) -> ResponseReturnValue:
    """Store the quotas."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    typed: list[Data] = []
    try:
        typed = _typed(parse(survey.definition).languages)
        allowed = may(session, here().member, RUN, module)
        running.set_quotas(session, showing.me(), module, [_wanted(one) for one in typed], may_run=allowed)
    except (Invalid, Conflict) as refused:
        session.rollback()
        return _show(module, refused=refused, quotas=typed)
    return showing.back(module, desks.SETUP, "quotas", done="saved")


def _typed(languages: tuple[str, ...]) -> list[Data]:
    """Read the rows of the table; those without code and condition are gone."""
    found = []
    for at in range(min(forms.whole(request.form, "quotas", "0"), MOST_QUOTAS)):
        row: Data = {
            name: forms.first(request.form, f"quota.{at}.{name}").strip()
            for name in ("code", "expression", "wanted")
        }
        row["message"] = forms.text(request.form, f"quota.{at}.message", languages)
        if row["code"] or row["expression"]:
            found.append(row)
    return found


def _wanted(row: Data) -> Wanted:
    """Give a row as it is stored; raises Invalid for what is no number."""
    number = forms.number(row["wanted"], counted=True)
    if not isinstance(number, int):
        raise Invalid({"quotas": _("Say in digits how many answers are wanted.")})
    return Wanted(row["code"], row["expression"], number, row["message"])


def _form(module: ModuleRef, survey: Survey) -> Form:
    fields = _fields(survey)
    values = {one.key: getattr(survey, one.key) for one in fields}
    return Form(fields, action=module_url(module, "setup_save"), values=values)


def _show(
    module: ModuleRef,
    *,
    form: Form | None = None,
    refused: Exception | None = None,
    quotas: list[Data] | None = None,
) -> ResponseReturnValue:
    session, member = here().session, here().member
    survey = lookup.of_module(session, module.id)
    level = Anonymity(survey.anonymity)
    rows = [
        {
            "code": one.code,
            "expression": one.expression,
            "wanted": one.wanted,
            "message": one.message,
            "taken": one.taken,
        }
        for one in running.quotas(session, survey)
    ]
    allowed = may(session, member, RUN, module)
    state = SurveyState(survey.state)
    errors = dict(refused.errors) if isinstance(refused, Invalid) else {}
    return showing.page(
        "survey/setup.html",
        module,
        title=_("Settings"),
        current=desks.SETUP,
        refused=refused if isinstance(refused, Conflict) else None,
        said="" if refused else DONE.get(request.args.get("done", ""), ""),
        failed=refused,
        survey=survey,
        state=showing.STATES[state],
        form=form or _form(module, survey),
        errors={name: text for name, text in errors.items() if name == "quotas"},
        findings={},
        verdicts={},
        levels=[(one.value, text) for one, text in LEVELS.items()],
        level=LEVELS[level],
        who=WHO[Access(survey.access)],
        quotas=rows if quotas is None else quotas,
        sealed=level in SEALED,
        tongues=showing.tongues(parse(survey.definition)),
        may_change=state is SurveyState.DRAFT or (state is SurveyState.OPEN and allowed),
        may_run=allowed,
        urls={
            "quotas": module_url(module, "setup_quotas"),
            "close": module_url(module, "close_form"),
            "check": module_url(module, "build_check"),
        },
    )
