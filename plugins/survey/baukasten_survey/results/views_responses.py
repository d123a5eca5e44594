"""Single responses for those who may read them: what was answered, never by whom; and the way to the files."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from baukasten.plugin import LazyText, ModuleRef, lazy
from baukasten.sdk import here, module_url, requires
from baukasten_survey import desks
from baukasten_survey.answers.wording import Speaker
from baukasten_survey.building import showing
from baukasten_survey.definition.model import Definition
from baukasten_survey.keys import RAW, SEALED, SOURCES, Anonymity, Flag, SurveyState
from baukasten_survey.mixing import telling
from baukasten_survey.models import Response
from baukasten_survey.results.findings import Reader
from baukasten_survey.routes import LARGEST, routes
from baukasten_survey.surveys import lookup

_ = lazy("survey")
PAGE = 20
FLAGS: dict[str, LazyText] = {
    Flag.FAST: _("Very fast"),
    Flag.TRAP: _("Filled in what people do not see"),
    Flag.BURST: _("Many at once from one network"),
    Flag.SAME: _("Word for word like others"),
    Flag.IMPORTED: _("Brought in from another program"),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One response as it is read."""

    version: int
    source: str
    flags: Sequence[str]
    answers: Sequence[tuple[str, str]]


@routes.get("/antworten/")
@requires(RAW)
def responses(module: ModuleRef) -> ResponseReturnValue:
    """Show responses, newest first where their order means anything; at the sealed levels it was drawn."""
    session = here().session
    survey = lookup.of_module(session, module.id)
    if survey.state == SurveyState.DRAFT:
        return showing.page(
            "survey/figures_early.html", module, title=_("Responses"), current=desks.RESPONSES
        )
    table, before = Response.__table__.c, _place(request.args.get("nach", ""))
    query = select(table.id, table.version, table.source, table.flags, table.answers).where(
        table.survey_id == survey.id, table.test.is_(False), table.id < before
    )
    rows = session.execute(query.order_by(table.id.desc()).limit(PAGE + 1)).all()
    defined = lookup.history(session, survey.id).definitions
    sheets = [
        Sheet(
            row.version,
            str(SOURCES.get(row.source, row.source)),
            [str(FLAGS[flag]) for flag in row.flags if flag in FLAGS],
            _answers(defined, row.version, row.answers),
        )
        for row in rows[:PAGE]
    ]
    return showing.page(
        "survey/responses.html",
        module,
        title=_("Responses"),
        current=desks.RESPONSES,
        sheets=sheets,
        sealed=Anonymity(survey.anonymity) in SEALED,
        notices=telling.notices(session, survey.id),
        older_url=module_url(module, "responses", nach=rows[PAGE - 1].id) if len(rows) > PAGE else "",
        analysis_url=module_url(module, "analysis"),
        texts_url=module_url(module, "texts"),
        files_url=url_for("exports.files", module_id=module.id),
    )


def _answers(
    defined: Sequence[Definition], version: int, answers: dict[str, object]
) -> list[tuple[str, str]]:
    """Give questions and answers in the words of the response's own version; the oldest stands last."""
    own = defined[len(defined) - version] if 0 < version <= len(defined) else defined[0]
    reader = Reader([own], here().language)
    speaker = Speaker(here().language, own.languages[0])
    said = ((question, speaker.answer(question, answers)) for question in own.questions.values())
    return [(reader.words(question.title) or question.code, words) for question, words in said if words]


def _place(given: str) -> int:
    """Read a place in the list; rubbish is the beginning."""
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 20 else LARGEST
    return min(number, LARGEST)
