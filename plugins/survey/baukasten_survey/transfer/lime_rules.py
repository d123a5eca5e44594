"""Limits, filters and checks of LimeSurvey's questions: fields of ours where there is one, else rules."""

import datetime as dt
import re
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.expressions.moments import read_date
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import Kind
from baukasten_survey.transfer.foreign import Number, Untranslatable, read
from baukasten_survey.transfer.lime_logic import DIALECT, Logic, Where
from baukasten_survey.transfer.lime_plan import Cell, Plan
from baukasten_survey.transfer.lime_texts import Scribe
from baukasten_survey.transfer.operands import Form
from baukasten_survey.transfer.pieces import Piece, as_number, joined, negated, numeral, sure
from baukasten_survey.transfer.regex import pattern_of
from baukasten_survey.transfer.reports import Report, Text

_ = lazy("survey")

Question = dict[str, Any]
MANY = frozenset({Kind.MULTIPLE, Kind.RANKING, Kind.FILE})
NUMBERS = frozenset({Kind.NUMBER, Kind.MATRIX_NUMBER, Kind.SLIDER})
GRIDS = frozenset({Kind.MATRIX_NUMBER, Kind.MATRIX_TEXT})
SUMS = (
    ("min_num_value", ">="), ("min_num_value_sgqa", ">="), ("max_num_value", "<="), ("max_num_value_sgqa", "<="),
    ("equals_num_value", "=="), ("num_value_equals_sgqa", "=="),
)  # fmt: skip

_THIS = re.compile(r"\bthis\b")

LIMIT = _("The limit “%(attribute)s = %(value)s” could not be taken (at %(reason)s).")
CHECK = _("The check “%(check)s” could not be taken (at %(reason)s).")


class Rules:
    """Adds to a question what its answers must fulfil."""

    def __init__(self, logic: Logic, scribe: Scribe, report: Report) -> None:
        self.logic, self.scribe, self.report = logic, scribe, report

    def add(self, plan: Plan, question: Question) -> None:
        """Add limits, patterns and checks."""
        self._bounds(plan, question)
        self._numbers_of_answers(plan, question)
        self._sums(plan, question)
        self._dates(plan, question)
        self._length(plan, question)
        self._pattern(plan, question)
        self._checks(plan, question)

    def rule(self, question: Question, expression: str, message: Text | None = None) -> None:
        """Add one rule."""
        if expression not in {"", "true"}:
            question.setdefault("rules", []).append({"expression": expression, "message": message or {}})

    def _amount(self, plan: Plan, attribute: str) -> float | Piece | None:
        """Read a limit: a number, or an expression that gives one. None where there is none."""
        text = plan.asked.attributes.get(attribute, "").strip()
        if not text:
            return None
        try:
            node = read(
                text.strip("{}").replace(",", ".") if _plain_number(text) else text.strip("{}"), DIALECT
            )
            if isinstance(node, Number):
                numeral(node.value)
                return node.value
            return as_number(self.logic.lowering(Where(plan)).number(node))
        except Untranslatable as error:
            self.report.lost(plan.asked.code, LIMIT, attribute=attribute, value=text, reason=error)
            return None

    def _bounds(self, plan: Plan, question: Question) -> None:
        kind, attributes = question["kind"], plan.asked.attributes
        if kind not in NUMBERS:
            return
        slides = plan.asked.on("slider_layout")
        names = {
            "minimum": ["min_num_value_n", "multiflexible_min", *(["slider_min"] if slides else [])],
            "maximum": ["max_num_value_n", "multiflexible_max", *(["slider_max"] if slides else [])],
            "step": ["multiflexible_step", *(["slider_accuracy"] if slides else [])],
        }
        for field, candidates in names.items():
            for attribute in candidates:
                if plan.type != ":" and attribute.startswith("multiflexible"):
                    continue
                self._bound(plan, question, field, attribute)
        if plan.type == ":" and not plan.asked.on("input_boxes"):
            # Without boxes LimeSurvey offers a list, by itself from 1 to 10.
            if "multiflexible_min" not in attributes and "minimum" not in question:
                question["minimum"] = min(1.0, question.get("maximum", 1.0))
            if "multiflexible_max" not in attributes and "maximum" not in question:
                question["maximum"] = max(10.0, question["minimum"] + 9 if "minimum" in question else 10.0)
            question.setdefault("step", 1.0)
        if plan.asked.on("num_value_int_only") or plan.asked.on("value_range_allows_integer_only"):
            question.setdefault("step", 1.0)
        if question.get("step", 1.0) <= 0:
            del question["step"]

    def _bound(self, plan: Plan, question: Question, field: str, attribute: str) -> None:
        amount = self._amount(plan, attribute)
        if isinstance(amount, float):
            question.setdefault(field, amount)
        elif amount is not None and field != "step":
            sign = ">=" if field == "minimum" else "<="
            for cell in plan.cells:
                if cell.operand.form is Form.NUMBER:
                    self.rule(question, f"{cell.operand.path} {sign} {amount.tight}")

    def _numbers_of_answers(self, plan: Plan, question: Question) -> None:
        for field, attributes in (
            ("min_answers", ["min_answers", "min_num_of_files"]),
            ("max_answers", ["max_answers", "max_subquestions", "max_num_of_files"]),
        ):
            for attribute in attributes:
                amount = self._amount(plan, attribute)
                if amount is None:
                    continue
                if isinstance(amount, float) and question["kind"] in MANY:
                    if 0 <= amount < 1_000:
                        question.setdefault(field, int(amount))
                elif (
                    question["kind"] in MANY
                    or question["kind"] in GRIDS
                    or question["kind"] == Kind.MATRIX_SINGLE
                ):
                    self._counted(plan, question, field, amount)

    def _counted(self, plan: Plan, question: Question, field: str, amount: float | Piece) -> None:
        sign, limit = (">=" if field == "min_answers" else "<="), _tight(amount)
        cells = [cell for cell in plan.cells if cell.operand.form not in {Form.SILENT, Form.FLAG}]
        whole = question["kind"] in MANY
        names = (
            [plan.code]
            if whole
            else [cell.operand.path for cell in cells if cell.operand.question == plan.code]
        )
        if names:
            self.rule(question, f"count({', '.join(names)}) {sign} {limit}")

    def _sums(self, plan: Plan, question: Question) -> None:
        if question["kind"] != Kind.MATRIX_NUMBER or plan.type != "K":
            return
        cells = ", ".join(cell.operand.path for cell in plan.cells)
        for attribute, sign in SUMS:
            amount = self._amount(plan, attribute)
            if amount is not None and cells:
                self.rule(question, f"sum({cells}) {sign} {_tight(amount)}")

    def _dates(self, plan: Plan, question: Question) -> None:
        if question["kind"] != Kind.DATE:
            return
        for attribute, sign in (("date_min", ">="), ("date_max", "<=")):
            text = plan.asked.attributes.get(attribute, "").strip()
            if not text:
                continue
            try:
                limit = _day(text, last=sign == "<=") or self._dated(plan, text)
                self.rule(question, f"{plan.code} {sign} {limit}")
            except Untranslatable as error:
                self.report.lost(plan.asked.code, LIMIT, attribute=attribute, value=text, reason=error)

    def _dated(self, plan: Plan, text: str) -> str:
        found = self.logic.formula(text.strip("{}"), Where(plan))
        if found.sort is not Sort.DATE:
            raise Untranslatable(text)
        return found.text

    def _length(self, plan: Plan, question: Question) -> None:
        amount = self._amount(plan, "maximum_chars")
        if isinstance(amount, float) and 1 <= amount < 100_000:
            if question["kind"] in {Kind.SHORT, Kind.LONG, Kind.MATRIX_TEXT}:
                question["max_length"] = int(amount)
            elif question["kind"] in {Kind.NUMBER, Kind.MATRIX_NUMBER} and amount < 15:
                # So many digits make this number at most.
                question.setdefault("maximum", 10.0 ** int(amount) - 1)

    def _pattern(self, plan: Plan, question: Question) -> None:
        if not plan.asked.preg.strip():
            return
        try:
            pattern = pattern_of(plan.asked.preg)
        except Untranslatable as error:
            self.report.lost(plan.asked.code, CHECK, check=plan.asked.preg, reason=error)
            return
        if question["kind"] in {Kind.SHORT, Kind.LONG}:
            question["pattern"] = pattern
            return
        for cell in plan.cells:
            path = cell.operand.path
            if (
                cell.operand.form in {Form.NUMBER, Form.TEXT, Form.DATE}
                and cell.operand.question == plan.code
            ):
                text = path if cell.operand.form is Form.TEXT else f"text({path})"
                escaped = pattern.replace("\\", "\\\\").replace('"', '\\"')
                self.rule(question, f'matches({text}, "{escaped}")')

    def _checks(self, plan: Plan, question: Question) -> None:
        messages = self._message(plan, "em_validation_q_tip")
        if text := plan.asked.attributes.get("em_validation_q", ""):
            if _THIS.search(text) and plan.asked.scale(0):
                self._check_lines(plan, question, text, messages)
            else:
                self._check(plan, question, text, None, messages)
        if text := plan.asked.attributes.get("em_validation_sq", ""):
            self._check_lines(plan, question, text, self._message(plan, "em_validation_sq_tip"))

    def _check_lines(self, plan: Plan, question: Question, text: str, message: Text) -> None:
        """Check each line; what is checked of ``this`` is meant so even where it stands as a check of the whole."""
        for cell in plan.cells:
            if cell.operand.form is not Form.SILENT and cell.operand.question == plan.code:
                self._check(plan, question, text, cell, message)

    def _message(self, plan: Plan, attribute: str) -> Text:
        spoken = plan.asked.spoken.get(attribute) or {"": plan.asked.attributes.get(attribute, "")}
        return self.scribe.line(spoken, Where(plan), plan.asked.code)

    def _check(self, plan: Plan, question: Question, text: str, cell: Cell | None, message: Text) -> None:
        try:
            expression = self.logic.condition(text.strip(), Where(plan, cell))
        except Untranslatable as error:
            self.report.lost(plan.asked.code, CHECK, check=text, reason=error)
            return
        if expression and cell is not None:
            # An empty line is checked by nothing; whether it may be empty is another question.
            silent = negated(Piece(cell.operand.answered, Sort.BOOLEAN, certain=True))
            expression = joined("or", [silent, Piece(expression, Sort.BOOLEAN, loose=True)]).text
        self.rule(question, expression, message)

    def filters(self, plan: Plan) -> dict[str, Piece]:
        """Give for each line by its foreign code when it is shown: its own condition and the array filters."""
        found: dict[str, list[Piece]] = {}
        # Only lines have conditions there; what stands at columns is left over and was never looked at.
        for sub in plan.asked.scale(0):
            if expression := self._line(plan, sub.code, sub.relevance):
                found.setdefault(sub.code, []).append(Piece(expression, Sort.BOOLEAN, loose=True))
        for attribute, excludes in (("array_filter", False), ("array_filter_exclude", True)):
            for name in plan.asked.attributes.get(attribute, "").replace(",", ";").split(";"):
                if name.strip():
                    self._filter(plan, name.strip(), found, excludes=excludes)
        return {code: joined("and", pieces) for code, pieces in found.items()}

    def _line(self, plan: Plan, code: str, relevance: str) -> str:
        try:
            return self.logic.condition(relevance, Where(plan))
        except Untranslatable as error:
            text = _("The condition “%(condition)s” of the line %(line)s could not be taken (at %(reason)s).")
            self.report.lost(plan.asked.code, text, condition=relevance, line=code, reason=error)
            return ""

    def _filter(self, plan: Plan, name: str, found: dict[str, list[Piece]], *, excludes: bool) -> None:
        sources = self._sources(name, "array_filter_exclude" if excludes else "array_filter", set())
        if not sources:
            text = _("The filter by “%(name)s” could not be taken: there is no such question.")
            self.report.lost(plan.asked.code, text, name=name)
        chosen: dict[str, list[Piece]] = {}
        for source in sources:
            for code, piece in _chosen(source).items():
                chosen.setdefault(code, []).append(piece)
        codes = {sub.code for sub in plan.asked.scale(0)} | {one.code for one in plan.asked.options()}
        for code in sorted(codes & chosen.keys()):
            pieces = [negated(piece) for piece in chosen[code]] if excludes else chosen[code][:1]
            found.setdefault(code, []).extend(pieces)

    def _sources(self, name: str, attribute: str, seen: set[str]) -> list[Plan]:
        """Give the question that filters, and for exclusions those that filter it in their turn."""
        source = self.logic.plans.get(name)
        if source is None or name in seen:
            return []
        seen.add(name)
        further = source.asked.attributes.get(attribute, "").replace(",", ";").split(";")
        return [source, *(one for more in further for one in self._sources(more.strip(), attribute, seen))]


def _chosen(source: Plan) -> dict[str, Piece]:
    """Give for each line of a question when something was said to it."""
    found: dict[str, list[Piece]] = {}
    for cell in source.cells:
        operand = cell.operand
        if operand.form is Form.FLAG and not operand.row:
            flag = Piece(f'"{operand.column}" in {operand.path}', Sort.BOOLEAN, loose=True)
            found[cell.suffix] = [sure(flag, [Piece(operand.path, Sort.SET)])]
        elif operand.other:
            found["other"] = [Piece(operand.answered, Sort.BOOLEAN, certain=True)]
        elif operand.row and operand.question == source.code:
            line = cell.suffix.partition("#")[0] if "#" in cell.suffix else _line_code(source, operand.row)
            found.setdefault(line, []).append(Piece(operand.answered, Sort.BOOLEAN, certain=True))
        elif operand.form is Form.CHOICE:
            for foreign, ours in operand.codes.items():
                chosen = Piece(f'{operand.path} == "{ours}"', Sort.BOOLEAN, loose=True)
                found[foreign] = [sure(chosen, [Piece(operand.path, Sort.TEXT)])]
    return {code: joined("or", pieces) for code, pieces in found.items()}


def _line_code(source: Plan, row: str) -> str:
    return next((foreign for foreign, ours in source.rows.items() if ours == row), row)


def _plain_number(text: str) -> bool:
    return text.replace(",", "", 1).replace(".", "", 1).lstrip("-").isdigit()


def _tight(amount: float | Piece) -> str:
    if isinstance(amount, Piece):
        return amount.tight
    return str(int(amount)) if amount == int(amount) else str(amount)


def _day(text: str, *, last: bool) -> str:
    """Read a written date, or a year that means its first or last day."""
    bare = text.strip("{}'\" ")
    if bare.isdecimal() and len(bare) == 4 and int(bare) > 0:
        found: dt.date | None = dt.date(int(bare), 12, 31) if last else dt.date(int(bare), 1, 1)
    else:
        found = read_date(bare[:10])
    return f'date("{found.isoformat()}")' if found else ""
