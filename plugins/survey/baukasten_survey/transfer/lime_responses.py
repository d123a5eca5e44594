"""Responses of a LimeSurvey archive, value by value; what cannot be written back as it was is named."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from baukasten_survey.expressions.moments import read_date, read_time, write_time
from baukasten_survey.keys import OTHER, Kind
from baukasten_survey.transfer.lime_plan import Cell, Plan, newer_name
from baukasten_survey.transfer.operands import Form
from baukasten_survey.transfer.reports import Filled
from baukasten_survey.transfer.tables import Row, stream

MASKED_DAY = "1980-01-01"
"""What LimeSurvey writes instead of the day where responses are anonymous."""
COLLECTED = frozenset({Kind.MULTIPLE, Kind.RANKING, Kind.MATRIX_MULTIPLE})
OWN = frozenset({"id", "token", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr",
                 "refurl"})  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Which column of the responses belongs to which place."""

    places: Mapping[str, tuple[Plan, Cell]]
    languages: Sequence[str]
    lists: Sequence[Plan]
    """Questions whose answers are collected choice by choice."""


def columns_of(plans: Iterable[Plan], languages: Sequence[str]) -> Columns:
    """Name the columns in all ways in which LimeSurvey's versions name them."""
    places: dict[str, tuple[Plan, Cell]] = {}
    for plan in plans:
        asked = plan.asked
        for cell in plan.cells:
            for name in (f"{asked.sid}X{asked.gid}X{asked.qid}{cell.suffix}", newer_name(plan, cell)):
                places.setdefault(name, (plan, cell))
    lists = {plan.code: plan for plan, _cell in places.values() if plan.kind in COLLECTED}
    return Columns(places, languages, tuple(lists.values()))


def read_responses(chunks: Iterable[bytes], columns: Columns) -> Iterator[Filled]:
    """Give the responses one after the other. Raises Refused where the file breaks off."""
    for table, row in stream(chunks):
        if table == "responses" and ("id" in row or len(row) > 1):
            yield filled(row, columns)


def filled(row: Row, columns: Columns) -> Filled:
    """Read one response."""
    answers: dict[str, Any] = {}
    lost = []
    for name, value in row.items():
        if value == "" or name in OWN:
            continue
        known = columns.places.get(name.replace("-", "#"))
        if known is None or not _put(answers, *known, value):
            lost.append(name)
    _arrange(answers, columns)
    day = read_date(row.get("submitdate", "")[:10])
    true_day = day if day and day.isoformat() != MASKED_DAY else None
    language = row.get("startlanguage", "")
    spoken = language if language in columns.languages else columns.languages[0]
    return Filled(answers, spoken, true_day, bool(row.get("submitdate")), tuple(lost))


def _put(answers: dict[str, Any], plan: Plan, cell: Cell, value: str) -> bool:
    """Put one value at its place; False where it has none."""
    operand = cell.operand
    if operand.form is Form.SILENT:
        return cell.suffix != ""
    if operand.form in {Form.FLAG, Form.RANK}:
        return _put_choice(answers, cell, value)
    if cell.second:
        return _put_moment(answers, cell, value)
    found = READERS[operand.form](cell, value)
    if plan.kind is Kind.CALCULATED and _is_plain_number(value):
        found = _number(value)
    if found is None:
        return False
    if operand.other:
        return _put_other(answers, plan, operand.question, found)
    if not operand.row:
        answers[operand.question] = found
    elif operand.column:
        _inner(answers, operand.question, operand.row)[operand.column] = found
    else:
        _inner(answers, operand.question)[operand.row] = found
    return True


def _put_choice(answers: dict[str, Any], cell: Cell, value: str) -> bool:
    """Note that an option was chosen, or what stands at a rank."""
    operand = cell.operand
    if operand.form is Form.RANK:
        code = operand.codes.get(value)
        if code is not None:
            _inner(answers, operand.question)[operand.rank] = code
        return code is not None
    if value in {"Y", "1"}:
        _inner(answers, operand.question, operand.row)[operand.column] = None
    return value in {"Y", "1", "N", "0"}


def _put_other(answers: dict[str, Any], plan: Plan, question: str, words: str) -> bool:
    """Words beside "other"; in a multiple choice they are the choice."""
    answers[f"{question}.other"] = words
    if plan.kind is Kind.MULTIPLE:
        _inner(answers, question).setdefault(OTHER, None)
    return True


def _put_moment(answers: dict[str, Any], cell: Cell, value: str) -> bool:
    day, clock = read_date(value[:10]), read_time(value[11:] or "00:00")
    if day is None or clock is None:
        return False
    answers[cell.operand.question] = day.isoformat()
    answers[cell.second] = write_time(clock)
    return True


def _inner(answers: dict[str, Any], question: str, row: str = "") -> dict[Any, Any]:
    found: dict[Any, Any] = answers.setdefault(question, {})
    if row:
        found = found.setdefault(row, {})
    return found


def _date(_cell: Cell, value: str) -> str | None:
    day = read_date(value[:10])
    return day.isoformat() if day and value[10:].strip() in {"", "00:00:00", "00:00"} else None


def _time(_cell: Cell, value: str) -> str | None:
    clock = read_time(value.rpartition(" ")[2])
    return write_time(clock) if clock else None


def _number(value: str) -> float | None:
    """Read a decimal; one with more digits than a double keeps is not taken for a near one."""
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return None
    near = float(exact) if exact.is_finite() else math.nan
    return near if math.isfinite(near) and Decimal(repr(near)) == exact else None


def _is_plain_number(value: str) -> bool:
    """A calculated text such as 007 stays text."""
    number = _number(value)
    return number is not None and (repr(number).removesuffix(".0") == value or repr(number) == value)


def _place(value: str) -> dict[str, Any] | None:
    """``52.5;13.4;city;…``: a point, and the whole as words, since addresses follow the coordinates."""
    parts = [*(value if ";" in value else value.replace(" ", ";", 1)).split(";"), ""]
    found: dict[str, Any] = {"shapes": [], "text": value}
    latitude, longitude = (_number(part) for part in parts[:2])
    if latitude is not None and longitude is not None and abs(latitude) <= 90 and abs(longitude) <= 180:
        found["shapes"] = [{"type": "Point", "coordinates": [longitude, latitude]}]
    return found


def _files(value: str) -> list[dict[str, Any]] | None:
    """What is known of files; the files themselves are not in an archive."""
    try:
        listed = json.loads(value)
    except ValueError:
        return None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return None
    return [
        {
            "id": None,
            "name": str(one.get("name", "")),
            "size": one.get("size"),
            "type": str(one.get("ext", "")),
            **{key: one[key] for key in ("title", "comment") if isinstance(one.get(key), str) and one[key]},
        }
        for one in listed
    ]


def value_of(cell: Cell, value: str) -> Any:
    """Read one value as its place wants it; None where it is not of its kind."""
    return READERS[cell.operand.form](cell, value) if cell.operand.form in READERS else None


READERS: Mapping[Form, Callable[[Cell, str], Any]] = {
    Form.CHOICE: lambda cell, value: cell.operand.codes.get(value),
    Form.TRUTH: lambda _cell, value: {"Y": True, "N": False}.get(value),
    Form.NUMBER: lambda _cell, value: _number(value),
    Form.TEXT: lambda _cell, value: value,
    Form.DATE: _date,
    Form.TIME: _time,
    Form.PLACE: lambda _cell, value: _place(value),
    Form.FILES: lambda _cell, value: _files(value),
    Form.SET: lambda _cell, _value: None,
}
"""How each kind of value is read; None where it is not of its kind."""


def _arrange(answers: dict[str, Any], columns: Columns) -> None:
    """Make lists of what was collected choice by choice, in the order of the definition."""
    for plan in columns.lists:
        found = answers.get(plan.code)
        if found is None:
            continue
        if plan.kind is Kind.MULTIPLE:
            answers[plan.code] = [code for code in [*plan.options.values(), OTHER] if code in found]
        elif plan.kind is Kind.RANKING:
            answers[plan.code] = [found[rank] for rank in sorted(found)]
        else:
            answers[plan.code] = {
                row: [code for code in plan.options.values() if code in chosen]
                for row, chosen in found.items()
            }
