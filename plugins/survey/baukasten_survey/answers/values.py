"""Answers as expressions see them: a flat list of names, each with a value; what is not there is missing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Definition, Question
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind


def flat(definition: Definition, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values by the names that expressions use: ``q7``, ``q7.other``, ``q9.r1``, ``q9.r1.a1``.

    "No answer" said aloud is missing to an expression.
    """
    values: dict[str, Any] = {}
    for code, question in definition.questions.items():
        given = answers.get(code)
        if given is None or given == NO_ANSWER:
            continue
        values.update(_values(question, given))
        if (other := answers.get(f"{code}.{OTHER[1:]}")) is not None:
            values[f"{code}.other"] = other
    return values


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
        yield code, float(len(given))
    elif question.kind is Kind.MAP:
        yield code, float(len(given.get("shapes", ())))
    else:
        yield code, given
