"""Answers as they lie in a draft: half-typed, of another version; only what fits its question goes on from there."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from baukasten_survey.answers.reading import Unread
from baukasten_survey.answers.values import other_name
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.keys import NO_ANSWER, Kind, Style


def fitting(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answers that expressions and sentences can work with; what somebody mistyped is left out."""
    found: dict[str, Any] = {}
    for code, question in definition.questions.items():
        given = answers.get(code)
        if given is None:
            continue
        value = given if given == NO_ANSWER else _fitting(question, given)
        if value is None:
            continue
        found[code] = value
        other = other_name(code)
        if isinstance(answers.get(other), str):
            found[other] = answers[other]
    return found


def unread(answers: Mapping[str, Any]) -> bool:
    """Tell whether anything could not be read."""
    return any(isinstance(one, Unread) for one in answers.values())


def _fitting(question: Question, given: Any) -> Any:
    if kinds.has_rows(question):
        return _rows(question, given)
    if kinds.takes_many(question) or question.kind is Kind.RANKING:
        return given if isinstance(given, list) and all(map(_is_text, given)) else None
    return given if _test(question)(given) else None


def _rows(question: Question, given: Any) -> Any:
    if not isinstance(given, Mapping):
        return None
    cells = {row: _CELLS.get(question.kind, _number_cell)(cell) for row, cell in given.items()}
    return {row: cell for row, cell in cells.items() if cell is not None} or None


def _by_column(test: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def cells(cell: Any) -> Any:
        if not isinstance(cell, Mapping):
            return None
        return {column: one for column, one in cell.items() if test(one)} or None

    return cells


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_cell(cell: Any) -> Any:
    return cell if _is_number(cell) else None


def _text_cell(cell: Any) -> Any:
    return cell if _is_text(cell) else None


def _list_cell(cell: Any) -> Any:
    return cell if isinstance(cell, list) and all(map(_is_text, cell)) else None


def is_day(value: Any) -> bool:
    """Tell whether a text is a day of the calendar."""
    try:
        dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def is_time(value: Any) -> bool:
    """Tell whether a text is a time of day."""
    try:
        dt.time.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _is_map(value: Any) -> bool:
    drawn = value.get("shapes") if isinstance(value, Mapping) else None
    return isinstance(drawn, list) and all(
        isinstance(one, Mapping) and isinstance(one.get("type"), str) for one in drawn
    )


def _is_files(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and "name" in one for one in value)


def _test(question: Question) -> Callable[[Any], bool]:
    if question.kind in kinds.NUMBERS or question.style is Style.NPS:
        return _is_number
    if question.kind in kinds.TRUTHS:
        return lambda value: isinstance(value, bool)
    return _TESTS.get(question.kind, _is_text)


_CELLS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.MATRIX_SINGLE: _text_cell,
    Kind.MATRIX_MULTIPLE: _list_cell,
    Kind.MATRIX_NUMBER: _by_column(_is_number),
    Kind.MATRIX_TEXT: _by_column(_is_text),
}
_TESTS: Mapping[Kind, Callable[[Any], bool]] = {
    Kind.DATE: is_day,
    Kind.TIME: is_time,
    Kind.MAP: _is_map,
    Kind.FILE: _is_files,
}
