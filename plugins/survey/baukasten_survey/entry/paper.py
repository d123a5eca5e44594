"""The questionnaire on paper: the same questions with boxes to tick, and in words when each is to be answered."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue

from baukasten.plugin import ModuleRef, lazy
from baukasten.sdk import (
    NotFound,
    absolute_url,
    clock,
    here,
    may,
    module_url,
    part,
    requires,
    write_pdf,
)
from baukasten_survey.asking import shelf, tongues
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.asking.shelf import Compiled, Shelf
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Option, Question, Row
from baukasten_survey.expressions.describing import Words, describe
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.keys import ANSWER, BUILD, Kind, Style
from baukasten_survey.routes import routes

_ = lazy("survey")
LINES = {Kind.LONG: 5, Kind.MAP: 2}
"""Lines to write on; everything else has one."""
UNPRINTED = frozenset({Kind.CALCULATED, Kind.HIDDEN, Kind.FILE})


_shelf: Shelf[bytes] = Shelf()


@dataclass(frozen=True, slots=True)
class Printed:
    """A question as it stands on paper."""

    number: int
    """0 for what is only read."""
    title: str
    help: str
    hint: str
    """What to do: tick one, tick several, write."""
    when: str
    """Under which condition it is to be answered, or empty."""
    boxes: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[tuple[str, str]] = ()
    """Both ends of each row; the second is empty but for differentials."""
    lines: int = 0
    unit: str = ""


@routes.get("/fragebogen.pdf")
@requires(ANSWER)
def questionnaire(module: ModuleRef) -> ResponseReturnValue:
    """Give the questionnaire to print."""
    session, current = here().session, here()
    facts = shelf.facts_of(session, module)
    # What is still being written is for those who write it.
    if facts.drafted and not may(session, current.member, BUILD, module):
        raise NotFound
    made = shelf.compiled(session, facts, facts.number)
    language = tongues.chosen(made.asked.definition.languages, current.language)
    # Setting it takes a second: it is set anew when it reads differently, not when a page of the town changes.
    town, state = current.tenant, facts.fix if facts.number else -facts.revision
    key = (town.id, town.name, town.host, module.title, facts.id, facts.number, state, language)
    data = _shelf.get(key, lambda: _pdf(module, made, language))
    answer = Response(data, mimetype="application/pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Disposition"] = 'inline; filename="fragebogen.pdf"'
    return answer


def _pdf(module: ModuleRef, made: Compiled, language: str) -> bytes:
    out = io.BytesIO()
    definition = made.asked.definition
    sayings = Sayings(made.flow.follow({}, clock.now().date()), language)
    title = sayings.line(definition.title) or module.title
    with tongues.speaks(language):
        body = part(
            "survey/paper/questionnaire.html",
            title=title,
            intro=sayings.prose(definition.intro),
            outro=sayings.prose(definition.outro),
            pages=_pages(definition, sayings),
            address=absolute_url(module_url(module, "front")).partition("://")[2],
            town=here().tenant.name,
        )
    write_pdf(out, body, title=title, language=language)
    return out.getvalue()


def _pages(definition: Definition, sayings: Sayings) -> list[tuple[str, Any, list[Printed]]]:
    """Give the pages with their questions, numbered through."""
    numbers = {code: at for at, code in enumerate(_numbered(definition), start=1)}
    words = _words(definition, sayings, numbers)
    found = []
    for page in definition.pages:
        printed = []
        for group in page.groups:
            for question in group.questions:
                if question.kind not in UNPRINTED:
                    conditions = (page.relevance, group.relevance, question.relevance)
                    printed.append(_printed(question, sayings, numbers, _when(conditions, words)))
        found.append((sayings.line(page.title), sayings.prose(page.text), printed))
    return found


def _numbered(definition: Definition) -> list[str]:
    silent = UNPRINTED | {Kind.INFO}
    return [code for code, question in definition.questions.items() if question.kind not in silent]


def _words(definition: Definition, sayings: Sayings, numbers: dict[str, int]) -> dict[str, Words]:
    """Give the words by which conditions speak of questions and answers."""
    found = {}
    for code, question in definition.questions.items():
        label = str(_("question %(number)s")) % {"number": numbers[code]} if code in numbers else code
        found[code] = Words(
            label, {one.code: sayings.line(one.title) or one.code for one in question.options}
        )
    return found


def _when(conditions: Sequence[str], words: dict[str, Words]) -> str:
    said = [describe(parse(one), words) for one in conditions if one.strip()]
    return " ".join(f"{one}." for one in said)


def _printed(question: Question, sayings: Sayings, numbers: dict[str, int], when: str) -> Printed:
    titles = [_title(one, sayings) for one in question.options]
    if question.other is not None:
        titles.append(f"{sayings.line(question.other) or _('Other')}: ______________________")
    if question.no_answer:
        titles.append(str(_("No answer")))
    table = kinds.has_rows(question)
    return Printed(
        numbers.get(question.code, 0),
        sayings.line(question.title),
        sayings.prose(question.help),
        _hint(question),
        when,
        boxes=_boxes(question, titles) if not table else (),
        columns=_columns(question, titles) if table else (),
        rows=[(_title(one, sayings), sayings.line(one.high)) for one in question.rows],
        lines=0 if table or titles or question.kind in _TICKED else LINES.get(question.kind, 1),
        unit=sayings.line(question.unit),
    )


def _title(thing: Option | Row, sayings: Sayings) -> str:
    return sayings.line(thing.title) or thing.code


def _boxes(question: Question, titles: list[str]) -> list[str]:
    if question.kind is Kind.YES_NO:
        return [str(_("Yes")), str(_("No"))]
    if question.kind is Kind.CONSENT:
        return [str(_("Yes, I agree"))]
    if question.kind is Kind.SCALE and question.style is Style.NPS:
        return [str(number) for number in range(11)]
    return titles


def _columns(question: Question, titles: list[str]) -> list[str]:
    if question.style is Style.DIFFERENTIAL:
        low, high = int(question.minimum or 1), int(question.maximum or 7)
        return [str(number) for number in range(low, high + 1)]
    return titles


_TICKED = frozenset({Kind.YES_NO, Kind.CONSENT, Kind.INFO, Kind.SCALE})


def _hint(question: Question) -> str:
    if question.kind is Kind.INFO:
        return ""
    if question.kind is Kind.RANKING:
        return str(_("Please write 1 for the best, 2 for the next, and so on."))
    if kinds.takes_many(question) or question.kind is Kind.MATRIX_MULTIPLE:
        return str(_("Please tick all that apply."))
    if kinds.has_options(question) or question.kind in _TICKED:
        return str(_("Please tick one."))
    return ""
