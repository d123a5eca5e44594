"""Looks at every expression of an imported survey as if an author had written it, and takes out what means nothing."""

from collections.abc import Iterator
from typing import Any

from baukasten.plugin import lazy
from baukasten_survey.definition.model import Definition
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.checking import check
from baukasten_survey.expressions.nodes import questions
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.problems import Unparsable
from baukasten_survey.expressions.types import Sort
from baukasten_survey.keys import Kind
from baukasten_survey.transfer.reports import Report

_ = lazy("survey")

WRONG = _("The expression “%(expression)s” means nothing here and was left out: %(why)s")
LATER = _("it asks about a question that only comes later")

Spot = tuple[str, int, dict[str, Any], str, Sort | None]
"""A question's code, its page, and the part of the description that holds an expression under a name."""


def settle(data: dict[str, Any], definition: Definition, report: Report) -> bool:
    """Take out of the description what is wrong in the definition that was read from it; True if something was."""
    types = types_of(definition)
    pages = definition.page_of
    changed = False
    for place, page, part, name, wanted in _spots(data):
        text = part[name]
        try:
            node = parse(text)
        except Unparsable as error:
            why: object = error
        else:
            errors = check(node, types, wanted, decide=False).errors
            later = any(pages.get(code, 0) > page for code in questions(node))
            why = errors[0] if errors else LATER if later else None
        if why is not None:
            report.lost(place, WRONG, expression=text, why=why)
            _remove(part, name)
            changed = True
    _drop_empty_rules(data)
    return changed


def _remove(part: dict[str, Any], name: str) -> None:
    part.pop(name)
    if part.get("kind") == Kind.CALCULATED:
        part["kind"] = Kind.INFO.value


def _spots(data: dict[str, Any]) -> Iterator[Spot]:
    for at, page in enumerate(data["pages"]):
        first = next((one["code"] for group in page["groups"] for one in group["questions"]), "")
        yield from _named(page, "relevance", first, at)
        for group in page["groups"]:
            yield from _named(group, "relevance", first, at)
            for question in group["questions"]:
                yield from _of_question(question, at)


def _of_question(question: dict[str, Any], at: int) -> Iterator[Spot]:
    code = question["code"]
    yield from _named(question, "relevance", code, at)
    yield from _named(question, "expression", code, at, None)
    for part in [*question.get("options", []), *question.get("rows", [])]:
        yield from _named(part, "relevance", code, at)
    for rule in question.get("rules", []):
        yield from _named(rule, "expression", code, at)


def _named(
    part: dict[str, Any], name: str, code: str, at: int, wanted: Sort | None = Sort.BOOLEAN
) -> Iterator[Spot]:
    if part.get(name):
        yield code, at, part, name, wanted


def _drop_empty_rules(data: dict[str, Any]) -> None:
    for page in data["pages"]:
        for group in page["groups"]:
            for question in group["questions"]:
                if "rules" in question:
                    question["rules"] = [rule for rule in question["rules"] if rule.get("expression")]
