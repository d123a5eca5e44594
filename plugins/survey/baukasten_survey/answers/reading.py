"""From what a form sent to answers: each kind in its own way, nothing lost that cannot be read."""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baukasten_survey.answers.flow import ShownPage, ShownQuestion
from baukasten_survey.answers.geometry import is_drawn
from baukasten_survey.answers.values import other_name
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Question
from baukasten_survey.keys import NO_ANSWER, OTHER, Kind, Shape, Style

Sent = Mapping[str, Sequence[str]]
"""Values by the names of fields, as forms send them."""
LONGEST = 20_000
"""Signs that one field may hold, whatever the question says."""
SHAPES = frozenset(Shape)
NUMBER = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+(,\d+)?|\d{1,3}(,\d{3})+\.\d+|\d+([.,]\d+)?|[.,]\d+)")
GERMAN_DAY = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
TIME = re.compile(r"(\d{1,2})[:.](\d{2})(:\d{2})?(\s*Uhr)?")


@dataclass(frozen=True, slots=True)
class Unread:
    """What somebody wrote where something else was wanted; the field shows it again."""

    text: str


def read_page(shown: ShownPage, form: Sent) -> dict[str, Any]:
    """Read the answers of a page's questions; what was left empty is not there.

    Codes that a question does not show are ignored: no page offers them. Files are read by whoever takes uploads.
    """
    found: dict[str, Any] = {}
    for one in shown.questions:
        found.update(read_question(one, form))
    return found


def read_question(shown: ShownQuestion, form: Sent) -> dict[str, Any]:
    """Read one question's answer, and the words beside "other"."""
    question = shown.question
    if question.no_answer and (
        _first(form, f"{question.code}.none") or _first(form, question.code) == NO_ANSWER
    ):
        return {question.code: NO_ANSWER}
    value = _reader(question)(shown, form)
    if value is None or value in ({}, []):
        return {}
    found = {question.code: value}
    words = _words(_first(form, other_name(question.code)))
    if (
        question.other is not None
        and words
        and (value == OTHER or (isinstance(value, list) and OTHER in value))
    ):
        found[other_name(question.code)] = words
    return found


def _reader(question: Question) -> Callable[[ShownQuestion, Sent], Any]:
    if question.kind is Kind.SCALE:
        return _SCALES[question.style or Style.LIKERT]
    if kinds.takes_many(question):
        return _many
    return _READERS.get(question.kind, _nothing)


def _first(form: Sent, name: str) -> str:
    values = form.get(name) or ()
    return values[0].strip() if values else ""


def _words(text: str) -> str:
    """Give what can be stored: PostgreSQL knows no NUL, and lone surrogates are no text."""
    clean = text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    return clean.replace("\r\n", "\n")[:LONGEST].strip()


def _nothing(_shown: ShownQuestion, _form: Sent) -> Any:
    return None


def _codes(shown: ShownQuestion) -> list[str]:
    return [option.code for option in shown.options] + ([OTHER] if shown.question.other is not None else [])


def _one(shown: ShownQuestion, form: Sent) -> Any:
    chosen = _first(form, shown.question.code)
    return chosen if chosen in _codes(shown) else None


def _many(shown: ShownQuestion, form: Sent) -> Any:
    chosen = set(form.get(shown.question.code) or ())
    order = [option.code for option in shown.question.options if option in shown.options] + [OTHER]
    offered = set(_codes(shown))
    return [code for code in order if code in chosen and code in offered]


def _truth(shown: ShownQuestion, form: Sent) -> Any:
    return {"yes": True, "on": True, "no": False}.get(_first(form, shown.question.code))


def _text(shown: ShownQuestion, form: Sent) -> Any:
    words = _words(_first(form, shown.question.code))
    if shown.question.kind is not Kind.LONG:
        words = " ".join(words.split())
    return words or None


def _number(shown: ShownQuestion, form: Sent) -> Any:
    return number(_first(form, shown.question.code))


def number(text: str) -> float | Unread | None:
    """Read a number as Germans or the English write it; ``1.500`` is German and means fifteen hundred."""
    compact = "".join(text.split())
    if not compact:
        return None
    if len(compact) > 40 or not NUMBER.fullmatch(compact):
        return Unread(_words(text))
    plain = _plain_number(compact)
    value = float(plain)
    if not math.isfinite(value):
        return Unread(_words(text))
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _plain_number(text: str) -> str:
    comma, dot = text.rfind(","), text.rfind(".")
    if comma > dot:
        return text.replace(".", "").replace(",", ".")
    if comma >= 0:
        return text.replace(",", "")
    grouped = re.fullmatch(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", text)
    return text.replace(".", "") if grouped else text


def _day(shown: ShownQuestion, form: Sent) -> Any:
    text = _first(form, shown.question.code)
    if not text:
        return None
    if found := ISO_DAY.fullmatch(text):
        year, month, day = found.groups()
    elif found := GERMAN_DAY.fullmatch(text):
        day, month, year = found.groups()
    else:
        return Unread(_words(text))
    return f"{int(year):04}-{int(month):02}-{int(day):02}"


def _time(shown: ShownQuestion, form: Sent) -> Any:
    text = _first(form, shown.question.code)
    if not text:
        return None
    found = TIME.fullmatch(text)
    return f"{int(found[1]):02}:{int(found[2]):02}" if found else Unread(_words(text))


def _differential(shown: ShownQuestion, form: Sent) -> Any:
    return _by_row(shown, form, number)


def _by_row(shown: ShownQuestion, form: Sent, read: Callable[[str], Any]) -> dict[str, Any]:
    named = ((row.code, read(_first(form, f"{shown.question.code}.{row.code}"))) for row in shown.rows)
    return {row: value for row, value in named if value is not None}


def _matrix_single(shown: ShownQuestion, form: Sent) -> Any:
    offered = {*_codes(shown), NO_ANSWER} if shown.question.no_answer else set(_codes(shown))
    return _by_row(shown, form, lambda text: text if text in offered else None)


def _matrix_multiple(shown: ShownQuestion, form: Sent) -> Any:
    found = {}
    for row in shown.rows:
        chosen = set(form.get(f"{shown.question.code}.{row.code}") or ())
        if cell := [option.code for option in shown.options if option.code in chosen]:
            found[row.code] = cell
    return found


def _matrix_cells(read: Callable[[str], Any]) -> Callable[[ShownQuestion, Sent], Any]:
    def cells(shown: ShownQuestion, form: Sent) -> Any:
        found: dict[str, dict[str, Any]] = {}
        for row in shown.rows:
            for option in shown.options:
                value = read(_first(form, f"{shown.question.code}.{row.code}.{option.code}"))
                if value is not None:
                    found.setdefault(row.code, {})[option.code] = value
        return found

    return cells


def _ranking(shown: ShownQuestion, form: Sent) -> Any:
    """Read ranks by option: ties and gaps are no order, so they come back as they were sent."""
    ranks = {
        one.code: text for one in shown.options if (text := _first(form, f"{shown.question.code}.{one.code}"))
    }
    if not ranks:
        return None
    if all(text.isascii() and text.isdigit() and len(text) <= 3 for text in ranks.values()):
        order = sorted(ranks, key=lambda code: int(ranks[code]))
        if [int(ranks[code]) for code in order] == list(range(1, len(order) + 1)):
            return order
    return Unread(json.dumps(ranks, ensure_ascii=False)[:LONGEST])


def _map(shown: ShownQuestion, form: Sent) -> Any:
    code = shown.question.code
    drawn, words = _first(form, f"{code}.shapes"), _words(_first(form, f"{code}.text"))
    if not drawn and not words:
        return None
    try:
        shapes = json.loads(drawn) if drawn else []
    except (ValueError, RecursionError):
        return Unread(_words(drawn))
    # JSON nests as deep as it likes and holds halves of signs; only geometries go on from here.
    if not isinstance(shapes, list) or not all(is_drawn(one, SHAPES) for one in shapes):
        return Unread(_words(drawn))
    return {"shapes": shapes, "text": words} if shapes or words else None


_SCALES: Mapping[Style, Callable[[ShownQuestion, Sent], Any]] = {
    Style.LIKERT: _one,
    Style.NPS: _number,
    Style.DIFFERENTIAL: _differential,
}
_READERS: Mapping[Kind, Callable[[ShownQuestion, Sent], Any]] = {
    **dict.fromkeys((Kind.SINGLE, Kind.DROPDOWN, Kind.IMAGE), _one),
    **dict.fromkeys((Kind.YES_NO, Kind.CONSENT), _truth),
    **dict.fromkeys((Kind.SHORT, Kind.LONG, Kind.EMAIL, Kind.PHONE, Kind.POSTCODE), _text),
    **dict.fromkeys((Kind.NUMBER, Kind.SLIDER), _number),
    Kind.DATE: _day,
    Kind.TIME: _time,
    Kind.MATRIX_SINGLE: _matrix_single,
    Kind.MATRIX_MULTIPLE: _matrix_multiple,
    Kind.MATRIX_NUMBER: _matrix_cells(number),
    Kind.MATRIX_TEXT: _matrix_cells(lambda text: _words(text) or None),
    Kind.RANKING: _ranking,
    Kind.MAP: _map,
}
