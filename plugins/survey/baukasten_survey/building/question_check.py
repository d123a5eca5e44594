"""What the check says about one question by itself: its words, answers, numbers and pictures."""

from collections.abc import Iterator
from typing import Any

from baukasten.plugin import LazyText, lazy
from baukasten_survey.building.findings import Finding, Setting, hint
from baukasten_survey.building.outline import QUESTION
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Question
from baukasten_survey.expressions.parsing import RESERVED
from baukasten_survey.expressions.patterns import compile_pattern
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.keys import Kind, Style

_ = lazy("survey")

TWO = 2


def question_findings(question: Question, setting: Setting) -> Iterator[Finding]:
    """Give what is wrong with a question, whatever stands around it."""
    yield from _words(question)
    yield from _options(question)
    yield from _rows(question)
    yield from _numbers(question)
    yield from _counts(question)
    if question.kind is Kind.IMAGE:
        yield from _pictures(question, setting)


def _wrong(question: Question, field: str, message: LazyText, **words: Any) -> Finding:
    return Finding(QUESTION, question.code, message, field, words)


def _words(question: Question) -> Iterator[Finding]:
    kind = question.kind
    if question.code in RESERVED:
        message = _("This word has a meaning in conditions; give the question another code.")
        yield _wrong(question, "code", message)
    if not any(question.title.values()) and kind not in {Kind.CALCULATED, Kind.HIDDEN}:
        yield _wrong(question, "title", _("The question has no words."))
    if kind is Kind.CALCULATED and not question.expression.strip():
        yield _wrong(question, "expression", _("Say how this is calculated."))
    if kind is Kind.HIDDEN and not question.parameter:
        yield _wrong(question, "parameter", _("Say which part of the address is kept."))
    if kind is Kind.MAP and not question.shapes:
        yield _wrong(question, "shapes", _("Say what may be drawn on the map."))
    if question.required and kind in kinds.SILENT:
        message = _("Nobody answers this, so it cannot be required.")
        yield hint(QUESTION, question.code, message, "required")
    if question.required and question.soft:
        message = _("This is required, so nobody is asked whether it should stay empty.")
        yield hint(QUESTION, question.code, message, "soft")


def _options(question: Question) -> Iterator[Finding]:
    if not kinds.has_options(question):
        return
    least = 1 if question.kind in kinds.MATRICES else TWO
    if len(question.options) + (question.other is not None) < least:
        yield _wrong(question, "options", _("There are too few answers to choose from."))
    for option in question.options:
        if not any(option.title.values()) and option.picture is None:
            yield _wrong(question, "options", _("The answer %(code)s has no words."), code=option.code)
    if question.options and all(option.relevance.strip() for option in question.options):
        message = _("Each answer has a condition, so there may be none to choose.")
        yield hint(QUESTION, question.code, message, "options")


def _rows(question: Question) -> Iterator[Finding]:
    if not kinds.has_rows(question):
        return
    if not question.rows:
        yield _wrong(question, "rows", _("There are no rows."))
    for row in question.rows:
        if not any(row.title.values()):
            yield _wrong(question, "rows", _("The row %(code)s has no words."), code=row.code)
        if question.style is Style.DIFFERENTIAL and not any(row.high.values()):
            yield _wrong(question, "rows", _("The row %(code)s has no other end."), code=row.code)


def _numbers(question: Question) -> Iterator[Finding]:
    least, most = question.minimum, question.maximum
    if least is not None and most is not None and least >= most:
        yield _wrong(question, "minimum", _("The smallest number is not smaller than the largest."))
    if question.step is not None and question.step <= 0:
        yield _wrong(question, "step", _("A step is more than 0."))
    if question.kind is Kind.SLIDER and (least is None or most is None):
        yield _wrong(question, "minimum", _("A slider needs a smallest and a largest number."))


def _counts(question: Question) -> Iterator[Finding]:
    few, many = question.min_answers, question.max_answers
    choices = len(question.options) + (question.other is not None)
    if few is not None and many is not None and few > many:
        yield _wrong(question, "min_answers", _("The fewest answers are more than the most."))
    elif few is not None and kinds.has_options(question) and few > choices:
        yield _wrong(question, "min_answers", _("So many answers are not there to choose."))
    if question.max_length is not None and question.max_length < 1:
        yield _wrong(question, "max_length", _("A text has at least one sign."))
    if question.pattern:
        try:
            compile_pattern(question.pattern)
        except Unparsable as refused:
            yield Finding(QUESTION, question.code, refused.message, "pattern", refused.words)


def _pictures(question: Question, setting: Setting) -> Iterator[Finding]:
    for option in question.options:
        if option.picture is None:
            yield _wrong(question, "options", _("The answer %(code)s has no picture."), code=option.code)
        elif setting.pictures is not None and option.picture not in setting.pictures:
            yield _wrong(question, "options", _("The picture of %(code)s is gone."), code=option.code)
        if not any(option.alt.values()):
            message = _("Say in words what the picture of %(code)s shows.")
            yield _wrong(question, "options", message, code=option.code)
