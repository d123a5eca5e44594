"""One question, page or group on a page of its own, and the words of the survey as a whole."""

from collections.abc import Mapping
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ContentRef, ModuleRef, lazy
from baukasten.sdk import (
    MODULE_MEDIA,
    Conflict,
    Invalid,
    NotFound,
    TooMany,
    attach,
    detach,
    here,
    media_by_id,
    module_url,
    requires,
    set_alt,
    store_upload,
    takes_files,
)
from baukasten_survey.building import drafts, forms, lines, outline, showing, words
from baukasten_survey.building.expressions import Condition, conditions, judge, words_for
from baukasten_survey.building.findings import Finding
from baukasten_survey.building.outline import GROUP, PAGE, QUESTION, Data
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Page, said
from baukasten_survey.definition.parsing import Malformed, parse
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import BUILD, Kind, SurveyState
from baukasten_survey.models import Survey
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")

CODE = "<string(maxlength=32):code>"
TITLES = {PAGE: _("Page of questions"), GROUP: _("Group of questions")}


@routes.get(f"/bearbeiten/frage/{CODE}")
@requires(BUILD)
def build_question(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Show one question with the fields of its kind."""
    return _show(module, QUESTION, code)


@routes.post(f"/bearbeiten/frage/{CODE}")
@requires(BUILD)
@takes_files
def build_question_save(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Save a question; nothing that was typed is lost."""
    return _save(module, QUESTION, code)


@routes.get(f"/bearbeiten/seite/{CODE}")
@requires(BUILD)
def build_page(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Show the words of a page and when it is shown."""
    return _show(module, PAGE, code)


@routes.post(f"/bearbeiten/seite/{CODE}")
@requires(BUILD)
def build_page_save(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Save the words of a page."""
    return _save(module, PAGE, code)


@routes.get(f"/bearbeiten/gruppe/{CODE}")
@requires(BUILD)
def build_group(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Show the words of a group and when it is shown."""
    return _show(module, GROUP, code)


@routes.post(f"/bearbeiten/gruppe/{CODE}")
@requires(BUILD)
def build_group_save(module: ModuleRef, code: str) -> ResponseReturnValue:
    """Save the words of a group."""
    return _save(module, GROUP, code)


@routes.post("/bearbeiten/bedingung")
@requires(BUILD)
def build_condition(module: ModuleRef) -> ResponseReturnValue:
    """Say what a condition means and what is wrong with it, while it is written."""
    survey = lookup.of_module(here().session, module.id)
    wanted = None if forms.first(request.form, "any") else Sort.BOOLEAN
    text = forms.first(request.form, "text")[:5000]
    verdict = judge(parse(survey.definition), text, here().language, wanted)
    return jsonify(words=verdict.words, problems=verdict.problems, position=verdict.position)


def _save(module: ModuleRef, what: str, code: str) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    written = parse(survey.definition)
    try:
        old = outline.find(survey.definition, what, code).part
    except NotFound:
        old = {"code": code, "kind": Kind.SHORT.value} if what == QUESTION else {"code": code}
    typed: Data = old
    try:
        asked = drafts.ever_asked(session, survey).get(code, set()) if what == QUESTION else set()
        typed = _read(what, old, written, asked)
        typed = _with_pictures(module, typed) if what == QUESTION else typed
        revision = forms.whole(request.form, "revision")
        saved = drafts.save(session, module, revision, lambda data: _replaced(data, what, code, typed))
    except (Invalid, Conflict, TooMany, NotFound) as refused:
        session.rollback()
        return _show(module, what, code, typed, refused)
    if forms.first(request.form, "do") == "stay":
        return showing.back(module, showing.EDITORS[what], code=saved.focus, done="saved")
    return showing.back(module, anchor=f"{what}-{saved.focus}", done="saved")


def _read(what: str, old: Data, written: Definition, asked: set[str]) -> Data:
    if what == QUESTION:
        return forms.question(request.form, old, written.languages, asked)
    return forms.part(request.form, old, written.languages)


def _replaced(data: Data, what: str, code: str, typed: Data) -> str:
    """Put what was typed in the place of a part, and a question into another group if one was chosen."""
    spot = outline.find(data, what, code)
    spot.parts[spot.at] = typed
    group = forms.first(request.form, "group")
    if what == QUESTION and group and all(one["code"] != group for one in _homes(data, typed["code"])):
        outline.put(data, typed["code"], group)
    return str(typed["code"])


def _homes(data: Data, code: str) -> list[Data]:
    return [
        group
        for page in data["pages"]
        for group in page.get("groups", [])
        if any(one["code"] == code for one in group.get("questions", []))
    ]


def _with_pictures(module: ModuleRef, typed: Data) -> Data:
    """Store the pictures that came with the form and let their options point to them."""
    if typed["kind"] != Kind.IMAGE:
        return typed
    options = []
    for option in typed.get("options", []):
        file = request.files.get(f"options.{option['code']}.file")
        if file is not None and file.filename:
            made = store_upload(here().session, showing.me(), file.filename, file.stream)
            if made.kind != "picture":
                detach(here().session, showing.me(), [made.id])
                raise Invalid({"options": str(_("This is no picture."))})
            # What it shows is kept with the option, by language.
            set_alt(here().session, showing.me(), made.id, "")
            attach(here().session, showing.me(), [made.id], ContentRef(MODULE_MEDIA, module.id))
            options.append({**option, "picture": made.id})
        else:
            options.append(option)
    return {**typed, "options": options}


def _show(
    module: ModuleRef, what: str, code: str, typed: Data | None = None, refused: Exception | None = None
) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    written = parse(survey.definition)
    part = typed if typed is not None else outline.find(survey.definition, what, code).part
    findings = [
        one for one in showing.findings_of(session, survey, written) if (one.what, one.code) == (what, code)
    ]
    values = _question_values(survey, written, part, code) if what == QUESTION else {}
    return showing.page(
        f"survey/build_{'question' if what == QUESTION else 'part'}.html",
        module,
        title=_("Question %(code)s") % {"code": code} if what == QUESTION else TITLES[what],
        refused=refused,
        said=_("Saved.") if request.args.get("done") == "saved" and refused is None else "",
        what=what,
        code=code,
        part=part,
        survey=survey,
        may_change=survey.state != SurveyState.CLOSED,
        tongues=showing.tongues(written),
        errors=_errors(survey, what, code, part, refused),
        findings=_by_field(findings),
        verdicts=_verdicts(written, what, code),
        names=[(name, one.label, one.answers) for name, one in words_for(written, here().language).items()],
        urls={
            "save": module_url(module, f"{showing.EDITORS[what]}_save", code=code),
            "check": module_url(module, "build_condition"),
            "back": module_url(module, "build") + f"#{what}-{code}",
        },
        **values,
    )


def _question_values(survey: Survey, written: Definition, part: Data, code: str) -> dict[str, Any]:
    """Give what only a question's form needs: names of its fields, its answers as lines, pictures, groups."""
    kind = Kind(part["kind"])
    ends = kind is Kind.SCALE
    shown = words.fields_of(kind)
    origin = written.languages[0]
    pictures = [one["picture"] for one in part.get("options", []) if isinstance(one.get("picture"), int)]
    homes = [one["code"] for one in _homes(survey.definition, code)]
    return {
        "shown": shown,
        "kind": kind,
        "labels": words,
        "kinds": [(one.value, str(label)) for one, label in words.KINDS.items()],
        "styles": [(one.value, str(label)) for one, label in words.STYLES.items()],
        "shapes": [(one.value, str(label)) for one, label in words.SHAPES.items()],
        "lines": lambda name, language: lines.written(part.get(name) or [], language, ends=ends),
        "media": media_by_id(here().session, pictures) if pictures else {},
        "is_matrix": kind in kinds.MATRICES,
        "groups": [
            (
                group.code,
                said(group.title, here().language, origin)
                or said(page.title, here().language, origin)
                or page.code,
            )
            for page in written.pages
            for group in page.groups
        ],
        "group": homes[0] if homes else "",
        "published": survey.version is not None,
    }


def _name(page: Page, origin: str) -> str:
    return said(page.title, here().language, origin) or page.code


def _errors(survey: Survey, what: str, code: str, part: Data, refused: Exception | None) -> Mapping[str, str]:
    if isinstance(refused, Malformed):
        places = _places(survey.definition, what, code, part)
        return forms.errors_at(refused, *places, twice=f"{what}s/{part['code']}")
    return dict(refused.errors) if isinstance(refused, Invalid) else {}


def _places(data: Data, what: str, code: str, part: Data) -> list[str]:
    """Give where a part stands as parsing names it, and under its code, for what is there twice."""
    found = [f"{part['code']}/"]
    for number, page in enumerate(data["pages"]):
        if what == PAGE and page["code"] == code:
            found.append(f"pages/{number}/")
        for second, group in enumerate(page.get("groups", [])):
            if what == GROUP and group["code"] == code:
                found.append(f"pages/{number}/groups/{second}/")
            for third, question in enumerate(group.get("questions", [])):
                if what == QUESTION and question["code"] == code:
                    found.append(f"pages/{number}/groups/{second}/questions/{third}/")
    return found


def _by_field(findings: list[Finding]) -> dict[str, list[Finding]]:
    """Give findings by the field at which they are shown: answers and rows have one for all."""
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.field.split("/")[0], []).append(one)
    return found


def _verdicts(written: Definition, what: str, code: str) -> dict[str, str]:
    """Say in plain words what the conditions of a part mean, by their fields."""
    mine: list[Condition] = [one for one in conditions(written) if (one.what, one.code) == (what, code)]
    return {one.field: judge(written, one.text, here().language, one.wanted).words for one in mine}
