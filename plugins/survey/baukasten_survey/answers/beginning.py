"""What is filled in before anybody answered, as far as it fits its question."""

from collections.abc import Mapping
from typing import Any

from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.expressions.moments import read_date, read_time, write_time
from baukasten_survey.keys import Kind, Style

NEVER = frozenset({Kind.CONSENT, Kind.FILE, Kind.MAP, Kind.RANKING}) | kinds.SILENT
"""A consent that was ticked beforehand is none (Art. 4 and recital 32 GDPR)."""


def beginning(definition: Definition) -> dict[str, Any]:
    """Give the answers that a new response begins with; whatever does not fit is left out."""
    found = {}
    for code, question in definition.questions.items():
        if question.default is not None and question.kind not in NEVER:
            value = _fitting(question, question.default)
            if value not in (None, [], {}):
                found[code] = value
    return found


def _fitting(question: Question, default: Any) -> Any:
    if kinds.has_rows(question):
        return _rows(question, default) if isinstance(default, Mapping) else None
    if kinds.takes_many(question):
        chosen = default if isinstance(default, tuple | list) else ()
        return [one.code for one in question.options if one.code in chosen]
    if kinds.has_options(question):
        return default if isinstance(default, str) and question.option(default) else None
    return _single(question, default)


def _rows(question: Question, default: Mapping[str, Any]) -> dict[str, Any]:
    known = {row.code for row in question.rows}
    found = {row: _row(question, value) for row, value in default.items() if row in known}
    return {row: value for row, value in found.items() if value not in (None, [], {})}


def _row(question: Question, value: Any) -> Any:
    options = [one.code for one in question.options]
    if question.kind is Kind.MATRIX_SINGLE:
        return value if value in options else None
    if question.kind is Kind.MATRIX_MULTIPLE:
        return [code for code in options if isinstance(value, tuple | list) and code in value]
    if question.kind is Kind.SCALE:
        return _number(question, value)
    cells = value.items() if isinstance(value, Mapping) else ()
    read = _number if question.kind is Kind.MATRIX_NUMBER else _words
    found = {column: read(question, cell) for column, cell in cells if column in options}
    return {column: cell for column, cell in found.items() if cell is not None}


def _single(question: Question, default: Any) -> Any:
    if question.kind is Kind.YES_NO:
        return default if isinstance(default, bool) else None
    if question.kind in kinds.NUMBERS or (question.kind is Kind.SCALE and question.style is not Style.LIKERT):
        return _number(question, default)
    if not isinstance(default, str):
        return None
    if question.kind is Kind.DATE:
        day = read_date(default)
        return day.isoformat() if day else None
    if question.kind is Kind.TIME:
        clock = read_time(default)
        return write_time(clock) if clock else None
    return _words(question, default)


def _number(question: Question, value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    low, high = question.minimum, question.maximum
    fits = (low is None or value >= low) and (high is None or value <= high)
    return float(value) if fits else None


def _words(question: Question, value: Any) -> str | None:
    fits = isinstance(value, str) and value and len(value) <= (question.max_length or len(value))
    return value if fits else None
