"""Where each answer of a LimeSurvey question will live: codes of ours, and a place for every column of responses."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from baukasten_survey.keys import NO_ANSWER, OTHER, Kind
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.lime_source import Asked, Source
from baukasten_survey.transfer.operands import Form, Operand

FIXED = {
    "5": ("1", "2", "3", "4", "5"),
    "A": ("1", "2", "3", "4", "5"),
    "B": ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10"),
    "C": ("Y", "U", "N"),
    "E": ("I", "S", "D"),
    "G": ("F", "M"),
}
"""Options that belong to a type."""
RENAMED = {"W": "!", "Z": "L"}
"""Types of LimeSurvey 1.8 and before, and what they became."""


@dataclass(frozen=True)
class Cell:
    """One column of the responses."""

    suffix: str
    """What stands behind survey, group and question in the column's name."""
    operand: Operand
    second: str = ""
    """Code of the question that takes the time of a moment."""


@dataclass
class Plan:
    """One question, and what it becomes."""

    asked: Asked
    type: str
    code: str
    kind: Kind | None = None
    """None where nothing here is like it."""
    cells: list[Cell] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    """Foreign codes of the options (or columns) and ours."""
    seconds: dict[str, str] = field(default_factory=dict)
    """The same for the second scale."""
    rows: dict[str, str] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    """Codes of further questions that this one becomes: for its comment, its second scale, its time."""

    def add(self, suffix: str, form: Form, **where: object) -> None:
        """Say where a column goes."""
        self.cells.append(Cell(suffix, Operand(form, str(where.pop("question", self.code)), **where)))  # type: ignore[arg-type]


class Planner:
    """Plans the questions of one survey."""

    def __init__(self, source: Source, plain: Callable[[str], str]) -> None:
        self.source, self.plain = source, plain
        self.codes = Codes("q")
        self.assessed = source.survey.get("assessments", "N").upper() == "Y"

    def plan(self) -> list[Plan]:
        """Plan all questions; their own codes are given before those of what they become besides."""
        found = []
        for at, asked in enumerate(self.source.questions):
            code = self.codes.fresh(asked.code) if asked.code.strip() else self.codes.fresh(f"q{at + 1}")
            found.append(Plan(asked, RENAMED.get(asked.type, asked.type), code))
        for plan in found:
            self._plan(plan)
        return found

    def _plan(self, plan: Plan) -> None:
        asked = plan.asked
        plan.rows = _coded("r", (sub.code for sub in asked.scale(0)))
        makers: dict[str, Callable[[Plan], None]] = {
            "Y": self._truth, "N": self._number, "D": self._date, "X": self._silent, "|": self._file,
            "*": self._equation, "R": self._ranking, "M": self._multiple, "P": self._multiple,
            "K": self._lines, "Q": self._lines, "1": self._dual, ":": self._grid, ";": self._grid,
        }  # fmt: skip
        for types, make in (("L!O5GI", self._choice), ("ABCEFH", self._array), ("STU", self._text)):
            makers |= dict.fromkeys(types, make)
        if plan.type in makers:
            makers[plan.type](plan)

    def _options(self, plan: Plan, scale: int = 0) -> dict[str, str]:
        if plan.type in FIXED:
            return _coded("a", FIXED[plan.type])
        if plan.type == "I":
            return _coded("a", self.source.languages)
        return _coded("a", (one.code for one in plan.asked.options(scale)))

    def _choices(self, plan: Plan, codes: dict[str, str], scale: int = 0) -> dict[str, object]:
        """Give what an operand knows of its options."""
        first = self.source.languages[0]
        said = {one.code: one.texts.get(first, one.code) for one in plan.asked.options(scale)}
        labels = {ours: self.plain(said.get(foreign, foreign)) for foreign, ours in codes.items()}
        return {"codes": codes, "labels": labels, "numbers": self.numbers(plan, codes, scale)}

    def numbers(self, plan: Plan, codes: dict[str, str], scale: int = 0) -> dict[str, float]:
        """Options count as their assessment where the survey assesses, else as their codes if these are numbers."""
        if self.assessed and plan.type not in FIXED:
            values = {one.code: one.value for one in plan.asked.options(scale)}
            return {ours: values.get(foreign) or 0.0 for foreign, ours in codes.items()}
        if codes and all(foreign.isdecimal() and len(foreign) < 10 for foreign in codes):
            return {ours: float(foreign) for foreign, ours in codes.items()}
        return {}

    def _choice(self, plan: Plan) -> None:
        plan.options = self._options(plan)
        dropdown = plan.type in "!I" or plan.asked.on("use_dropdown")
        plan.kind = Kind.SCALE if plan.type == "5" else Kind.DROPDOWN if dropdown else Kind.SINGLE
        known = self._choices(plan, plan.options)
        if plan.type in "L!" and plan.asked.other:
            known["codes"] = {**plan.options, "-oth-": OTHER}
            plan.add("other", Form.TEXT, other=True)
        plan.add("", Form.CHOICE, **known)
        if plan.type == "O":
            plan.beside["comment"] = self.codes.fresh(f"{plan.code[:24]}_comment")
            plan.add("comment", Form.TEXT, question=plan.beside["comment"])

    def _truth(self, plan: Plan) -> None:
        plan.kind = Kind.YES_NO
        plan.add("", Form.TRUTH)

    def _number(self, plan: Plan) -> None:
        plan.kind = Kind.NUMBER
        plan.add("", Form.NUMBER)

    def _text(self, plan: Plan) -> None:
        if plan.type == "S" and plan.asked.on("location_mapservice"):
            plan.kind = Kind.MAP
            plan.add("", Form.PLACE)
        elif plan.asked.on("numbers_only") and plan.type == "S":
            self._number(plan)
        else:
            plan.kind = Kind.SHORT if plan.type == "S" else Kind.LONG
            plan.add("", Form.TEXT)

    def _date(self, plan: Plan) -> None:
        wanted = plan.asked.attributes.get("date_format", "")
        hours, days = "H" in wanted, any(sign in wanted for sign in "dmyYj")
        plan.kind = Kind.TIME if hours and not days else Kind.DATE
        plan.add("", Form.TIME if plan.kind is Kind.TIME else Form.DATE)
        if hours and days:
            plan.beside["time"] = self.codes.fresh(f"{plan.code[:26]}_time")
            plan.cells = [Cell("", plan.cells[0].operand, plan.beside["time"])]

    def _silent(self, plan: Plan) -> None:
        plan.kind = Kind.INFO
        plan.add("", Form.SILENT)

    def _equation(self, plan: Plan) -> None:
        plan.kind = Kind.CALCULATED
        plan.add("", Form.TEXT)

    def _file(self, plan: Plan) -> None:
        plan.kind = Kind.FILE
        plan.add("", Form.FILES)
        plan.add("_filecount", Form.SILENT)
        plan.add("_Cfilecount", Form.SILENT)

    def _ranking(self, plan: Plan) -> None:
        plan.kind = Kind.RANKING
        plan.options = self._options(plan) or _coded("a", (sub.code for sub in plan.asked.scale(0)))
        known = self._choices(plan, plan.options)
        plan.add("", Form.SET, **known)
        for rank in range(1, len(plan.options) + 1):
            plan.add(str(rank), Form.RANK, rank=rank, **known)

    def _multiple(self, plan: Plan) -> None:
        plan.kind = Kind.MULTIPLE
        plan.options = _coded("a", (sub.code for sub in plan.asked.scale(0)))
        first = self.source.languages[0]
        if plan.type == "P":
            plan.beside["comment"] = self.codes.fresh(f"{plan.code[:24]}_comment")
        for sub in plan.asked.scale(0):
            ours = plan.options[sub.code]
            labels = {ours: self.plain(sub.texts.get(first, sub.code))}
            plan.add(
                sub.code, Form.FLAG, column=ours, labels=labels, size=len(plan.options) + plan.asked.other
            )
            if plan.type == "P":
                where = plan.rows[sub.code]
                plan.add(
                    f"{sub.code}comment", Form.TEXT, question=plan.beside["comment"], row=where, column="text"
                )
        if plan.asked.other:
            plan.add("other", Form.TEXT, other=True)
            if plan.type == "P":
                plan.rows["other"] = _coded("r", [*plan.rows, "other"])["other"]
                where = plan.rows["other"]
                plan.add("othercomment", Form.TEXT, question=plan.beside["comment"], row=where, column="text")

    def _array(self, plan: Plan) -> None:
        plan.kind = Kind.MATRIX_SINGLE
        plan.options = self._options(plan)
        if plan.type in "AB" and differential(plan.asked):
            plan.kind = Kind.SCALE
        known = self._choices(plan, plan.options)
        for sub in plan.asked.scale(0):
            row = plan.rows[sub.code]
            if plan.kind is Kind.SCALE:
                plan.add(sub.code, Form.NUMBER, row=row)
            else:
                plan.add(sub.code, Form.CHOICE, row=row, **known)

    def _dual(self, plan: Plan) -> None:
        plan.kind = Kind.MATRIX_SINGLE
        plan.options, plan.seconds = self._options(plan), self._options(plan, 1)
        plan.beside["second"] = self.codes.fresh(f"{plan.code[:30]}_2")
        first, second = self._choices(plan, plan.options), self._choices(plan, plan.seconds, 1)
        for sub in plan.asked.scale(0):
            row = plan.rows[sub.code]
            plan.add(f"{sub.code}#0", Form.CHOICE, row=row, **first)
            plan.add(f"{sub.code}#1", Form.CHOICE, question=plan.beside["second"], row=row, **second)

    def _lines(self, plan: Plan) -> None:
        numbers = plan.type == "K" or plan.asked.on("numbers_only")
        plan.kind = Kind.MATRIX_NUMBER if numbers else Kind.MATRIX_TEXT
        column = "value" if numbers else "text"
        plan.options = {column: column}
        for sub in plan.asked.scale(0):
            form = Form.NUMBER if numbers else Form.TEXT
            plan.add(sub.code, form, row=plan.rows[sub.code], column=column)

    def _grid(self, plan: Plan) -> None:
        boxes = plan.type == ":" and plan.asked.on("multiflexible_checkbox")
        numbers = plan.type == ":" or plan.asked.on("numbers_only")
        plan.kind = (
            Kind.MATRIX_MULTIPLE if boxes else Kind.MATRIX_NUMBER if numbers else Kind.MATRIX_TEXT
        )  # fmt: skip
        plan.options = _coded("a", (sub.code for sub in plan.asked.scale(1)))
        form = Form.FLAG if boxes else Form.NUMBER if numbers else Form.TEXT
        for sub in plan.asked.scale(0):
            for column in plan.asked.scale(1):
                where = {"row": plan.rows[sub.code], "column": plan.options[column.code]}
                plan.add(f"{sub.code}_{column.code}", form, size=len(plan.options), **where)


def newer_name(plan: Plan, cell: Cell) -> str:
    """Since version 7 columns are called ``Q12_S34``, after the numbers of the question and its line."""
    suffix, name = cell.suffix, f"Q{plan.asked.qid}"
    line, _hash, scale = suffix.partition("#")
    rows, columns = ({sub.code: sub.qid for sub in plan.asked.scale(scale_id)} for scale_id in (0, 1))
    bare = line.removesuffix("comment")
    if not suffix or cell.operand.form is Form.RANK:
        return f"{name}_R{suffix}" if suffix else name
    if suffix in {"other", "comment", "othercomment"}:
        return f"{name}_C{suffix}"
    if line in rows or bare in rows:
        comment = f"_S{rows[bare]}_Ccomment" if line not in rows else f"_S{rows[line]}"
        return name + comment + (f"#{scale}" if scale else "")
    for cut in (at for at, sign in enumerate(line) if sign == "_"):
        if line[:cut] in rows and line[cut + 1 :] in columns:
            return f"{name}_S{rows[line[:cut]]}_S{columns[line[cut + 1 :]]}"
    return f"{name}{suffix}"


def differential(asked: Asked) -> bool:
    """Tell whether the lines name two ends, as in "cold|warm"."""
    lines = asked.scale(0)
    return bool(lines) and all("|" in words for sub in lines for words in sub.texts.values() or [""])


def _coded(first: str, foreign: Iterable[str]) -> dict[str, str]:
    codes = Codes(first)
    codes.taken |= {OTHER, NO_ANSWER}
    return {one: codes.give(one) for one in foreign}
