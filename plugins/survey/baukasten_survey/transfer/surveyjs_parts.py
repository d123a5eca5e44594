"""One element of a SurveyJS description, and the options in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from baukasten_survey.keys import OTHER
from baukasten_survey.transfer.coding import Codes
from baukasten_survey.transfer.operands import Operand

Question = dict[str, Any]


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


def dicts_of(value: object) -> list[dict[str, Any]]:
    """Give the parts of a list that have parts themselves; of anything else nothing."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def choices_of(value: object) -> list[dict[str, Any]]:
    """Give options as value and text, however short they were written."""
    found = []
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict) and "value" in one:
            found.append(one)
        elif isinstance(one, str | int | float):
            found.append({"value": one})
    return found


def value_of(value: object) -> str:
    """Give an option's value as conditions write it."""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def options_of(
    choices: list[dict[str, Any]], first: str = "a"
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Give codes of ours by values, and the options."""
    codes, options = Codes(first), []
    codes.taken |= {OTHER}
    for one in choices:
        value = value_of(one["value"])
        if value in codes.ours:
            continue
        option = {
            "code": codes.give(value),
            "title": one.get("text", value),
            "conditions": [one.get("visibleIf")],
        }
        options.append(option)
    return codes.ours, options


def numbers_of(codes: Mapping[str, str]) -> dict[str, float]:
    """Options that are numbers count as such."""
    try:
        return {ours: float(value) for value, ours in codes.items()}
    except ValueError:
        return {}
