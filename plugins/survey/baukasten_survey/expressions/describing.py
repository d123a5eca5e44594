"""Says an expression in words, for readers of a printed questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from baukasten.plugin import LazyText, lazy
from baukasten_survey.expressions.moments import write_time
from baukasten_survey.expressions.nodes import (
    Binary,
    Call,
    Clock,
    Codes,
    Day,
    Logic,
    Name,
    Node,
    Number,
    Text,
    Truth,
    Unary,
)
from baukasten_survey.expressions.writing import to_text, write_number

_ = lazy("survey")


@dataclass(frozen=True)
class Words:
    """What a name and its answers are called on paper."""

    label: str
    """Such as "question 7"."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Code to title."""


class _Unsayable(Exception):
    """There are no plain words for this part."""


_COMPARED: dict[str, LazyText] = {
    "==": _("%(question)s is “%(answer)s”"),
    "!=": _("%(question)s is not “%(answer)s”"),
    "<": _("%(question)s is less than %(answer)s"),
    "<=": _("%(question)s is at most %(answer)s"),
    ">": _("%(question)s is more than %(answer)s"),
    ">=": _("%(question)s is at least %(answer)s"),
}
_COUNTED: dict[str, LazyText] = {
    "==": _("exactly %(answer)s are ticked in %(question)s"),
    "<=": _("at most %(answer)s are ticked in %(question)s"),
    ">=": _("at least %(answer)s are ticked in %(question)s"),
}
_TICKED = _("“%(answer)s” is ticked in %(question)s")
_UNTICKED = _("“%(answer)s” is not ticked in %(question)s")
_BOTH = _("%(one)s and %(other)s")
_EITHER = _("%(one)s or %(other)s")
_AGREED = _("%(question)s is answered with yes")
_REFUSED = _("%(question)s is answered with no")
_ANSWERED = _("%(question)s is answered")
_UNANSWERED = _("%(question)s is not answered")
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def describe(node: Node, names: Mapping[str, Words]) -> str:
    """Say under which condition something is asked; the expression's own text where words would not be simple."""
    try:
        condition = _say(node, names)
    except _Unsayable:
        condition = to_text(node)
    return str(_("Only if %(condition)s")) % {"condition": condition}


def _say(node: Node, names: Mapping[str, Words]) -> str:
    match node:
        case Logic():
            said = _join(node, names)
        case Unary(operator="not", part=part):
            said = _say_not(part, names)
        case Name():
            said = str(_AGREED) % {"question": _words(node, names).label}
        case Call(function="answered", arguments=(Name() as name,)):
            said = str(_ANSWERED) % {"question": _words(name, names).label}
        case Binary(operator="in", left=Text() as code, right=Name() as name):
            said = _ticked(_TICKED, code, _words(name, names))
        case Call(function="contains", arguments=(Name() as name, Text() as code)):
            said = _ticked(_TICKED, code, _chosen(name, code, names))
        case Binary(operator="in", left=Name() as name, right=Codes() as codes):
            parts: tuple[Node, ...] = tuple(Binary("==", name, Text(code)) for code in codes.value)
            said = _say(parts[0] if len(parts) == 1 else Logic("or", parts), names)
        case Binary():
            said = _compare(node, names)
        case _:
            raise _Unsayable
    return said


def _join(node: Logic, names: Mapping[str, Words]) -> str:
    """Put conditions one after the other; those with an "and" or "or" of their own in brackets."""
    between = str(_BOTH if node.operator == "and" else _EITHER)
    said = [_say(part, names) for part in node.parts]
    said = [f"({text})" if _joins(part) else text for part, text in zip(node.parts, said, strict=True)]
    text = said[0]
    for other in said[1:]:
        text = between % {"one": text, "other": other}
    return text


def _joins(part: Node) -> bool:
    return isinstance(part, Logic) or (isinstance(part, Binary) and isinstance(part.right, Codes))


def _chosen(name: Name, code: Text, names: Mapping[str, Words]) -> Words:
    """Give the words of a question that has this code; else a part of a text is looked for."""
    words = _words(name, names)
    if code.value not in words.answers:
        raise _Unsayable
    return words


def _say_not(part: Node, names: Mapping[str, Words]) -> str:
    match part:
        case Call(function="answered", arguments=(Name() as name,)):
            return str(_UNANSWERED) % {"question": _words(name, names).label}
        case Binary(operator="in", left=Text() as code, right=Name() as name):
            return _ticked(_UNTICKED, code, _words(name, names))
        case Name():
            return str(_REFUSED) % {"question": _words(part, names).label}
        case Binary(operator=sign, left=left, right=right) if sign in _OPPOSITE:
            return _compare(Binary(_OPPOSITE[sign], left, right), names)
    raise _Unsayable


def _compare(node: Binary, names: Mapping[str, Words]) -> str:
    sign, left, right = node.operator, node.left, node.right
    if isinstance(right, Name | Call) and not isinstance(left, Name | Call):
        sign, left, right = _MIRRORED.get(sign, sign), right, left
    match left, right:
        case Name(), Truth() if sign in {"==", "!="}:
            return _say(left, names) if right.value is (sign == "==") else _say_not(left, names)
        case Name(), Number() | Text() | Day() | Clock() if sign in _COMPARED:
            words = _words(left, names)
            return str(_COMPARED[sign]) % {"question": words.label, "answer": _written(right, words)}
        case Call(function="count", arguments=(Name() as name,)), Number() if sign in _COUNTED:
            return str(_COUNTED[sign]) % {
                "question": _words(name, names).label,
                "answer": write_number(right.value),
            }
    raise _Unsayable


def _words(name: Name, names: Mapping[str, Words]) -> Words:
    if name.path not in names:
        raise _Unsayable
    return names[name.path]


def _ticked(sentence: LazyText, code: Text, words: Words) -> str:
    return str(sentence) % {"question": words.label, "answer": _written(code, words)}


def _written(literal: Number | Text | Day | Clock, words: Words) -> str:
    match literal:
        case Number():
            return write_number(literal.value)
        case Day():
            return f"{literal.value:%d.%m.%Y}"
        case Clock():
            return write_time(literal.value)
        case Text():
            return words.answers.get(literal.value, literal.value)
