"""What LimeSurvey fills in before anybody answered, as the value that our question begins with."""

from typing import Any

from baukasten_survey.keys import Kind
from baukasten_survey.transfer.lime_plan import Cell, Plan
from baukasten_survey.transfer.lime_responses import value_of
from baukasten_survey.transfer.operands import Form
from baukasten_survey.transfer.tables import Row

NEVER = frozenset({Kind.CALCULATED, Kind.INFO, Kind.FILE, Kind.MAP, Kind.RANKING})


def default_of(plan: Plan) -> tuple[Any, bool]:
    """Give what is filled in, None for nothing, and whether that is all that the file says."""
    found: Any = None
    whole = True
    for row in plan.asked.defaults:
        if row.get("sqid", "0") in {"", "0"} and plan.asked.scale(0) and not row.get("specialtype"):
            continue  # left over from when the question was of another type
        cell = _cell(plan, row)
        value = _value(plan, cell, row["defaultvalue"]) if cell is not None else None
        if cell is None or value is None:
            whole = whole and row["defaultvalue"] in {"", "N"} and plan.kind is Kind.MULTIPLE
            continue
        found = _put(cell, value, found)
    if plan.kind is Kind.MULTIPLE and found:
        found = [code for code in plan.options.values() if code in found]
    return found, whole


def _cell(plan: Plan, row: Row) -> Cell | None:
    """Find the place of a value by the number of its line and by its scale."""
    line, scale = row.get("sqid", "0"), row.get("scale_id", "0") or "0"
    if plan.kind is None or plan.kind in NEVER or row.get("specialtype"):
        return None
    if line in {"", "0"}:
        return next((cell for cell in plan.cells if not cell.suffix), None)
    code = next((sub.code for sub in plan.asked.subs if sub.qid == line), None)
    names = {code, f"{code}#{scale}"}
    return next((cell for cell in plan.cells if cell.suffix in names), None)


def _value(plan: Plan, cell: Cell, words: str) -> Any:
    """Read one value; None for one that is calculated, and for what only begins a second question."""
    operand = cell.operand
    if "{" in words or cell.second or operand.question != plan.code or operand.other:
        return None
    if operand.form is Form.FLAG:
        return operand.column if words == "Y" else None
    return value_of(cell, words)


def _put(cell: Cell, value: Any, found: Any) -> Any:
    operand = cell.operand
    if operand.form is Form.FLAG:
        return [*(found or []), value]
    if not operand.row:
        return value
    rows = found or {}
    rows[operand.row] = {operand.column: value} if operand.column else value
    return rows
