"""The questions of a survey in their order, and the buttons that add, move, copy and delete."""

import re

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Invalid, here, may, module_url, requires
from baukasten_survey.building import drafts, outline, showing, words
from baukasten_survey.building.expressions import Verdict, judge
from baukasten_survey.building.forms import BROKEN, first, whole
from baukasten_survey.building.linting import minutes
from baukasten_survey.building.outline import GROUP, PAGE, QUESTION, Data
from baukasten_survey.definition.model import Definition, said
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import BUILD, RUN, Kind, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")

DEED = re.compile(
    r"(?P<verb>[a-z]+)(:(?P<what>page|group|question)(:(?P<code>[A-Za-z][A-Za-z0-9_]{0,31}))?)?"
)
DONE = {
    "saved": _("Saved."),
    "deleted": _("Deleted. You can take that back."),
    "undone": _("The latest change is taken back."),
    "copied": _("Copied. Look through it: conditions still mean the questions of before."),
    "taken": _("The survey of the file is your draft now. You can take that back."),
}


@routes.get("/bearbeiten/")
@requires(BUILD)
def build(module: ModuleRef) -> ResponseReturnValue:
    """Show the questions in their order, with what the check says."""
    return _show(module)


@routes.post("/bearbeiten/")
@requires(BUILD)
def build_do(module: ModuleRef) -> ResponseReturnValue:
    """Do what the pressed button says."""
    session = here().session

    def change() -> ResponseReturnValue:
        revision = whole(request.form, "revision")
        found = DEED.fullmatch(first(request.form, "do"))
        if found is None:
            raise Invalid(message=BROKEN)
        verb, what, code = found["verb"], found["what"] or "", found["code"] or ""
        survey = lookup.of_module(session, module.id)
        taken = frozenset(drafts.ever_asked(session, survey)) if verb in ("add", "copy") else frozenset[str]()
        saved = drafts.save(session, module, revision, lambda data: _deed(data, verb, what, code, taken))
        if verb == "add" and what == QUESTION:
            return showing.back(module, "build_question", code=saved.focus)
        done = {"delete": "deleted"}.get(verb, "")
        anchor = f"{what}-{saved.focus}" if saved.focus else ""
        return showing.back(module, anchor=anchor, **({"done": done} if done else {}))

    return showing.trying(change, lambda refused: _show(module, refused))


def _deed(data: Data, verb: str, what: str, code: str, taken: frozenset[str]) -> str:
    """Do what a button says and give the part to look at; raises Invalid for what no button says."""
    if verb == "add" and what == PAGE:
        return outline.add_page(data)
    if verb == "add" and what == GROUP:
        return outline.add_group(data, code)
    if verb == "add" and what == QUESTION:
        kind = first(request.form, f"kind.{code}")
        if kind not in {one.value for one in Kind}:
            raise Invalid(message=BROKEN)
        return outline.add_question(data, code, Kind(kind), taken)
    if verb == "copy" and what:
        return outline.copy(data, what, code, taken)
    if verb not in outline.DEEDS or not what:
        raise Invalid(message=BROKEN)
    return outline.DEEDS[verb](data, what, code)


@routes.post("/bearbeiten/zurueck")
@requires(BUILD)
def build_undo(module: ModuleRef) -> ResponseReturnValue:
    """Take the latest change back."""

    def change() -> ResponseReturnValue:
        drafts.undo(here().session, showing.me(), module, whole(request.form, "revision"))
        return showing.back(module, done="undone")

    return showing.trying(change, lambda refused: _show(module, refused))


def _show(module: ModuleRef, refused: Exception | None = None) -> ResponseReturnValue:
    session, member = here().session, here().member
    survey = lookup.of_module(session, module.id)
    definition = parse(survey.definition)
    findings = showing.findings_of(session, survey, definition)
    language = here().language
    done = request.args.get("done", "")
    return showing.page(
        "survey/build.html",
        module,
        title=_("Questions"),
        refused=refused,
        said="" if refused else DONE.get(done, ""),
        survey=survey,
        state=showing.STATES[SurveyState(survey.state)],
        definition=definition,
        numbers={code: at for at, code in enumerate(definition.questions, start=1)},
        words_of=lambda text: said(text, language, definition.languages[0]),
        when=lambda text: _when(definition, text, language),
        kinds=[(kind.value, str(label)) for kind, label in words.KINDS.items()],
        kind_of=lambda question: words.KINDS[question.kind],
        findings=showing.listed(module, findings),
        stopping=sum(one.stops for one in findings),
        flawed={(one.what, one.code) for one in findings if one.stops},
        minutes=minutes(definition, definition.languages[0]),
        may_change=survey.state != SurveyState.CLOSED,
        may_undo=drafts.may_undo(session, survey),
        may_run=may(session, member, RUN, module),
        edit=lambda what, code: module_url(module, showing.EDITORS[what], code=code),
        urls=_urls(module, survey),
    )


def _when(definition: Definition, text: str, language: str) -> str:
    """Say a condition in plain words, or that it cannot be read."""
    verdict: Verdict = judge(definition, text, language)
    return verdict.words or "; ".join(verdict.problems)


def _urls(module: ModuleRef, survey: Survey) -> dict[str, str]:
    """Give the pages around the questions."""
    names = ("build_undo", "build_texts", "build_languages", "build_bank", "build_import", "front")
    found = {name: module_url(module, name) for name in names}
    closed = survey.state == SurveyState.CLOSED
    run = {SurveyState.DRAFT: "build_check", SurveyState.OPEN: "build_version"}
    return found | {"run": "" if closed else module_url(module, run[SurveyState(survey.state)])}
