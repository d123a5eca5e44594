"""Whether answers are what was asked for; each fault is said in words that help, at the field that it belongs to."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import lazy
from baukasten.sdk import Invalid, mail_address
from baukasten_survey.answers.flow import Path, ShownPage, ShownQuestion
from baukasten_survey.answers.geometry import is_drawn
from baukasten_survey.answers.reading import Unread
from baukasten_survey.answers.values import other_name
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Question, said
from baukasten_survey.expressions.patterns import compile_pattern
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind

_ = lazy("survey")

PHONE = re.compile(r"\+?[0-9 ()/.-]{5,25}")
POSTCODE = re.compile(r"[0-9]{5}")
SHORT_SIGNS, LONG_SIGNS = 250, 4_000
"""Signs that texts may have where the question says nothing."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to mend."""

    field: str
    """Name of the form field to jump to."""
    code: str
    """The question."""
    text: str
    soft: bool = False
    """Said once; whoever sends the page again leaves it as it is."""


def check_page(
    shown: ShownPage, answers: Mapping[str, Any], path: Path, language: str, confirmed: Collection[str] = ()
) -> list[Fault]:
    """Check the answers of a page's questions as they were read.

    ``path`` follows all answers including these; ``confirmed`` names questions that stay empty on purpose.
    """
    faults: list[Fault] = []
    for one in shown.questions:
        found = list(_question(one, answers, path, language))
        faults.extend(fault for fault in found if not (fault.soft and one.question.code in confirmed))
    return faults


def check_all(path: Path, answers: Mapping[str, Any], language: str) -> list[Fault]:
    """Check everything before it is taken; what was left empty softly has been asked about before."""
    everything = path.flow.definition.questions
    return [fault for page in path.pages for fault in check_page(page, answers, path, language, everything)]


def _question(shown: ShownQuestion, answers: Mapping[str, Any], path: Path, language: str) -> Iterator[Fault]:
    question, code = shown.question, shown.question.code
    value = answers.get(code)
    if isinstance(value, Unread):
        yield Fault(first_field(shown), code, str(_UNREAD.get(question.kind, _NUMBER_WANTED)))
        return
    if value is None or (value is False and question.kind is Kind.CONSENT):
        yield from _empty(shown)
        return
    if value == NO_ANSWER:
        return
    found = list(_CHECKS.get(question.kind, _fine)(shown, value, answers))
    yield from found
    if not found:
        yield from _rules(shown, path, language)


def first_field(shown: ShownQuestion) -> str:
    """Give the name of the first field of a question, where an error's link leads."""
    question = shown.question
    rows = [row.code for row in shown.rows]
    if question.kind in {Kind.MATRIX_NUMBER, Kind.MATRIX_TEXT} and rows and shown.options:
        return f"{question.code}.{rows[0]}.{shown.options[0].code}"
    if kinds.has_rows(question) and rows:
        return f"{question.code}.{rows[0]}"
    if question.kind is Kind.RANKING and shown.options:
        return f"{question.code}.{shown.options[0].code}"
    return f"{question.code}.text" if question.kind is Kind.MAP else question.code


def _empty(shown: ShownQuestion) -> Iterator[Fault]:
    question = shown.question
    if question.required:
        yield Fault(first_field(shown), question.code, str(_EMPTY.get(question.kind, _FILL_IN)))
    elif question.soft:
        text = _("You have left this empty. Send the page again if that is what you want.")
        yield Fault(first_field(shown), question.code, str(text), soft=True)


def _rules(shown: ShownQuestion, path: Path, language: str) -> Iterator[Fault]:
    question = shown.question
    origin = path.flow.definition.languages[0]
    for rule, holds in zip(question.rules, path.flow.rules.get(question.code, ()), strict=True):
        if holds(path.values, path.today) is False:
            text = said(rule.message, language, origin) or str(_("This does not fit your other answers."))
            yield Fault(first_field(shown), question.code, text)


def _fault(shown: ShownQuestion, text: str, field: str = "", **values: object) -> Fault:
    words = str(text) % values if values else str(text)
    return Fault(field or first_field(shown), shown.question.code, words)


def _fine(_shown: ShownQuestion, _value: Any, _answers: Mapping[str, Any]) -> Iterator[Fault]:
    return iter(())


def _choice(shown: ShownQuestion, value: Any, answers: Mapping[str, Any]) -> Iterator[Fault]:
    chosen = value if isinstance(value, list) else [value]
    other = other_name(shown.question.code)
    if OTHER in chosen and not answers.get(other):
        yield _fault(shown, _("Please write what you mean."), other)
    if len(answers.get(other) or "") > SHORT_SIGNS:
        yield _fault(shown, _("Please write at most %(most)s signs."), other, most=SHORT_SIGNS)
    if isinstance(value, list):
        yield from _how_many(shown, value)


def _how_many(shown: ShownQuestion, chosen: list[str]) -> Iterator[Fault]:
    question = shown.question
    alone = [option for option in question.options if option.exclusive and option.code in chosen]
    if alone and len(chosen) > 1:
        yield _fault(shown, _("One of your answers can only stand alone."))
        return
    if not alone and question.min_answers is not None and len(chosen) < question.min_answers:
        yield _fault(shown, _("Please choose at least %(least)s."), least=question.min_answers)
    if question.max_answers is not None and len(chosen) > question.max_answers:
        yield _fault(shown, _("Please choose at most %(most)s."), most=question.max_answers)


def _text(shown: ShownQuestion, value: str, _answers: Mapping[str, Any]) -> Iterator[Fault]:
    question = shown.question
    most = longest(question)
    if len(value) > most:
        yield _fault(shown, _("Please write at most %(most)s signs."), most=most)
    elif question.pattern and not compile_pattern(question.pattern).matches(value):
        yield _fault(shown, _("This does not look as it is asked for here."))


def longest(question: Question) -> int:
    """Tell how many signs a text may have."""
    most = LONG_SIGNS if question.kind in {Kind.LONG, Kind.MATRIX_TEXT} else SHORT_SIGNS
    return question.max_length or most


def _email(shown: ShownQuestion, value: str, answers: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        mail_address(value, shown.question.code)
    except Invalid:
        yield _fault(shown, _("This is no e-mail address, for example name@example.org."))
    else:
        yield from _text(shown, value, answers)


def _phone(shown: ShownQuestion, value: str, answers: Mapping[str, Any]) -> Iterator[Fault]:
    if not PHONE.fullmatch(value) or sum(sign.isdigit() for sign in value) < 5:
        yield _fault(shown, _("This is no telephone number, for example 0123 456789."))
    else:
        yield from _text(shown, value, answers)


def _postcode(shown: ShownQuestion, value: str, _answers: Mapping[str, Any]) -> Iterator[Fault]:
    pattern = shown.question.pattern
    fits = compile_pattern(pattern).matches(value) if pattern else POSTCODE.fullmatch(value) is not None
    if not fits:
        yield _fault(shown, _("A postcode has five digits, for example 00123."))


def _number(shown: ShownQuestion, value: Any, _answers: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _range(shown, value, first_field(shown))


def _range(shown: ShownQuestion, value: Any, field: str) -> Iterator[Fault]:
    question = shown.question
    low, high = bounds(question)
    if isinstance(value, Unread):
        yield _fault(shown, _NUMBER_WANTED, field)
    elif low is not None and value < low:
        yield _fault(shown, _("This must be at least %(least)s."), field, least=_shown(low))
    elif high is not None and value > high:
        yield _fault(shown, _("This must be at most %(most)s."), field, most=_shown(high))
    elif question.step and not _is_step(value, low or 0, question.step):
        yield _fault(shown, _("This goes in steps of %(step)s."), field, step=_shown(question.step))


def bounds(question: Question) -> tuple[float | None, float | None]:
    """Give the lowest and the highest number that may be given; an NPS goes from 0 to 10."""
    if question.kind is Kind.SCALE:
        nps = question.style == "nps"
        return (0, 10) if nps else (question.minimum or 1, question.maximum or 7)
    return question.minimum, question.maximum


def _is_step(value: float, low: float, step: float) -> bool:
    steps = (value - low) / step
    return abs(steps - round(steps)) < 1e-9 * max(1.0, abs(steps))


def _shown(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def _day(shown: ShownQuestion, value: str, _answers: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        yield _fault(shown, _DAY_WANTED)


def _time(shown: ShownQuestion, value: str, _answers: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        dt.time.fromisoformat(value)
    except ValueError:
        yield _fault(shown, _TIME_WANTED)


def _scale(shown: ShownQuestion, value: Any, answers: Mapping[str, Any]) -> Iterator[Fault]:
    if isinstance(value, Mapping):
        yield from _every_row(shown, value)
        for row, number in value.items():
            yield from _range(shown, number, f"{shown.question.code}.{row}")
    elif not isinstance(value, str):
        yield from _number(shown, value, answers)


def _every_row(shown: ShownQuestion, value: Mapping[str, Any]) -> Iterator[Fault]:
    missing = [row.code for row in shown.rows if row.code not in value]
    if shown.question.required and missing:
        yield _fault(shown, _("Please answer every line."), f"{shown.question.code}.{missing[0]}")


def _matrix(shown: ShownQuestion, value: Mapping[str, Any], _answers: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _every_row(shown, value)
    if shown.question.kind in {Kind.MATRIX_SINGLE, Kind.MATRIX_MULTIPLE}:
        return
    most = longest(shown.question)
    for row, cells in value.items():
        for column, cell in cells.items():
            field = f"{shown.question.code}.{row}.{column}"
            if shown.question.kind is Kind.MATRIX_NUMBER:
                yield from _range(shown, cell, field)
            elif len(cell) > most:
                yield _fault(shown, _("Please write at most %(most)s signs."), field, most=most)


def _ranked(shown: ShownQuestion, value: list[str], _answers: Mapping[str, Any]) -> Iterator[Fault]:
    question = shown.question
    least = question.min_answers if question.min_answers is not None else len(shown.options)
    if question.max_answers is not None:
        least = min(least, question.max_answers)
        if len(value) > question.max_answers:
            yield _fault(shown, _("Please choose at most %(most)s."), most=question.max_answers)
    if (question.required or question.min_answers is not None) and len(value) < least:
        yield _fault(shown, _("Please give a place to at least %(least)s."), least=least)


def _map(shown: ShownQuestion, value: Mapping[str, Any], _answers: Mapping[str, Any]) -> Iterator[Fault]:
    if (
        not all(is_drawn(shape, shown.question.shapes) for shape in value["shapes"])
        or len(value["shapes"]) > 20
    ):
        yield _fault(shown, _MAP_WANTED)
    elif len(value["text"]) > LONG_SIGNS:
        yield _fault(shown, _("Please write at most %(most)s signs."), most=LONG_SIGNS)


def _files(shown: ShownQuestion, value: list[Any], _answers: Mapping[str, Any]) -> Iterator[Fault]:
    most = shown.question.max_answers or 1
    if len(value) > most:
        yield _fault(shown, _("Please choose at most %(most)s."), most=most)


_NUMBER_WANTED = _("This is no number, for example 12 or 3.5.")
_DAY_WANTED = _("This is no day of the calendar, for example 22.11.2026.")
_TIME_WANTED = _("This is no time of day, for example 07:30.")
_MAP_WANTED = _("What was drawn cannot be read. Please draw it again, or describe the place in words.")
_RANKS_WANTED = _("Please give each place once, beginning with 1.")
_FILL_IN = _("Please fill this in.")
_CHOOSE = _("Please choose an answer.")
_UNREAD: Mapping[Kind, str] = {
    Kind.DATE: _DAY_WANTED,
    Kind.TIME: _TIME_WANTED,
    Kind.RANKING: _RANKS_WANTED,
    Kind.MAP: _MAP_WANTED,
}
_EMPTY: Mapping[Kind, str] = {
    **dict.fromkeys(
        (Kind.SINGLE, Kind.DROPDOWN, Kind.IMAGE, Kind.YES_NO, Kind.SCALE, Kind.SLIDER, Kind.MULTIPLE), _CHOOSE
    ),
    **dict.fromkeys((Kind.MATRIX_SINGLE, Kind.MATRIX_MULTIPLE), _("Please answer every line.")),
    Kind.CONSENT: _("It does not go on without your consent."),
    Kind.RANKING: _RANKS_WANTED,
    Kind.FILE: _("Please choose a file."),
    Kind.MAP: _("Please mark a place, or describe it in words."),
}
_CHECKS: Mapping[Kind, Callable[[ShownQuestion, Any, Mapping[str, Any]], Iterator[Fault]]] = {
    **dict.fromkeys((Kind.SINGLE, Kind.DROPDOWN, Kind.IMAGE, Kind.MULTIPLE), _choice),
    **dict.fromkeys((Kind.SHORT, Kind.LONG), _text),
    **dict.fromkeys((Kind.NUMBER, Kind.SLIDER), _number),
    **dict.fromkeys(kinds.MATRICES, _matrix),
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.POSTCODE: _postcode,
    Kind.DATE: _day,
    Kind.TIME: _time,
    Kind.SCALE: _scale,
    Kind.RANKING: _ranked,
    Kind.MAP: _map,
    Kind.FILE: _files,
}
