"""Writes answers back as LimeSurvey's columns, so that tests can compare value by value."""

from baukasten_survey.transfer.lime_responses import OWN
from baukasten_survey.transfer.operands import Form


def written(columns, answers):
    """Give all values that a response has, by column; what was not answered is not there."""
    found = {}
    for name, (_plan, cell) in columns.places.items():
        if "X" in name and (value := _value(cell, answers)) not in {None, ""}:
            found[name] = value
    return found


def sent(row):
    """Give the values of a response that are answers, numbers without the zeros that databases add."""
    return {name.replace("-", "#"): _plain(value) for name, value in row.items() if value and name not in OWN}


def _value(cell, answers):
    operand = cell.operand
    if operand.other:
        return answers.get(f"{operand.question}.other")
    held = answers.get(operand.question)
    if operand.row and isinstance(held, dict):
        held = held.get(operand.row)
    if operand.column and operand.form is not Form.FLAG and isinstance(held, dict):
        held = held.get(operand.column)
    if held is None:
        return None
    foreign = {ours: code for code, ours in operand.codes.items()}
    writers = {
        Form.CHOICE: lambda: foreign[held],
        Form.TRUTH: lambda: "Y" if held else "N",
        Form.FLAG: lambda: ("1" if operand.row else "Y") if operand.column in held else None,
        Form.RANK: lambda: foreign[held[operand.rank - 1]] if len(held) >= operand.rank else None,
        Form.DATE: lambda: f"{held} {_seconds(answers[cell.second] if cell.second else '00:00')}",
        Form.TIME: lambda: f"1970-01-01 {_seconds(held)}",
        Form.PLACE: lambda: held["text"],
        Form.NUMBER: lambda: _plain(repr(held)),
        Form.TEXT: lambda: _plain(repr(held)) if isinstance(held, float) else held,
    }
    return writers[operand.form]() if operand.form in writers else None


def _seconds(clock):
    return clock if clock.count(":") == 2 else f"{clock}:00"


def _plain(value):
    head, dot, tail = value.partition(".")
    number = head.lstrip("-").isdigit() and tail.isdigit()
    return f"{head}.{tail}".rstrip("0").rstrip(".") if dot and number else value
