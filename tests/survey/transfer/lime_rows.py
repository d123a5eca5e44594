"""Writes answers back as LimeSurvey's columns, so that tests can compare value by value."""

from baukasten_survey.expressions.moments import read_time
from baukasten_survey.keys import Kind
from baukasten_survey.transfer.lime_responses import OWN
from baukasten_survey.transfer.operands import Form


def written(columns, answers):
    """Give all values that a response has, by column; what was not answered is not there."""
    found = {}
    for name, (plan, cell) in columns.places.items():
        if "X" in name and (value := _value(plan, cell, answers)) not in {None, ""}:
            found[name] = value
    return found


def sent(row):
    """Give the values of a response that are answers, numbers without the zeros that databases add."""
    return {name.replace("-", "#"): _plain(value) for name, value in row.items() if value and name not in OWN}


def _value(plan, cell, answers):
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
    match operand.form:
        case Form.CHOICE:
            return foreign[held]
        case Form.TRUTH:
            return "Y" if held else "N"
        case Form.FLAG:
            return ("1" if operand.row else "Y") if operand.column in held else None
        case Form.RANK:
            return foreign[held[operand.rank - 1]] if len(held) >= operand.rank else None
        case Form.DATE:
            clock = read_time(answers[cell.second]) if cell.second else read_time("00:00")
            return f"{held} {clock.isoformat()}"
        case Form.TIME:
            return f"1970-01-01 {read_time(held).isoformat()}"
        case Form.PLACE:
            return held["text"]
        case Form.NUMBER:
            return _plain(repr(held))
        case Form.TEXT:
            return _plain(repr(held)) if plan.kind is Kind.CALCULATED and isinstance(held, float) else held
    return None


def _plain(value):
    head, dot, tail = value.partition(".")
    number = head.lstrip("-").isdigit() and tail.isdigit()
    return f"{head}.{tail}".rstrip("0").rstrip(".") if dot and number else value
