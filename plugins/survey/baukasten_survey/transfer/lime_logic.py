"""LimeSurvey's conditions: what their names mean, and how each becomes an expression or a note."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from baukasten.plugin import lazy
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import Kind
from baukasten_survey.transfer.foreign import Dialect, Untranslatable, read
from baukasten_survey.transfer.lime_functions import FUNCTIONS
from baukasten_survey.transfer.lime_plan import Cell, Plan, newer_name
from baukasten_survey.transfer.lime_source import Section, Source
from baukasten_survey.transfer.lowering import Lowering
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.pieces import Piece, joined
from baukasten_survey.transfer.reports import Report

_ = lazy("survey")

DIALECT = Dialect(
    # 12345X6X78SQ1#0, INSERTANS:…, TOKEN:FIRSTNAME, Q1_SQ1.NAOK, that.Q1.sq_A
    names=r"(?:INSERTANS:)?\d+X\d+X\d+[A-Za-z0-9_#]*(?:\.[A-Za-z]+)*"
    r"|TOKEN:\w+|[A-Za-z_]\w*(?:#\d)?(?:\.[A-Za-z_]\w*)*",
    operators={
        "&&": "and", "and": "and", "||": "or", "or": "or", "!": "not", "not": "not",
        "==": "==", "=": "==", "eq": "==", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", "<=": "<=", "le": "<=",
        ">": ">", "gt": ">", ">=": ">=", "ge": ">=", "+": "+", "-": "-", "*": "*", "/": "/",
    },
)  # fmt: skip
ALWAYS = frozenset({"", "1"})
FACTS = frozenset(
    {"question", "qid", "gid", "sgqa", "type", "mandatory", "grelevance", "relevance", "jsName", "rowdivid"}
)
"""What may stand behind a name and is no answer."""
SUFFIXES = {
    one.lower(): one for one in FACTS | {"NAOK", "value", "valueNAOK", "code", "shown", "relevanceStatus"}
}
LONGEST_GUARD = 600
DEEPEST = 8
"""Questions that wait for each other in a row; they are asked in their order, so that few do."""
_SGQA = re.compile(r"(?:INSERTANS:)?\d+X\d+X(\d+)([A-Za-z0-9_#]*)")

_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_ASSIGNS = re.compile(r"(?<![=!<>])=(?!=)")

ASSIGNED = _(
    "The condition “%(condition)s” has a single equals sign, which stores a value instead of comparing. "
    "Here it compares."
)
NOT_TAKEN = _(
    "The condition “%(condition)s” could not be taken (at %(reason)s). The question is always shown."
)


@dataclass
class Where:
    """The question whose condition is read, and the line of it that is meant by ``this``."""

    plan: Plan | None = None
    this: Cell | None = None


class Logic:
    """Knows all questions by all their names."""

    def __init__(self, source: Source, plans: Sequence[Plan], report: Report) -> None:
        self.report = report
        self.plans = {plan.asked.code: plan for plan in reversed(plans)}
        self.by_qid = {plan.asked.qid: plan for plan in plans}
        self.cells: dict[str, tuple[Plan, Cell]] = {}
        for plan in plans:
            for cell in plan.cells:
                name = plan.asked.code + (f"_{cell.suffix.replace('#', '_')}" if cell.suffix else "")
                self.cells.setdefault(name, (plan, cell))
        self.columns = {newer_name(plan, cell): (plan, cell) for plan in plans for cell in plan.cells}
        self.section_of = {one.qid: section for section in source.sections for one in section.questions}
        self.guards: dict[str, str] = {}
        self.sorts: dict[str, Form] = {}
        self.asking: list[str] = []
        for plan in plans:
            self.guard(plan)
            if plan.kind is Kind.CALCULATED:
                self.sort_of(plan)

    def lowering(self, where: Where) -> Lowering:
        """Give what writes the conditions of one question."""
        return Lowering(lambda name: self.resolve(name, where), FUNCTIONS)

    def condition(self, text: str, where: Where) -> str:
        """Write a condition; "" for always. Raises Untranslatable."""
        if text.strip() in ALWAYS:
            return ""
        found = self.lowering(where).condition(read(text, DIALECT))
        return "" if found == "true" else found

    def relevance(self, text: str, plan: Plan) -> str:
        """Write when a question is shown, with a note where that cannot be said."""
        if assigns(text):
            self.report.changed(plan.asked.code, ASSIGNED, condition=text)
        try:
            return self.condition(text, Where(plan))
        except Untranslatable as error:
            self.report.lost(plan.asked.code, NOT_TAKEN, condition=text, reason=error)
            return ""

    def section(self, section: Section, place: str) -> str:
        """Write when a group is shown."""
        try:
            return self.condition(section.relevance, Where())
        except Untranslatable as error:
            text = _("The condition “%(condition)s” of the group could not be taken (at %(reason)s).")
            self.report.lost(place, text, condition=section.relevance, reason=error)
            return ""

    def formula(self, text: str, where: Where) -> Piece:
        """Write what gives a value. Raises Untranslatable."""
        return self.lowering(where).value(read(text, DIALECT))

    def guard(self, plan: Plan) -> str:
        """Say when a question is shown, briefly; "" where it always is or where that takes too long to say."""
        key = plan.asked.qid
        if key not in self.guards and len(self.asking) < DEEPEST:
            self.guards[key] = ""  # whoever asks about it on the way here goes in a circle
            self.asking.append(key)
            parts = []
            section = self.section_of.get(key)
            for text in (section.relevance if section else "", plan.asked.relevance):
                try:
                    found = self.condition(text, Where(plan))
                except Untranslatable:
                    found = ""
                if found:
                    parts.append(Piece(found, Sort.BOOLEAN, loose=True))
            guard = joined("and", parts).text if parts else ""
            self.guards[key] = guard if len(guard) <= LONGEST_GUARD else ""
            self.asking.pop()
        return self.guards.get(key, "")

    def resolve(self, name: str, where: Where) -> list[Operand]:
        """Give the places that a name stands for. Raises Untranslatable."""
        parts = name.split(".")
        code = parts[1:2] if parts[0] == "that" else []  # may be called like an attribute
        rest = parts[1 + len(code) :]
        suffixes = [SUFFIXES[one.lower()] for one in rest if one.lower() in SUFFIXES]
        filters = [*code, *(one for one in rest if one.lower() not in SUFFIXES)]
        if FACTS & {*suffixes}:
            raise Untranslatable(name)
        found = self._named(parts[0], filters, where)
        naok = "NAOK" in suffixes or "valueNAOK" in suffixes
        if "relevanceStatus" in suffixes:
            return [self._status(plan) for plan, _cell in found[:1]]
        return [
            self._seen(plan, cell, naok=naok or plan is where.plan, shown="shown" in suffixes)
            for plan, cell in found
        ]

    def _status(self, plan: Plan) -> Operand:
        """Whether a question is shown, as what shows it."""
        guard = self.guard(plan)
        return Operand(Form.TRUTH, f"({guard})" if guard else "true")

    def _seen(self, plan: Plan, cell: Cell, *, naok: bool, shown: bool) -> Operand:
        operand = cell.operand
        if plan.kind is Kind.CALCULATED:
            operand = operand.having(form=self.sort_of(plan))
        if plan.kind is Kind.HIDDEN and operand.form is Form.CHOICE:
            operand = operand.having(form=Form.TEXT)
        guard = "" if naok else self.guard(plan)
        return operand.having(guard=guard, shown=shown)

    def sort_of(self, plan: Plan) -> Form:
        """Tell what an equation gives; a text where it cannot be read."""
        key = plan.asked.qid
        if key not in self.sorts and len(self.asking) < DEEPEST:
            self.sorts[key] = Form.TEXT
            self.asking.append(key)
            forms = {
                Sort.NUMBER: Form.NUMBER,
                Sort.BOOLEAN: Form.TRUTH,
                Sort.DATE: Form.DATE,
                Sort.TIME: Form.TIME,
            }
            with suppress(Untranslatable):
                self.sorts[key] = forms.get(self.equation(plan).sort, Form.TEXT)
            self.asking.pop()
        return self.sorts.get(key, Form.TEXT)

    def equation(self, plan: Plan) -> Piece:
        """Write what an equation calculates. Raises Untranslatable."""
        asked = plan.asked
        text = asked.attributes.get("equation", "") or next(iter(asked.texts.values()), "")
        return self.tailored(text, Where(plan))

    def tailored(self, text: str, where: Where) -> Piece:
        """Write a text with expressions in braces as one value. Raises Untranslatable."""
        bare = re.sub(r"<[^>]*>", "", text).strip()
        if bare.startswith("{") and bare.endswith("}") and bare.count("{") == 1:
            return self.formula(bare[1:-1].strip(), where)
        if "{" not in bare:
            try:
                return Piece(str(int(bare)), Sort.NUMBER, certain=True)
            except ValueError:
                return self.formula(bare, where) if bare else Piece('""', Sort.TEXT, certain=True)
        raise Untranslatable(bare[:60])

    def _named(self, base: str, filters: list[str], where: Where) -> list[tuple[Plan, Cell]]:
        if base == "this" and where.this is not None and where.plan is not None:
            return [(where.plan, where.this)]
        if base in {"self", "this"}:
            if where.plan is None:
                raise Untranslatable(base)
            return self._filtered(where.plan, filters, base)
        if base == "that":
            if not filters or filters[0] not in self.plans:
                raise Untranslatable(".".join([base, *filters]))
            return self._filtered(self.plans[filters[0]], filters[1:], base)
        if filters:
            raise Untranslatable(".".join([base, *filters]))
        known = self.cells.get(base)
        if known is not None and known[1].suffix:
            return [known]
        if base in self.plans:
            return self._whole(self.plans[base])
        return self._by_number(base)

    def _by_number(self, base: str) -> list[tuple[Plan, Cell]]:
        """Find ``Q123`` and ``Q123_S45`` of version 7, ``12345X6X78`` of those before, and how many files came."""
        files = self.plans.get(base.removesuffix("_filecount"))
        if files is not None and files.kind is Kind.FILE:
            return [(files, Cell("", Operand(Form.NUMBER, f"count({files.code})")))]
        newer = self.by_qid.get(base[1:]) if base[:1] == "Q" and base not in self.columns else None
        return self._whole(newer) if newer is not None else [self._by_column(base)]

    def _whole(self, plan: Plan) -> list[tuple[Plan, Cell]]:
        """The bare code of a question with lines means all of them."""
        main = [cell for cell in plan.cells if not cell.suffix]
        if main:
            return [(plan, main[0])]
        if plan.kind is Kind.MULTIPLE:
            return [(plan, Cell("", Operand(Form.SET, plan.code)))]
        return [(plan, cell) for cell in plan.cells]

    def _filtered(self, plan: Plan, filters: Sequence[str], base: str) -> list[tuple[Plan, Cell]]:
        """``self.sq_A.nocomments``: the lines of a question whose codes begin so."""
        cells = [cell for cell in plan.cells if cell.suffix or len(plan.cells) == 1]
        wanted = [one.removeprefix("sq_") for one in filters if one.startswith("sq_")]
        if wanted:
            # Several name all that fits any of them: rows, columns, or both.
            cells = [cell for cell in cells if any(part in cell.suffix for part in wanted)]
        for one in filters:
            if one in {"nocomments", "comments"}:
                cells = [cell for cell in cells if cell.suffix.endswith("comment") == (one == "comments")]
            elif one.startswith("nosq_"):
                cells = [cell for cell in cells if one.removeprefix("nosq_") not in cell.suffix]
            elif not one.startswith("sq_"):
                raise Untranslatable(f"{base}.{one}")
        return [(plan, cell) for cell in cells if cell.operand.form is not Form.SILENT]

    def _by_column(self, name: str) -> tuple[Plan, Cell]:
        """Find ``12345X6X78SQ1``; only the question's number is unique, and what follows it may begin with digits."""
        if (known := self.columns.get(name)) is not None:
            return known
        found = _SGQA.fullmatch(name)
        if found is not None:
            digits, rest = found[1], found[2]
            for cut in range(len(digits), 0, -1):
                plan = self.by_qid.get(digits[:cut])
                suffix = digits[cut:] + rest
                cell = next((one for one in plan.cells if one.suffix == suffix), None) if plan else None
                if plan is not None and cell is not None:
                    return plan, cell
                if plan is not None and not suffix and (whole := self._whole(plan)):
                    return whole[0]
        raise Untranslatable(name)


def assigns(text: str) -> bool:
    """Tell whether an expression stores a value, outside of its texts."""
    return _ASSIGNS.search(_QUOTED.sub("", text)) is not None
