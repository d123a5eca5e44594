"""The languages of a survey: adding and dropping them, and the way out to translators and back."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, Invalid, Letterhead, here, letterhead, module_url, requires, takes_files
from baukasten_survey.building import drafts, sheets, showing
from baukasten_survey.building.findings import texts_of
from baukasten_survey.building.forms import first, whole
from baukasten_survey.building.outline import Data
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import BUILD, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")

EASY = "de-simple"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DONE = {"saved": _("Saved.")}


@routes.get("/bearbeiten/sprachen")
@requires(BUILD)
def build_languages(module: ModuleRef) -> ResponseReturnValue:
    """Show the languages and how far each is."""
    return _show(module)


@routes.post("/bearbeiten/sprachen")
@requires(BUILD)
def build_language(module: ModuleRef) -> ResponseReturnValue:
    """Add or drop a language; the words of a dropped one stay until it is read in anew."""
    session = here().session
    language, drops = first(request.form, "language"), first(request.form, "do") == "drop"
    offered = _offered(letterhead(session))

    def change(data: Data) -> str:
        known = data["languages"]
        if drops:
            if language == known[0]:
                raise Conflict(_("The language in which it was written stays."))
            data["languages"] = [one for one in known if one != language]
        elif language not in offered:
            raise Invalid({"language": _("Choose one of the town's languages.")})
        elif language not in known:
            data["languages"] = [*known, language]
        return ""

    def save() -> ResponseReturnValue:
        drafts.save(session, module, whole(request.form, "revision"), change)
        return showing.back(module, "build_languages", done="saved")

    return showing.trying(save, lambda refused: _show(module, refused))


@routes.get("/bearbeiten/sprachen/texte.xlsx")
@requires(BUILD)
def build_sheet(module: ModuleRef) -> ResponseReturnValue:
    """Give all words as a spreadsheet."""
    survey = lookup.of_module(here().session, module.id)
    answer = Response(sheets.write(survey.definition), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{module.slug}-texte.xlsx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@routes.post("/bearbeiten/sprachen/texte.xlsx")
@requires(BUILD)
@takes_files
def build_sheet_read(module: ModuleRef) -> ResponseReturnValue:
    """Read a spreadsheet back and say what changed."""
    session = here().session
    reports: list[sheets.Report] = []

    def change() -> ResponseReturnValue:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise Invalid({"file": _("Choose a file.")})
        content = file.stream.read(sheets.LARGEST + 1)

        def take(data: Data) -> str:
            reports.append(sheets.read(data, content))
            return ""

        drafts.save(session, module, whole(request.form, "revision"), take)
        session.commit()
        return _show(module, report=reports[0])

    return showing.trying(change, lambda refused: _show(module, refused))


def _offered(head: Letterhead) -> list[str]:
    """Give the town's languages, and easy German where it speaks German."""
    known = dict.fromkeys((head.town.language, *head.town.languages))
    german = any(code.partition("-")[0] == "de" for code in known)
    return [*known, *((EASY,) if german and EASY not in known else ())]


def _show(
    module: ModuleRef, refused: Exception | None = None, *, report: sheets.Report | None = None
) -> ResponseReturnValue:
    session = here().session
    survey = lookup.of_module(session, module.id)
    written = parse(survey.definition)
    return showing.page(
        "survey/build_languages.html",
        module,
        title=_("Languages and translation"),
        refused=refused,
        said="" if refused else DONE.get(request.args.get("done", ""), ""),
        survey=survey,
        report=report,
        errors=dict(refused.errors) if isinstance(refused, Invalid) else {},
        findings={},
        tongues=[(one, *_filled(written, one.code)) for one in showing.tongues(written)],
        offered=[
            showing.tongue(code) for code in _offered(letterhead(session)) if code not in written.languages
        ],
        may_change=survey.state != SurveyState.CLOSED,
        urls={
            name: module_url(module, name)
            for name in ("build_language", "build_sheet", "build_sheet_read", "build_undo")
        },
    )


def _filled(written: Definition, language: str) -> tuple[int, int]:
    """Tell how many of the texts that are there are there in a language."""
    there = [text for _what, _code, _name, text in texts_of(written) if any(text.values())]
    return sum(bool(text.get(language)) for text in there), len(there)
