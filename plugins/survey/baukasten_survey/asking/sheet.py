"""One page of a survey as its template shows it: blocks of questions, progress, what has to be mended."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from baukasten_survey.answers.checking import Fault, first_field
from baukasten_survey.answers.flow import Path, ShownPage, ShownQuestion
from baukasten_survey.asking import promises, timing
from baukasten_survey.asking.boxes import Filled, box
from baukasten_survey.asking.conditions import Condition
from baukasten_survey.asking.drafts import Work
from baukasten_survey.asking.fields import Box, field_id
from baukasten_survey.asking.promises import Promise
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.asking.shelf import Compiled, Facts
from baukasten_survey.definition.model import Group
from baukasten_survey.keys import Kind

__all__ = ["blocks", "field_id", "first_field", "numbers", "promise", "values"]


@dataclass(frozen=True, slots=True)
class Block:
    """A group of questions."""

    code: str
    title: str
    text: str
    boxes: Sequence[Box]
    when: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is."""

    number: int
    count: int
    title: str
    minutes: int
    steps: Sequence[str]
    """One word a page: done, now, or nothing."""
    last: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of the error summary."""

    number: int
    field: str
    text: str


def progress(compiled: Compiled, path: Path, shown: ShownPage, sayings: Sayings) -> Progress:
    """Tell how far somebody is and how long the rest takes."""
    rest = path.pages[shown.number - 1 :]
    steps = ["done"] * (shown.number - 1) + ["now"] + [""] * (len(rest) - 1)
    return Progress(
        shown.number,
        len(path.pages),
        sayings.line(shown.page.title),
        timing.minutes(compiled.seconds, rest),
        steps,
        len(rest) == 1,
    )


def blocks(
    compiled: Compiled, path: Path, shown: ShownPage, work: Work, faults: Sequence[Fault]
) -> list[Block]:
    """Draw the groups of a page; with those that the browser may bring up while somebody answers."""
    drawer = _Blocks(compiled, path, shown, Filled(work.answers, faults, compiled.pictures), work.language)
    return drawer.draw()


def wrong(made: Sequence[Block], faults: Sequence[Fault]) -> list[Wrong]:
    """List what has to be mended in the order of the page."""
    numbers = {one.code: one.number for block in made for one in block.boxes}
    order = list(numbers)
    sorted_faults = sorted(faults, key=lambda fault: order.index(fault.code) if fault.code in order else 0)
    return [Wrong(numbers.get(fault.code, 0), field_id(fault.field), fault.text) for fault in sorted_faults]


class _Blocks:
    def __init__(
        self, compiled: Compiled, path: Path, shown: ShownPage, filled: Filled, language: str
    ) -> None:
        self.shown, self.filled, self.sayings = shown, filled, Sayings(path, language)
        self.conditions = compiled.conditions.of_page(shown.page)
        self.number = _before(path, shown)

    def draw(self) -> list[Block]:
        """Draw what is shown in its order; what may appear stands where its author put it."""
        visible = {one.group.code: one for one in self.shown.groups}
        order = [one.group for one in self.shown.groups]
        for at, group in enumerate(self.shown.page.groups):
            if group.code not in visible and self._may_appear(group):
                order.insert(min(at, len(order)), group)
        return [self._block(group, group.code in visible) for group in order]

    def _may_appear(self, group: Group) -> bool:
        if f"group {group.code}" in self.conditions:
            return True
        # A group without visible questions is none; one of its questions may bring it up.
        return not group.relevance.strip() and any(
            f"question {one.code}" in self.conditions for one in group.questions
        )

    def _block(self, group: Group, visible: bool) -> Block:  # noqa: FBT001 - the one fact about it
        condition = self.conditions.get(f"group {group.code}")
        made = [self._box(one, counted=visible) for one in self._questions(group)]
        return Block(
            group.code,
            self.sayings.line(group.title),
            self.sayings.prose(group.text),
            made,
            _json(condition),
            hidden=not visible,
        )

    def _questions(self, group: Group) -> list[tuple[ShownQuestion, bool]]:
        """Give the questions of a group with whether each is shown now; what nobody can bring up is left out."""
        shown = next((one for one in self.shown.groups if one.group.code == group.code), None)
        found = [(one, True) for one in shown.questions] if shown else []
        there = {one.question.code for one, _shown in found}
        for at, question in enumerate(group.questions):
            latent = question.code not in there and question.kind not in {Kind.CALCULATED, Kind.HIDDEN}
            may = f"question {question.code}" in self.conditions or (
                not question.relevance.strip() and shown is None
            )
            if latent and may:
                drawn = ShownQuestion(question, question.options, question.rows)
                found.insert(min(at, len(found)), (drawn, shown is None and not question.relevance.strip()))
        return found

    def _box(self, one: tuple[ShownQuestion, bool], *, counted: bool) -> Box:
        drawn, visible = one
        made = box(drawn, self.filled, self.sayings)
        condition = self.conditions.get(f"question {made.code}")
        made.when, made.hidden = _json(condition), not visible
        if counted and visible and made.kind is not Kind.INFO:
            self.number += 1
            made.number = self.number
        return made


def _before(path: Path, shown: ShownPage) -> int:
    """Count the questions of the pages before."""
    pages = path.pages[: shown.number - 1]
    return sum(one.question.kind is not Kind.INFO for page in pages for one in page.questions)


def _json(condition: Condition | None) -> str:
    return "" if condition is None else json.dumps(condition.tree, ensure_ascii=False)


def numbers(path: Path) -> dict[str, int]:
    """Number the questions as the pages do."""
    codes = [
        one.question.code
        for page in path.pages
        for one in page.questions
        if one.question.kind is not Kind.INFO
    ]
    return {code: at + 1 for at, code in enumerate(codes)}


def values(
    compiled: Compiled, path: Path, shown: ShownPage, work: Work, faults: Sequence[Fault]
) -> dict[str, Any]:
    """Give all that the template of a page needs of the survey itself."""
    sayings = Sayings(path, work.language)
    made = blocks(compiled, path, shown, work, faults)
    definition = compiled.asked.definition
    return {
        "survey_title": sayings.line(definition.title),
        "text": sayings.prose(shown.page.text),
        "progress": progress(compiled, path, shown, sayings),
        "blocks": made,
        "wrong": wrong(made, [fault for fault in faults if not fault.soft]),
        "asked_again": wrong(made, [fault for fault in faults if fault.soft]),
        "facts": compiled.conditions.facts(shown.page, path.answers, path.today),
        "first_number": _before(path, shown) + 1,
    }


def promise(facts: Facts) -> Promise:
    """Give what is known of whoever answers, in plain words."""
    return promises.promise(facts.anonymity)
