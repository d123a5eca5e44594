"""Taking questions or a whole survey from the store."""

from flask import request
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import Conflict, here, module_url, requires
from baukasten_survey.building import bank, drafts, showing, words
from baukasten_survey.building.forms import first, whole
from baukasten_survey.building.outline import Data
from baukasten_survey.definition.model import said
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import BUILD, SurveyState
from baukasten_survey.routes import routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")

KEY = 40


@routes.get("/bearbeiten/vorrat")
@requires(BUILD)
def build_bank(module: ModuleRef) -> ResponseReturnValue:
    """Show where questions can be taken from, and those of one source."""
    return _show(module, request.args.get("aus", "")[:KEY])


@routes.post("/bearbeiten/vorrat")
@requires(BUILD)
def build_take(module: ModuleRef) -> ResponseReturnValue:
    """Take a question, or all of them in the place of what is written."""
    session, member = here().session, here().member
    key, code, group = (first(request.form, name)[:KEY] for name in ("source", "question", "group"))

    def change() -> ResponseReturnValue:
        survey = lookup.of_module(session, module.id)
        origin = bank.source(session, member, survey.id, key)
        revision = whole(request.form, "revision")
        if code:
            taken = sorted(drafts.ever_asked(session, survey))
            saved = drafts.save(
                session, module, revision, lambda data: bank.take_question(data, taken, origin, code, group)
            )
            return showing.back(module, anchor=f"question-{saved.focus}", done="copied")
        if survey.state != SurveyState.DRAFT:
            raise Conflict(_("Once open, a survey takes single questions only."))

        def replace(data: Data) -> str:
            data.clear()
            data.update(origin.definition)
            return ""

        drafts.save(session, module, revision, replace)
        return showing.back(module, done="copied")

    return showing.trying(change, lambda refused: _show(module, key, refused))


def _show(module: ModuleRef, key: str, refused: Exception | None = None) -> ResponseReturnValue:
    session, member, language = here().session, here().member, here().language
    survey = lookup.of_module(session, module.id)
    written = parse(survey.definition)
    origin = bank.source(session, member, survey.id, key) if key else None
    asked = parse(origin.definition) if origin else None
    return showing.page(
        "survey/build_bank.html",
        module,
        title=_("Store of questions"),
        refused=refused,
        survey=survey,
        source=origin,
        asked=asked,
        words_of=lambda text: said(text, language, asked.languages[0] if asked else language),
        kind_of=lambda question: words.KINDS[question.kind],
        groups=[
            (group.code, " · ".join(filter(None, (said(page.title, language, written.languages[0]) or page.code,
                                                 said(group.title, language, written.languages[0])))))
            for page in written.pages for group in page.groups
        ],
        examples=[(one.title, module_url(module, "build_bank", aus=one.key)) for one in bank.examples()],
        surveys=[
            (title, module_url(module, "build_bank", aus=str(number)))
            for number, title in bank.of_town(session, member, survey.id)
        ],
        may_replace=survey.state == SurveyState.DRAFT,
        urls={"take": module_url(module, "build_take")},
    )  # fmt: skip
