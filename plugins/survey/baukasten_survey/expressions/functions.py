"""What the functions of the language do; the browser's twin in ``static/expressions.js`` does the same."""

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from baukasten_survey.expressions.moments import write_time
from baukasten_survey.expressions.types import MISSING, Value

MAX_TEXT = 10_000
"""Characters that a calculated text may have, so that joining again and again ends."""
MAX_POWER = 64
EXACT = 2.0**53
"""From here on doubles have no halves to round."""
_SPACES = " \t\n\v\f\r\xa0"
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,15})?")


def finite(number: float) -> float | None:
    """Give a number, or missing where there is none; minus nought is nought."""
    return number + 0.0 if number - number == 0.0 else MISSING


def _rounded(number: float, digits: float = 0.0) -> float | None:
    """Round half away from zero, the number as the computer holds it: 1.005 is a little less than it looks."""
    if digits not in _POWERS:
        return MISSING
    scaled = abs(number) * _POWERS[digits]
    if scaled >= EXACT:
        return number
    whole = math.floor(scaled)
    result = (whole + 1 if scaled - whole >= 0.5 else whole) / _POWERS[digits]
    return finite(-result if number < 0 else result)


_POWERS = {float(digits): float(10**digits) for digits in range(10)}


def _power(base: float, exponent: float) -> float | None:
    """Multiply again and again, since only that gives the same everywhere."""
    if exponent != math.floor(exponent) or not 0 <= exponent <= MAX_POWER:
        return MISSING
    result = 1.0
    for _round in range(int(exponent)):
        result *= base
    return finite(result)


def _whole(function: Callable[[float], int]) -> Callable[[float], float | None]:
    return lambda number: finite(float(function(number)))


def _number(text: str) -> float | None:
    """Read a number with a point or a comma."""
    trimmed = text.strip(_SPACES)
    return float(trimmed.replace(",", ".")) + 0.0 if _NUMBER.fullmatch(trimmed) else MISSING


def _text(value: float | dt.date | dt.time) -> str | None:
    """Write a value; numbers that would need an exponent give missing."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return write_time(value)
    if value == 0:
        return "0"
    return repr(value).removesuffix(".0") if 1e-4 <= abs(value) < 1e15 else MISSING


def _lowered(sign: str) -> str:
    """Lower Latin, Greek, Cyrillic and Armenian letters one by one; of others browsers know different versions."""
    code = ord(sign)
    lower = sign.lower() if code < 0x590 or 0x1E00 <= code < 0x2000 else sign
    return lower if len(lower) == 1 else sign


def _part(text: str, start: float, length: float = float(MAX_TEXT)) -> str | None:
    """Give a stretch that begins at the 1st, 2nd … character."""
    if start != math.floor(start) or length != math.floor(length) or start < 1 or length < 0:
        return MISSING
    return text[int(start) - 1 : int(start) - 1 + int(length)] if start <= MAX_TEXT else ""


def _at(codes: tuple[str, ...], place: float) -> str | None:
    """Give what stands 1st, 2nd … of several choices; of a ranking, what came first."""
    return codes[int(place) - 1] if place == math.floor(place) and 1 <= place <= len(codes) else MISSING


def _contains(whole: str | tuple[str, ...], part: str) -> bool:
    return part in whole


def _seconds(moment: dt.time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


STRICT: dict[str, Callable[..., Value]] = {
    "round": _rounded,
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "trunc": _whole(math.trunc),
    "abs": abs,
    "sqrt": lambda number: math.sqrt(number) if number >= 0 else MISSING,
    "power": _power,
    "mod": lambda left, right: finite(math.fmod(left, right)) if right else MISSING,
    "number": _number,
    "text": _text,
    "length": lambda text: float(len(text)),
    "trim": lambda text: text.strip(_SPACES),
    "lower": lambda text: "".join(map(_lowered, text)),
    "part": _part,
    "contains": _contains,
    "starts": str.startswith,
    "at": _at,
    "days": lambda start, end: float((end - start).days),
    "minutes": lambda start, end: (_seconds(end) - _seconds(start)) / 60,
    "year": lambda day: float(day.year),
    "month": lambda day: float(day.month),
    "day": lambda day: float(day.day),
    "weekday": lambda day: float(day.isoweekday()),
}
"""Functions that need all their values: where one is missing, so is the result. Monday is weekday 1."""


def age(birth: dt.date, today: dt.date) -> float | None:
    """Give completed years; who was born on 29 February completes one with 28 February (§ 188 BGB)."""
    years = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return float(years) if years >= 0 else MISSING


def count(values: list[Value]) -> Value:
    """Count what was given: codes of several choices each, anything else as one."""
    return float(sum(len(value) if type(value) is tuple else value is not None for value in values))


def total(values: list[Value]) -> Value:
    """Add the numbers that are there; missing where there is none."""
    numbers = [value for value in values if type(value) is float]
    result = 0.0
    for number in numbers:
        result += number
    return finite(result) if numbers else MISSING


def mean(values: list[Value]) -> Value:
    """Divide the sum of the numbers that are there by their number."""
    added = total(values)
    numbers = sum(type(value) is float for value in values)
    return added / numbers if isinstance(added, float) else MISSING


def _extreme(choose: Callable[..., Any]) -> Callable[[list[Value]], Value]:
    def run(values: list[Value]) -> Value:
        there = [value for value in values if value is not None]
        kinds = {type(value) for value in there}
        if len(kinds) != 1 or not kinds <= {float, dt.date, dt.time}:
            return MISSING
        chosen: Value = choose(there)
        return chosen

    return run


def joined(values: list[Value]) -> Value:
    """Put the texts that are there one after the other."""
    texts = [value for value in values if type(value) is str]
    text = "".join(texts)
    return text if texts and len(text) <= MAX_TEXT else MISSING


GATHERING: dict[str, Callable[[list[Value]], Value]] = {
    "answered": lambda values: values[0] is not None,
    "count": count,
    "sum": total,
    "mean": mean,
    "min": _extreme(min),
    "max": _extreme(max),
    "join": joined,
}
"""Functions that take what is there and pass over what is missing."""
