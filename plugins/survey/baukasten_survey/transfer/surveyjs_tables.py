"""Tables of SurveyJS: one question of ours, or one for each column."""

from collections.abc import Mapping
from typing import Any

from baukasten_survey.keys import Kind
from baukasten_survey.transfer.lime_words import word
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.surveyjs_parts import (
    Part,
    Question,
    choices_of,
    dicts_of,
    numbers_of,
    options_of,
)


def matrix(part: Part, question: Question) -> list[Question]:
    """A table that asks the same of every line."""
    codes, columns = options_of(choices_of(part.get("columns")))
    rows, lines = options_of(choices_of(part.get("rows")), "r")
    numbers = numbers_of(codes)
    for column in columns:
        if column["code"] in numbers:
            column["value"] = numbers[column["code"]]
    boxes = part.get("cellType") == "checkbox"
    kind = Kind.MATRIX_MULTIPLE if boxes else Kind.MATRIX_SINGLE
    question |= {"kind": kind, "options": columns, "rows": lines, "random": part.get("rowsOrder") == "random"}
    if part.get("isAllRowRequired", "eachRowRequired") is True:
        question["required"] = True
    form = Form.SET if boxes else Form.CHOICE
    for value, ours in rows.items():
        place = Operand(form, part.code, row=ours, codes=codes, numbers={} if boxes else numbers)
        part.operands[f"{part.name}.{value}"] = place
    return [question]


def columns(part: Part, question: Question) -> list[Question]:
    """A table whose columns ask different things: one question for each column."""
    rows, _lines = options_of(choices_of(part.get("rows")), "r")
    found = []
    for at, column in enumerate(dicts_of(part.get("columns"))):
        code = part.code if at == 0 else part.codes.fresh(f"{part.code[:28]}_{at + 1}")
        title = {"title": column.get("title") or column.get("name")}
        one: Question = {**question, "code": code, "rows": options_of(choices_of(part.get("rows")), "r")[1]}
        one["conditions"] = list(question["conditions"])
        _cells(part, column, one, rows)
        name = {"title": part.get("title") or part.name}
        one["title"] = _both(name["title"], title["title"])
        found.append(one)
    return found or [question]


def _both(first: object, second: object) -> object:
    """Join two titles that may be written in several languages."""
    if isinstance(first, str) and isinstance(second, str):
        return f"{first} – {second}"
    one = first if isinstance(first, dict) else {"default": str(first)}
    two = second if isinstance(second, dict) else {"default": str(second)}
    return {
        tag: f"{one.get(tag, one.get('default', ''))} – {two.get(tag, two.get('default', ''))}"
        for tag in {**one, **two}
    }


def _cells(part: Part, column: Mapping[str, Any], question: Question, rows: Mapping[str, str]) -> None:
    type_ = str(column.get("cellType") or part.get("cellType") or "dropdown")
    name = str(column.get("name", ""))
    if type_ in {"text", "comment", "expression"}:
        numbers = column.get("inputType") == "number"
        cell, form = ("value", Form.NUMBER) if numbers else ("text", Form.TEXT)
        kind = Kind.MATRIX_NUMBER if numbers else Kind.MATRIX_TEXT
        question |= {"kind": kind, "options": [{"code": cell, "title": word("Answer", part.languages)}]}
        places = {
            value: Operand(form, question["code"], row=ours, column=cell) for value, ours in rows.items()
        }
    else:
        boolean = [
            {"value": "true", "text": word("Yes", part.languages)},
            {"value": "false", "text": word("No", part.languages)},
        ]
        given = boolean if type_ == "boolean" else choices_of(column.get("choices") or part.get("choices"))
        codes, options = options_of(given)
        many = type_ in {"checkbox", "tagbox"}
        question |= {"kind": Kind.MATRIX_MULTIPLE if many else Kind.MATRIX_SINGLE, "options": options}
        form = Form.SET if many else Form.CHOICE
        places = {
            value: Operand(form, question["code"], row=ours, codes=codes) for value, ours in rows.items()
        }
    part.operands |= {f"{part.name}.{value}.{name}": place for value, place in places.items()}


def several_texts(part: Part, question: Question) -> list[Question]:
    """Short texts among each other."""
    items = [one for one in dicts_of(part.get("items")) if isinstance(one.get("name"), str)]
    numbers = bool(items) and all(one.get("inputType") == "number" for one in items)
    cell, form = ("value", Form.NUMBER) if numbers else ("text", Form.TEXT)
    rows, lines = options_of(
        [{"value": one["name"], "text": one.get("title", one["name"])} for one in items], "r"
    )
    question |= {
        "kind": Kind.MATRIX_NUMBER if numbers else Kind.MATRIX_TEXT,
        "rows": lines,
        "options": [{"code": cell, "title": word("Answer", part.languages)}],
    }
    for value, ours in rows.items():
        part.operands[f"{part.name}.{value}"] = Operand(form, part.code, row=ours, column=cell)
    return [question]
