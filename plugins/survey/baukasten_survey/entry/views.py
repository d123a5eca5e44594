"""Typing in sheets of paper and calls: all questions on one page, by keyboard, the next sheet right behind."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue

from baukasten.plugin import LazyText, MemberRef, ModuleRef, lazy
from baukasten.sdk import Conflict, Denied, Invalid, clock, here, module_url, render, requires
from baukasten_survey import desks
from baukasten_survey.access import rights
from baukasten_survey.answers.checking import Fault, check_all
from baukasten_survey.answers.flow import Path, ShownGroup, ShownPage, ShownQuestion
from baukasten_survey.answers.reading import read_page
from baukasten_survey.asking import shelf, tongues
from baukasten_survey.asking.boxes import Filled, box
from baukasten_survey.asking.fields import Box, field_id
from baukasten_survey.asking.loose import fitting
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.asking.shelf import Compiled
from baukasten_survey.definition.model import Definition, Group
from baukasten_survey.entry import service
from baukasten_survey.entry.service import Outcome, Sheet
from baukasten_survey.keys import ENTRY, SOURCES, Kind, Source
from baukasten_survey.routes import LARGEST, routes
from baukasten_survey.surveys import lookup
from baukasten_survey.taking.quotas import Full

_ = lazy("survey")
BASE = "/eingabe/"
ON_PAPER = frozenset(Kind) - {Kind.CALCULATED, Kind.HIDDEN, Kind.INFO, Kind.FILE}
TAKEN: Mapping[str, LazyText] = {one: SOURCES[one] for one in (Source.PAPER, Source.TELEPHONE)}
SAID: Mapping[str, LazyText] = {
    "taken": _("Sheet %(number)s is counted."),
    "waits": _("Sheet %(number)s waits for the second time."),
}
MOST_NAME = 60


@dataclass(slots=True)
class Typed:
    """The head of the form as it was sent."""

    stack: str = ""
    number: int = 1
    source: str = Source.PAPER
    code: str = ""
    twice: bool = False
    insisting: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@routes.get(BASE)
@requires(ENTRY)
def entry(module: ModuleRef) -> ResponseReturnValue:
    """Show an empty sheet, the next of the same stack."""
    sent = request.args
    typed = Typed(
        stack=sent.get("stapel", "")[:MOST_NAME],
        number=_number(sent.get("nummer", "")) or 1,
        source=sent.get("weg", "") if sent.get("weg") in TAKEN else Source.PAPER,
        twice=sent.get("zweimal") == "1",
    )
    return _page(module, typed, {}, done=sent.get("erledigt", ""))


@routes.post(BASE)
@requires(ENTRY)
def send_entry(module: ModuleRef) -> ResponseReturnValue:
    """Take a sheet, keep it for the second time, or say what is wrong with it."""
    session, form = here().session, request.form.to_dict(flat=False)
    compiled = _compiled(module)
    typed, answers = _typed(), _read(compiled, form)
    path = compiled.flow.follow(fitting(compiled.asked.definition, answers), clock.now().date())
    faults = check_all(path, answers, _language(compiled))
    if faults or typed.errors:
        return _page(module, typed, answers, faults), 422
    sheet = Sheet(typed.stack, typed.number, Source(typed.source), typed.code, path.answers)
    survey = lookup.of_module(session, module.id)
    try:
        if typed.twice:
            actor, insisting = _member(), typed.insisting
            outcome = service.enter_twice(
                session, actor, module, survey, compiled.asked, sheet, insisting=insisting
            )
        else:
            outcome = service.enter(session, _member(), module, survey, compiled.asked, sheet)
    except (Invalid, Conflict, Full) as error:
        here().undo()
        typed.errors.update(error.errors if isinstance(error, Invalid) else {"": error.message})
        return _page(module, typed, answers), 422 if isinstance(error, Invalid) else 409
    if outcome.different:
        here().undo()
        return _page(module, typed, answers, different=outcome.different), 409
    session.commit()
    return redirect(_next(module, typed, outcome), 303)


def _next(module: ModuleRef, typed: Typed, outcome: Outcome) -> str:
    values = {"stapel": typed.stack, "nummer": str(typed.number + 1), "weg": typed.source}
    if typed.twice:
        values["zweimal"] = "1"
    return module_url(module, "entry", **values, erledigt="taken" if outcome.taken else "waits")


def _member() -> MemberRef:
    member = here().member
    if member is None:
        raise Denied
    return member


def _compiled(module: ModuleRef) -> Compiled:
    session = here().session
    facts = shelf.facts_of(session, module)
    return shelf.compiled(session, facts, facts.number)


def _language(compiled: Compiled) -> str:
    return tongues.chosen(compiled.asked.definition.languages, here().language)


def _typed() -> Typed:
    sent = request.form
    stack = " ".join(sent.get("_stack", "").split())
    number = _number(sent.get("_sheet", ""))
    typed = Typed(
        stack,
        number or 1,
        sent.get("_source", ""),
        sent.get("_code", "")[:MOST_NAME],
        twice=sent.get("_twice") == "on",
        insisting=sent.get("_insist") == "on",
    )
    if not stack or len(stack) > MOST_NAME or not stack.isprintable():
        typed.errors["stack"] = str(
            _("Give the stack a name of up to 60 signs, such as “Townhall, 3 March”.")
        )
    if not number:
        typed.errors["sheet"] = str(_("Number the sheets of a stack, beginning with 1."))
    if typed.source not in TAKEN:
        typed.source, typed.errors["source"] = Source.PAPER, str(_("Please choose an answer."))
    return typed


def _number(text: str) -> int:
    plain = text.strip()
    found = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else 0
    return found if 0 < found <= LARGEST else 0


def _whole(definition: Definition) -> list[ShownPage]:
    """Give all pages with everything that paper can answer, whether anybody would be shown it or not."""
    pages = enumerate(definition.pages, start=1)
    return [ShownPage(at, page, tuple(map(_group, page.groups))) for at, page in pages]


def _group(group: Group) -> ShownGroup:
    asked = (one for one in group.questions if one.kind in ON_PAPER)
    return ShownGroup(group, tuple(ShownQuestion(one, one.options, one.rows) for one in asked))


def _read(compiled: Compiled, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for page in _whole(compiled.asked.definition):
        found.update(read_page(page, form))
    return found


def _boxes(compiled: Compiled, path: Path, filled: Filled, language: str) -> list[tuple[str, list[Box]]]:
    """Draw the questions by pages, numbered as they stand on paper."""
    sayings, number, pages = Sayings(path, language), 0, []
    for page in _whole(compiled.asked.definition):
        drawn = [box(one, filled, sayings) for one in page.questions]
        for made in drawn:
            number += 1
            made.number = number
        pages.append((sayings.line(page.page.title), drawn))
    return pages


def _page(
    module: ModuleRef,
    typed: Typed,
    answers: Mapping[str, Any],
    faults: Sequence[Fault] = (),
    *,
    different: Mapping[str, Any] | None = None,
    done: str = "",
) -> str:
    session, compiled = here().session, _compiled(module)
    survey, language = lookup.of_module(session, module.id), _language(compiled)
    path = compiled.flow.follow({}, _today())
    pages = _boxes(compiled, path, Filled(answers, faults, compiled.pictures), language)
    questions = compiled.asked.definition.questions
    numbers = {one.code: one.number for _title, drawn in pages for one in drawn}
    speaker = Sayings(path, language).speaker
    return render(
        "survey/entry.html",
        title=_("Entry"),
        module=module,
        typed=typed,
        pages=pages,
        wrong=[(numbers.get(one.code, 0), f"#{field_id(one.field)}", one.text) for one in faults],
        different=[
            (numbers.get(code, 0), speaker.answer(questions[code], {code: value}) or str(_("not answered")))
            for code, value in (different or {}).items()
            if code in questions
        ],
        with_code=survey.access in rights.WITH_CODE,
        sources=TAKEN.items(),
        waiting=service.waiting(session, survey.id),
        done=str(SAID[done]) % {"number": typed.number - 1} if done in SAID else "",
        drafted=compiled.asked.number == 0,
        running=lookup.is_running(survey),
        tongue=tongues.tongue(language),
        said="",
        uploads=False,
        sign_in="",
        paper_url=module_url(module, "questionnaire"),
        **desks.values(module, desks.ENTRIES),
    )


def _today() -> dt.date:
    return clock.now().date()
