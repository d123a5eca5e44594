"""What was answered, as the values of an expression's names; twin of ``valuesOf`` in the browser."""

from collections.abc import Callable, Mapping
from typing import Any

from baukasten_survey.expressions.evaluation import clean
from baukasten_survey.expressions.moments import read_date, read_time
from baukasten_survey.expressions.types import MISSING, Sort, Type, Value
from baukasten_survey.keys import NO_ANSWER


def values_of(types: Mapping[str, Type], answers: Mapping[str, Any]) -> dict[str, Value]:
    """Give what each name holds; names with missing values are left out.

    A code's or set's number stands under ``q7.value``, for ``value(q7)``; whether somebody said aloud that they
    would not say, under ``q7._none`` where the types have that name. Else "_none" is missing, like what is empty.
    """
    values: dict[str, Value] = {}
    for name, kind in types.items():
        value = read_value(kind.sort, find(answers, name))
        if value is None:
            continue
        values[name] = value
        if kind.values:
            number = _worth(kind, value)
            if number is not None:
                values[f"{name}.value"] = number
    return values


def find(answers: Mapping[str, Any], name: str) -> Any:
    """Look up a name: as a key of its own, else in the rows and cells of its question."""
    if name in answers:
        return answers[name]
    first, *rest = name.split(".")
    found = answers.get(first)
    if rest == [NO_ANSWER]:
        return None if found is None else found == NO_ANSWER
    for part in rest:
        found = found.get(part) if isinstance(found, dict) else None
    return found


def read_value(sort: Sort, stored: Any) -> Value:
    """Read one stored answer as a value of this sort; whatever is none of it is missing."""
    if stored is None or stored == NO_ANSWER:
        return MISSING
    if sort is Sort.SET:
        return _codes(stored)
    if isinstance(stored, str):
        return _READERS[sort](stored) if stored and sort in _READERS else MISSING
    if sort is Sort.BOOLEAN:
        return stored if isinstance(stored, bool) else MISSING
    return clean(stored) if sort is Sort.NUMBER and not isinstance(stored, bool) else MISSING


_READERS: dict[Sort, Callable[[str], Value]] = {Sort.TEXT: str, Sort.DATE: read_date, Sort.TIME: read_time}


def _codes(stored: Any) -> Value:
    """Give the codes of several choices, the ids of files, or the numbers of what was drawn."""
    if isinstance(stored, dict):
        shapes = stored.get("shapes")
        stored = [str(index) for index in range(len(shapes))] if isinstance(shapes, list) else []
    if not isinstance(stored, list) or not stored:
        return MISSING
    return tuple(_code(item) for item in stored)


def _code(item: Any) -> str:
    found = item.get("id") if isinstance(item, dict) else item
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return found if isinstance(found, str) else ""


def _worth(kind: Type, value: Value) -> Value:
    numbers = dict(kind.values)
    chosen = value if isinstance(value, tuple) else (value,)
    result = MISSING
    for code in chosen:
        if isinstance(code, str) and code in numbers:
            result = numbers[code] + (0.0 if result is None else result)
    return result if result is None else clean(result)
