"""Conditions that the browser can follow on a page by itself, as JSON trees; the server's answer counts."""

import datetime as dt
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from baukasten_survey.answers.values import other_name
from baukasten_survey.definition.model import Definition, Page
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.json import to_json
from baukasten_survey.expressions.nodes import references
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.types import types_to_json
from baukasten_survey.keys import Kind


@dataclass(frozen=True, slots=True)
class Condition:
    """When a group or a question is shown."""

    tree: Any
    codes: frozenset[str]
    """Questions that it looks at."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a version, by ``group g1`` and ``question q7``."""

    by_key: Mapping[str, Condition]
    types: Mapping[str, Any]

    def of_page(self, page: Page) -> dict[str, Condition]:
        """Give those that answers of this very page decide about; the others stand as long as the page does."""
        here = {question.code for question in page.questions}
        keys = [f"group {group.code}" for group in page.groups] + [f"question {code}" for code in here]
        return {key: one for key in keys if (one := self.by_key.get(key)) and one.codes & here}

    def facts(self, page: Page, answers: Mapping[str, Any], today: dt.date) -> str:
        """Give as JSON what the browser has to know beside the page: earlier answers, and what each name may hold."""
        here = {question.code for question in page.questions}
        wanted = {code for one in self.of_page(page).values() for code in one.codes}
        names = {name: one for name, one in self.types.items() if name.partition(".")[0] in wanted}
        before = {
            name: answers[name]
            for code in wanted - here
            for name in (code, other_name(code))
            if name in answers
        }
        return json.dumps({"today": today.isoformat(), "types": names, "answers": before}, ensure_ascii=False)


def conditions_of(definition: Definition) -> Conditions:
    """Read the conditions of a version whose expressions are known to be readable.

    Those that look at calculated values are left to the server.
    """
    calculated = {code for code, one in definition.questions.items() if one.kind is Kind.CALCULATED}
    found: dict[str, Condition] = {}
    for page in definition.pages:
        for group in page.groups:
            _add(found, f"group {group.code}", group.relevance, calculated)
            for question in group.questions:
                _add(found, f"question {question.code}", question.relevance, calculated)
    return Conditions(found, types_to_json(types_of(definition)) if found else {})


def _add(found: dict[str, Condition], key: str, relevance: str, calculated: Collection[str]) -> None:
    if not relevance.strip():
        return
    node = parse(relevance)
    codes = frozenset(name.partition(".")[0] for name in references(node))
    if codes.isdisjoint(calculated):
        found[key] = Condition(to_json(node), codes)
