"""Answers as expressions see them: a flat list of names, each with a value; what is not there is missing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.expressions.functions import total
from baukasten_survey.expressions.types import Value
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind


def flat(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values by the names that expressions use: ``q7``, ``q7.other``, ``q9.r1``, ``q9.r1.a1``.

    "No answer" said aloud is missing to an expression.
    """
    values: dict[str, Any] = {}
    for code, question in definition.questions.items():
        given = answers.get(code)
        if given is not None:
            values.update(values_of(question, given, answers.get(other_name(code))))
    return values


def other_name(code: str) -> str:
    """Give the name under which the words beside "other" are kept."""
    return f"{code}.{OTHER.removeprefix('_')}"


def values_of(question: Question, given: Any, other: str | None) -> Iterator[tuple[str, Any]]:
    """Give the names and values of one answer; nothing for "no answer" said aloud."""
    if given == NO_ANSWER:
        return
    if other is not None:
        yield other_name(question.code), other
    for name, value in _values(question, given):
        yield name, value
        if question.options and (worth := _worth(question, value)) is not None:
            yield f"{name}.value", worth


def _worth(question: Question, value: Any) -> Value:
    """Add up the numbers that the chosen options stand for, which ``value(q7)`` reads."""
    chosen = value if isinstance(value, tuple) else (value,)
    return total(
        [float(one.value) for one in question.options if one.value is not None and one.code in chosen]
    )


def _values(question: Question, given: Any) -> Iterator[tuple[str, Any]]:
    code = question.code
    if kinds.has_rows(question):
        for row, cell in given.items():
            if isinstance(cell, Mapping):
                yield from ((f"{code}.{row}.{column}", value) for column, value in cell.items())
            elif cell != NO_ANSWER:
                yield f"{code}.{row}", tuple(cell) if isinstance(cell, list) else cell
    elif question.kind is Kind.DATE:
        yield code, dt.date.fromisoformat(given)
    elif question.kind is Kind.TIME:
        yield code, dt.time.fromisoformat(given)
    elif kinds.takes_many(question) or question.kind is Kind.RANKING:
        yield code, tuple(given)
    elif question.kind is Kind.FILE:
        yield code, tuple(one["name"] for one in given)
    elif question.kind is Kind.MAP:
        yield code, tuple(one["type"] for one in given.get("shapes", ()))
    else:
        yield code, given
