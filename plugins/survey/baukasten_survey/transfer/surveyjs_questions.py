"""The kinds of SurveyJS questions, each written as one or more of ours; texts and conditions stay as they came."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from baukasten.plugin import lazy
from baukasten_survey.keys import OTHER, Kind, Style
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.foreign import Untranslatable
from baukasten_survey.transfer.lime_words import word
from baukasten_survey.transfer.lowering import numeral
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.regex import pattern_of
from baukasten_survey.transfer.reports import Report

_ = lazy("survey")

Question = dict[str, Any]
MOST_POINTS = 50
INPUTS = {
    "number": Kind.NUMBER, "range": Kind.SLIDER, "email": Kind.EMAIL, "tel": Kind.PHONE, "date": Kind.DATE,
    "datetime-local": Kind.DATE, "datetime": Kind.DATE, "time": Kind.TIME,
}  # fmt: skip
FORMS = {
    Kind.NUMBER: Form.NUMBER, Kind.SLIDER: Form.NUMBER, Kind.DATE: Form.DATE, Kind.TIME: Form.TIME,
}  # fmt: skip


class Surroundings(Protocol):
    """What a question needs of the survey around it."""

    report: Report


@dataclass
class Part:
    """One element of the description."""

    element: Mapping[str, Any]
    name: str
    code: str
    codes: Codes
    languages: list[str]
    operands: dict[str, Operand] = field(default_factory=dict)
    """Places by the names that conditions use."""

    def get(self, *names: str) -> Any:
        """Give the first property that is there; SurveyJS renamed some over the years."""
        return next((self.element[name] for name in names if name in self.element), None)

    def number(self, *names: str) -> float | None:
        """Give a property that is a number."""
        value = self.get(*names)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                return None
        fits = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
        return float(value) if fits else None


def build(part: Part, around: Surroundings) -> list[Question]:
    """Give the questions that an element becomes; one that nothing here is like is shown as text."""
    make = MAKERS.get(str(part.get("type")))
    question: Question = {
        "code": part.code,
        "kind": Kind.INFO,
        "title": part.get("title"),
        "help": part.get("description"),
        "conditions": [part.get("visibleIf")],
    }
    if part.get("visible") is False and part.get("type") != "expression":
        question["relevance"] = "false"
        question["conditions"] = []
    if make is None:
        text = _("There is no question here like SurveyJS's type “%(type)s”; its text is shown.")
        around.report.lost(part.name, text, type=part.get("type"))
        return [question]
    question |= {"required": part.get("isRequired") is True}
    found = make(part, question)
    for one in found:
        if one["kind"] in {Kind.INFO, Kind.CALCULATED}:
            one.pop("required", None)
    _validators(part, question, around)
    _notes(part, around)
    return found


def _choices(value: object) -> list[dict[str, Any]]:
    """Give options as value and text, however short they were written."""
    found = []
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict) and "value" in one:
            found.append(one)
        elif isinstance(one, str | int | float):
            found.append({"value": one})
    return found


def _words(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _options(choices: list[dict[str, Any]], first: str = "a") -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Give codes of ours by values, and the options."""
    codes, options = Codes(first), []
    codes.taken |= {OTHER}
    for one in choices:
        value = _words(one["value"])
        if value in codes.ours:
            continue
        option = {
            "code": codes.give(value),
            "title": one.get("text", value),
            "conditions": [one.get("visibleIf")],
        }
        options.append(option)
    return codes.ours, options


def _numbers(codes: Mapping[str, str]) -> dict[str, float]:
    """Options that are numbers count as such."""
    try:
        return {ours: float(value) for value, ours in codes.items()}
    except ValueError:
        return {}


def _choosing(kind: Kind) -> Callable[[Part, Question], list[Question]]:
    many = kind in {Kind.MULTIPLE, Kind.RANKING}

    def make(part: Part, question: Question) -> list[Question]:
        codes, options = _options(_choices(part.get("choices")))
        if part.get("hasNone", "showNoneItem") is True and "none" not in codes:
            codes["none"] = Codes("a").fresh("none")
            options.append(
                {"code": codes["none"], "title": part.get("noneText") or "None", "exclusive": many}
            )
        question |= {"kind": kind, "options": options, "random": part.get("choicesOrder") == "random"}
        if part.get("hasOther", "showOtherItem") is True and kind is not Kind.RANKING:
            question["other"] = part.get("otherText") or word("Other", part.languages)
            codes["other"] = OTHER
        for name, mine in (("minSelectedChoices", "min_answers"), ("maxSelectedChoices", "max_answers")):
            count = part.number(name)
            if many and count and count > 0:
                question[mine] = int(count)
        numbers = _numbers(codes)
        part.operands[part.name] = Operand(
            Form.SET if many else Form.CHOICE, part.code, codes=codes, numbers={} if many else numbers
        )
        for option in options:
            if option["code"] in numbers:
                option["value"] = numbers[option["code"]]
        default = part.get("defaultValue")
        if not many and default is not None and _words(default) in codes:
            question["default"] = codes[_words(default)]
        return [question]

    return make


def _pictures(part: Part, question: Question) -> list[Question]:
    many = part.get("multiSelect") is True
    found = _choosing(Kind.MULTIPLE if many else Kind.SINGLE)(part, question)
    question |= {"kind": Kind.IMAGE, "many": many}
    question.pop("other", None)
    return found


def _text(part: Part, question: Question) -> list[Question]:
    kind = INPUTS.get(str(part.get("inputType")), Kind.SHORT)
    question |= {"kind": kind}
    if kind in {Kind.NUMBER, Kind.SLIDER}:
        for name, mine in (("min", "minimum"), ("max", "maximum"), ("step", "step")):
            if (number := part.number(name)) is not None and (mine != "step" or number > 0):
                question[mine] = number
    length = part.number("maxLength")
    if kind in {Kind.SHORT, Kind.LONG} and length and length >= 1:
        question["max_length"] = int(length)
    part.operands[part.name] = Operand(FORMS.get(kind, Form.TEXT), part.code)
    default = part.get("defaultValue")
    if isinstance(default, str) and kind not in FORMS and default:
        question["default"] = default
    return [question]


def _long(part: Part, question: Question) -> list[Question]:
    found = _text(part, question)
    question["kind"] = Kind.LONG
    return found


def _truth(part: Part, question: Question) -> list[Question]:
    question["kind"] = Kind.YES_NO
    part.operands[part.name] = Operand(Form.TRUTH, part.code)
    if isinstance(part.get("defaultValue"), bool):
        question["default"] = part.get("defaultValue")
    return [question]


def _rating(part: Part, question: Question) -> list[Question]:
    low, high = part.number("rateMin") or 0.0, part.number("rateMax") or 5.0
    low = low if part.get("rateMin") is not None else 1.0
    step = part.number("rateStep") or 1.0
    question |= {
        "kind": Kind.SCALE,
        "low": part.get("minRateDescription"),
        "high": part.get("maxRateDescription"),
    }
    given = _choices(part.get("rateValues"))
    if not given and (low, high, step) == (0.0, 10.0, 1.0):
        question["style"] = Style.NPS
        part.operands[part.name] = Operand(Form.NUMBER, part.code)
        return [question]
    points = min(int((high - low) / step) + 1, MOST_POINTS) if step > 0 and high > low else 0
    given = given or [{"value": numeral(low + at * step).text} for at in range(points)]
    codes, options = _options(given)
    for value, ours in _numbers(codes).items():
        next(option for option in options if option["code"] == value)["value"] = ours
    question |= {"style": Style.LIKERT, "options": options}
    part.operands[part.name] = Operand(Form.CHOICE, part.code, codes=codes, numbers=_numbers(codes))
    return [question]


def _slider(part: Part, question: Question) -> list[Question]:
    found = _text(part, question)
    question |= {"kind": Kind.SLIDER}
    for name, mine, otherwise in (("min", "minimum", 0.0), ("max", "maximum", 100.0)):
        number = part.number(name)
        question[mine] = otherwise if number is None else number
    part.operands[part.name] = Operand(Form.NUMBER, part.code)
    return found


def _matrix(part: Part, question: Question) -> list[Question]:
    codes, columns = _options(_choices(part.get("columns")))
    rows, lines = _options(_choices(part.get("rows")), "r")
    numbers = _numbers(codes)
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


def _columns(part: Part, question: Question) -> list[Question]:
    """A table whose columns ask different things: one question for each column."""
    rows, _lines = _options(_choices(part.get("rows")), "r")
    found = []
    for at, column in enumerate(one for one in part.get("columns") or [] if isinstance(one, dict)):
        code = part.code if at == 0 else part.codes.fresh(f"{part.code[:28]}_{at + 1}")
        title = {"title": column.get("title") or column.get("name")}
        one: Question = {**question, "code": code, "rows": _options(_choices(part.get("rows")), "r")[1]}
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
    type_ = column.get("cellType") or part.get("cellType") or "dropdown"
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
        given = boolean if type_ == "boolean" else _choices(column.get("choices") or part.get("choices"))
        codes, options = _options(given)
        many = type_ in {"checkbox", "tagbox"}
        question |= {"kind": Kind.MATRIX_MULTIPLE if many else Kind.MATRIX_SINGLE, "options": options}
        form = Form.SET if many else Form.CHOICE
        places = {
            value: Operand(form, question["code"], row=ours, codes=codes) for value, ours in rows.items()
        }
    part.operands |= {f"{part.name}.{value}.{name}": place for value, place in places.items()}


def _several_texts(part: Part, question: Question) -> list[Question]:
    items = [one for one in part.get("items") or [] if isinstance(one, dict) and one.get("name")]
    numbers = bool(items) and all(one.get("inputType") == "number" for one in items)
    cell, form = ("value", Form.NUMBER) if numbers else ("text", Form.TEXT)
    rows, lines = _options(
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


def _info(part: Part, question: Question) -> list[Question]:
    text = part.get("html", "text")
    question |= {"kind": Kind.INFO, "title": part.get("title"), "help": text}
    return [question]


def _file(part: Part, question: Question) -> list[Question]:
    question["kind"] = Kind.FILE
    most = part.number("maxFiles")
    question["max_answers"] = (
        int(most) if most and most >= 1 else (10 if part.get("allowMultiple") is True else 1)
    )
    part.operands[part.name] = Operand(Form.FILES, part.code)
    return [question]


def _expression(part: Part, question: Question) -> list[Question]:
    question |= {"kind": Kind.CALCULATED, "expression": str(part.get("expression") or "")}
    part.operands[part.name] = Operand(Form.NUMBER, part.code)
    return [question]


MAKERS: Mapping[str, Callable[[Part, Question], list[Question]]] = {
    "text": _text, "comment": _long, "boolean": _truth, "rating": _rating, "slider": _slider,
    "radiogroup": _choosing(Kind.SINGLE), "buttongroup": _choosing(Kind.SINGLE),
    "dropdown": _choosing(Kind.DROPDOWN), "checkbox": _choosing(Kind.MULTIPLE), "tagbox": _choosing(Kind.MULTIPLE),
    "ranking": _choosing(Kind.RANKING), "imagepicker": _pictures, "matrix": _matrix, "matrixdropdown": _columns,
    "multipletext": _several_texts, "html": _info, "image": _info, "file": _file, "expression": _expression,
}  # fmt: skip


def _validators(part: Part, question: Question, around: Surroundings) -> None:
    for one in part.get("validators") or []:
        if isinstance(one, dict):
            _validator(part, question, one, around)


def _validator(part: Part, question: Question, one: Mapping[str, Any], around: Surroundings) -> None:
    type_, inner = str(one.get("type", "")).removesuffix("validator"), Part(one, "", "", part.codes, [])
    fields = {
        "numeric": (("minValue", "minimum"), ("maxValue", "maximum")),
        "answercount": (("minCount", "min_answers"), ("maxCount", "max_answers")),
        "text": (("maxLength", "max_length"),),
    }
    if type_ == "email" and question["kind"] == Kind.SHORT:
        question["kind"] = Kind.EMAIL
    elif type_ == "expression" and isinstance(one.get("expression"), str):
        question.setdefault("rules", []).append({"expression": one["expression"], "message": one.get("text")})
    elif type_ == "regex" and question["kind"] in {Kind.SHORT, Kind.LONG}:
        try:
            question["pattern"] = pattern_of(str(one.get("regex", "")))
        except Untranslatable as error:
            text = _("The check “%(check)s” could not be taken (at %(reason)s).")
            around.report.lost(part.name, text, check=one.get("regex"), reason=error)
    for name, mine in fields.get(type_, ()):
        if (number := inner.number(name)) is not None:
            question[mine] = number if type_ == "numeric" else int(number)
    if type_ == "text" and (least := inner.number("minLength")):
        rule = {
            "expression": f"length({part.code}) >= {numeral(least).text}",
            "ours": True,
            "message": one.get("text"),
        }
        question.setdefault("rules", []).append(rule)


def _notes(part: Part, around: Surroundings) -> None:
    for names, text in (
        (
            ("enableIf",),
            _("When the question may be filled in was not taken; it can be filled in wherever it is shown."),
        ),
        (("requiredIf",), _("When the question has to be answered was not taken.")),
        (("choicesByUrl", "choicesFromQuestion"), _("Options that came from elsewhere were not taken.")),
        (
            ("setValueExpression", "defaultValueExpression", "setValueIf"),
            _("Answers that were filled in beforehand were not taken."),
        ),
        (
            ("choicesVisibleIf", "choicesEnableIf", "rowsVisibleIf", "columnsVisibleIf"),
            _("When single options are shown was not taken."),
        ),
        (("imageLink",), _("Pictures, sounds or films in a text were not taken.")),
        (("correctAnswer",), _("The rules of a quiz were not taken.")),
    ):
        if any(part.get(name) for name in names):
            around.report.lost(part.name, text)
    if part.get("type") == "text" and str(part.get("inputType")).startswith("datetime"):
        around.report.changed(part.name, _("Only the day is asked, not the time of day."))
    if part.get("type") == "matrixdropdown":
        around.report.info(part.name, _("The table became one question for each of its columns."))
