"""LimeSurvey's functions of moments, written with days: what lies within a day is not counted here."""

import datetime as dt

from baukasten_survey.expressions.moments import read_date
from baukasten_survey.expressions.types import Sort
from baukasten_survey.transfer.foreign import Node, Number, Untranslatable, Words
from baukasten_survey.transfer.lowering import Function, Lowering
from baukasten_survey.transfer.pieces import Piece

TODAY = Piece("today()", Sort.DATE, certain=True)
PARTS = {"Y": "year", "n": "month", "m": "month", "j": "day", "d": "day", "N": "weekday"}
WHOLE = frozenset({"y-m-d", "y-m-d h:i", "y-m-d h:i:s", "d.m.y", "d/m/y"})
NOW = frozenset({"now", "today", ""})


def _date(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """A part of a day, or the day itself; without a moment, of today: ``date("Y", strtotime(born))``."""
    if not parts or len(parts) > 2 or not isinstance(parts[0], Words):
        raise Untranslatable("date()")
    moment = _moment(low, parts[1]) if len(parts) == 2 else TODAY
    wanted = parts[0].value
    if wanted in PARTS:
        return Piece(f"{PARTS[wanted]}({moment.text})", Sort.NUMBER, certain=moment.certain)
    if wanted.lower() in WHOLE:
        return moment
    raise Untranslatable("date()")


def _moment(low: Lowering, node: Node) -> Piece:
    """Read what is a day, whether it was answered, written out or calculated."""
    if isinstance(node, Words):
        day = read_date(node.value.strip()[:10])
        if day is not None:
            return Piece(f'date("{day.isoformat()}")', Sort.DATE, certain=True)
        if node.value.strip().lower() in NOW:
            return TODAY
        raise Untranslatable(node.value[:40])
    found = low.value(node)
    if found.sort is not Sort.DATE:
        raise Untranslatable(found.text[:60])
    return found


def _strtotime(low: Lowering, parts: tuple[Node, ...]) -> Piece:
    if len(parts) != 1:
        raise Untranslatable("strtotime()")
    return _moment(low, parts[0])


def _mktime(_low: Lowering, parts: tuple[Node, ...]) -> Piece:
    """``mktime(0, 0, 0, month, day, year)``, as far as it is written out."""
    numbers = [int(one.value) for one in parts if isinstance(one, Number)]
    if len(numbers) != len(parts) or len(parts) not in {0, 6}:
        raise Untranslatable("mktime()")
    if not parts:
        return TODAY
    try:
        day = dt.date(numbers[5], numbers[3], numbers[4])
    except ValueError as error:
        raise Untranslatable("mktime()") from error
    return Piece(f'date("{day.isoformat()}")', Sort.DATE, certain=True)


def _today(_low: Lowering, parts: tuple[Node, ...]) -> Piece:
    if parts:
        raise Untranslatable("time()")
    return TODAY


MOMENTS: dict[str, Function] = {
    "date": _date,
    "gmdate": _date,
    "idate": _date,
    "strtotime": _strtotime,
    "mktime": _mktime,
    "time": _today,
    "today": _today,
}
