"""The types of XLSForm, each written as one or two questions of ours; texts and conditions stay as they came."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.keys import Kind, Shape, Style
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.lime_source import number
from baukasten_survey.transfer.lime_words import word
from baukasten_survey.transfer.operands import Form, Operand
from baukasten_survey.transfer.reports import Report

_ = lazy("survey")

Node = dict[str, Any]
SILENT = frozenset(
    [
        "start", "end", "today", "deviceid", "subscriberid", "simserial", "phonenumber", "username", "email", "audit",
        "start-geopoint", "background-audio", "background-geopoint", "xml-external", "csv-external",
    ]
)  # fmt: skip
"""What a telephone notes by itself about the person or the device."""
FILES = ("photo", "image", "audio", "video", "file", "draw", "annotate", "signature")
SIMPLE: Mapping[str, tuple[Kind, Form]] = {
    "text": (Kind.SHORT, Form.TEXT),
    "barcode": (Kind.SHORT, Form.TEXT),
    "integer": (Kind.NUMBER, Form.NUMBER),
    "decimal": (Kind.NUMBER, Form.NUMBER),
    "range": (Kind.SLIDER, Form.NUMBER),
    "date": (Kind.DATE, Form.DATE),
    "dateTime": (Kind.DATE, Form.DATE),
    "time": (Kind.TIME, Form.TIME),
    "note": (Kind.INFO, Form.SILENT),
    "acknowledge": (Kind.CONSENT, Form.TRUTH),
    "trigger": (Kind.CONSENT, Form.TRUTH),
    "calculate": (Kind.CALCULATED, Form.NUMBER),
    "hidden": (Kind.HIDDEN, Form.TEXT),
    "geopoint": (Kind.MAP, Form.PLACE),
    "geotrace": (Kind.MAP, Form.PLACE),
    "geoshape": (Kind.MAP, Form.PLACE),
    **dict.fromkeys(FILES, (Kind.FILE, Form.FILES)),
}
SHAPES = {"geopoint": Shape.POINT, "geotrace": Shape.LINE, "geoshape": Shape.AREA}
SELECTS = {"select one": Kind.SINGLE, "select all that apply": Kind.MULTIPLE, "rank": Kind.RANKING}


@dataclass
class Draft:
    """What one line of a form becomes."""

    name: str
    operand: Operand
    questions: list[Node]
    choice_filter: str = ""


def draft(node: Node, name: str, codes: Codes, languages: list[str], report: Report) -> Draft:
    """Write one line of a form; what nothing here is like is shown as text."""
    code, type_ = codes.give(name), str(node.get("type", ""))
    bind = node.get("bind") if isinstance(node.get("bind"), dict) else {}
    question: Node = {
        "code": code,
        "title": node.get("label"),
        "help": node.get("hint"),
        "conditions": [str(bind.get("relevant", ""))] if bind else [],
    }
    if type_ in SELECTS and isinstance(node.get("choices"), list):
        found = _select(node, question, name)
    elif type_ in SIMPLE:
        found = _simple(node, question, name, codes, languages)
    else:
        text = _("There is no question here like XLSForm's type “%(type)s”; its text is shown.")
        report.lost(name, text, type=type_)
        question["kind"] = Kind.INFO
        found = Draft(name, Operand(Form.SILENT, code), [question])
    if question["kind"] not in {Kind.INFO, Kind.CALCULATED, Kind.HIDDEN}:
        question["required"] = str((bind or {}).get("required", "")).lower() in {"yes", "true", "true()", "1"}
    _rules(question, bind or {})
    _notes(node, bind or {}, name, report)
    return found


def _appearance(node: Node) -> str:
    control = node.get("control")
    return str(control.get("appearance", "")) if isinstance(control, dict) else ""


def _select(node: Node, question: Node, name: str) -> Draft:
    kind = SELECTS[str(node["type"])]
    codes = Codes("a")
    options = []
    for choice in node["choices"]:
        if isinstance(choice, dict) and str(choice.get("name", "")) not in codes.ours:
            foreign = str(choice.get("name", ""))
            columns = {"name": foreign, **_columns(choice)}
            option = {"code": codes.give(foreign), "title": choice.get("label"), "columns": columns}
            options.append(option)
    numbers = _numbers(codes.ours)
    for option in options:
        if option["code"] in numbers:
            option["value"] = numbers[option["code"]]
    appearance = _appearance(node)
    likert = kind is Kind.SINGLE and "likert" in appearance
    if kind is Kind.SINGLE and any(word in appearance for word in ("minimal", "autocomplete", "search")):
        kind = Kind.DROPDOWN
    question |= {"kind": Kind.SCALE, "style": Style.LIKERT} if likert else {"kind": kind}
    question["options"] = options
    parameters = node.get("parameters")
    if isinstance(parameters, dict) and str(parameters.get("randomize", "")).lower() == "true":
        question["random"] = True
    single = kind in {Kind.SINGLE, Kind.DROPDOWN}
    labels = {str(option["code"]): _said(option["title"]) or str(option["code"]) for option in options}
    form = Form.CHOICE if single else Form.SET
    place = Operand(
        form, question["code"], codes=codes.ours, labels=labels, numbers=numbers if single else {}
    )
    if single and (default := codes.ours.get(str(node.get("default", "")))):
        question["default"] = default
    return Draft(name, place, [question], str(node.get("choice_filter") or ""))


def _columns(choice: Node) -> dict[str, str]:
    """Give the columns that a filter may name, wherever this version of pyxform keeps them."""
    extra = choice.get("extra_data")
    flat = {**choice, **(extra if isinstance(extra, dict) else {})}
    return {str(key): str(value) for key, value in flat.items() if isinstance(value, str | int | float)}


def _said(title: object) -> str:
    if isinstance(title, dict):
        title = next(iter(title.values()), "")
    return title if isinstance(title, str) else ""


def _numbers(codes: Mapping[str, str]) -> dict[str, float]:
    if codes and all(foreign.isdecimal() and len(foreign) < 10 for foreign in codes):
        return {ours: float(foreign) for foreign, ours in codes.items()}
    return {}


def _simple(node: Node, question: Node, name: str, codes: Codes, languages: list[str]) -> Draft:
    type_ = str(node["type"])
    kind, form = SIMPLE[type_]
    question["kind"] = Kind.LONG if type_ == "text" and "multiline" in _appearance(node) else kind
    found = Draft(name, Operand(form, question["code"]), [question])
    if type_ == "integer":
        question["step"] = 1.0
    if type_ == "range":
        _range(node, question)
    if kind is Kind.MAP:
        question["shapes"] = [SHAPES[type_]]
    if kind is Kind.FILE:
        question["max_answers"] = 1
    if kind is Kind.HIDDEN:
        question["parameter"] = question["code"]
    if kind is Kind.CALCULATED:
        question["expression"] = str((node.get("bind") or {}).get("calculate", ""))
    if type_ == "dateTime":
        second = {
            "code": codes.fresh(f"{name[:26]}_time"),
            "kind": Kind.TIME,
            "title": word("Time", languages),
        }
        found.questions.append(second | {"conditions": list(question["conditions"])})
    default = node.get("default")
    if (
        kind is Kind.SHORT
        and isinstance(default, str)
        and "(" not in default
        and "$" not in default
        and default
    ):
        question["default"] = default
    return found


def _range(node: Node, question: Node) -> None:
    parameters = node.get("parameters") if isinstance(node.get("parameters"), dict) else {}
    for theirs, ours, otherwise in (
        ("start", "minimum", 1.0),
        ("end", "maximum", 10.0),
        ("step", "step", 1.0),
    ):
        question[ours] = number(str((parameters or {}).get(theirs, otherwise)), otherwise)
    if question["step"] <= 0:
        question["step"] = 1.0


def _rules(question: Node, bind: Mapping[str, Any]) -> None:
    constraint = str(bind.get("constraint", "")).strip()
    if constraint:
        question["rules"] = [{"expression": constraint, "message": bind.get("jr:constraintMsg")}]


def _notes(node: Node, bind: Mapping[str, Any], name: str, report: Report) -> None:
    required = str(bind.get("required", "")).lower()
    if required and required not in {"yes", "true", "true()", "1", "no", "false", "false()", "0"}:
        report.lost(name, _("When the question has to be answered was not taken."))
    if str(bind.get("readonly", "")).lower() in {"yes", "true", "true()"} and node.get("type") not in {
        "note",
        "calculate",
    }:
        report.changed(name, _("The question could not be filled in; here it can."))
    default = str(node.get("default", ""))
    if "(" in default or "${" in default:
        report.lost(name, _("Answers that were filled in beforehand were not taken."))
    if bind.get("calculate") and node.get("type") not in {"calculate", "hidden"}:
        report.lost(name, _("Answers that were filled in beforehand were not taken."))
    if isinstance(node.get("media"), dict) and node["media"]:
        report.lost(name, _("Pictures, sounds or films in a text were not taken."))
