"""The kinds of SurveyJS questions, each written as one or more of ours; texts and conditions stay as they came."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from baukasten.plugin import lazy
from baukasten_survey.keys import OTHER, Kind, Style
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.foreign import Untranslatable
from baukasten_survey.transfer.lime_words import word
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.pieces import numeral
from baukasten_survey.transfer.regex import pattern_of
from baukasten_survey.transfer.reports import Report
from baukasten_survey.transfer.surveyjs_parts import (
    Part,
    Question,
    choices_of,
    dicts_of,
    numbers_of,
    options_of,
    value_of,
)
from baukasten_survey.transfer.surveyjs_tables import columns, matrix, several_texts

_ = lazy("survey")

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


def _choosing(kind: Kind) -> Callable[[Part, Question], list[Question]]:
    many = kind in {Kind.MULTIPLE, Kind.RANKING}

    def make(part: Part, question: Question) -> list[Question]:
        codes, options = options_of(choices_of(part.get("choices")))
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
        numbers = numbers_of(codes)
        part.operands[part.name] = Operand(
            Form.SET if many else Form.CHOICE, part.code, codes=codes, numbers={} if many else numbers
        )
        for option in options:
            if option["code"] in numbers:
                option["value"] = numbers[option["code"]]
        default = part.get("defaultValue")
        if not many and default is not None and value_of(default) in codes:
            question["default"] = codes[value_of(default)]
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
    given = choices_of(part.get("rateValues"))
    if not given and (low, high, step) == (0.0, 10.0, 1.0):
        question["style"] = Style.NPS
        part.operands[part.name] = Operand(Form.NUMBER, part.code)
        return [question]
    points = min(int((high - low) / step) + 1, MOST_POINTS) if step > 0 and high > low else 0
    given = given or [{"value": numeral(low + at * step).text} for at in range(points)]
    codes, options = options_of(given)
    for value, ours in numbers_of(codes).items():
        next(option for option in options if option["code"] == value)["value"] = ours
    question |= {"style": Style.LIKERT, "options": options}
    part.operands[part.name] = Operand(Form.CHOICE, part.code, codes=codes, numbers=numbers_of(codes))
    return [question]


def _slider(part: Part, question: Question) -> list[Question]:
    found = _text(part, question)
    question |= {"kind": Kind.SLIDER}
    for name, mine, otherwise in (("min", "minimum", 0.0), ("max", "maximum", 100.0)):
        number = part.number(name)
        question[mine] = otherwise if number is None else number
    part.operands[part.name] = Operand(Form.NUMBER, part.code)
    return found


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
    "ranking": _choosing(Kind.RANKING), "imagepicker": _pictures, "matrix": matrix, "matrixdropdown": columns,
    "multipletext": several_texts, "html": _info, "image": _info, "file": _file, "expression": _expression,
}  # fmt: skip


def _validators(part: Part, question: Question, around: Surroundings) -> None:
    for one in dicts_of(part.get("validators")):
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
