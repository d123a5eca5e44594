"""The order of pages, groups and questions: what buttons of the editor do to a definition as JSON."""

import copy as copying
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from baukasten.sdk import NotFound
from baukasten_survey.keys import Kind, Shape, Style

Data = dict[str, Any]
NUMBERED = re.compile(r"(?P<stem>.*?)(?P<number>[0-9]{0,9})")
PAGE, GROUP, QUESTION = "page", "group", "question"
FIRST: dict[Kind, Data] = {
    Kind.SCALE: {"style": Style.LIKERT.value},
    Kind.SLIDER: {"minimum": 0, "maximum": 100},
    Kind.MAP: {"shapes": [Shape.POINT.value]},
}
"""What a new question of a kind begins with."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a part stands: in which list, at which place."""

    parts: list[Data]
    at: int

    @property
    def part(self) -> Data:
        """The part itself."""
        return self.parts[self.at]


def lists(data: Data, what: str) -> list[list[Data]]:
    """Give the lists that hold pages, groups or questions, in the order of the survey."""
    pages: list[Data] = data.setdefault("pages", [])
    if what == PAGE:
        return [pages]
    groups = [page.setdefault("groups", []) for page in pages]
    if what == GROUP:
        return groups
    return [group.setdefault("questions", []) for some in groups for group in some]


def find(data: Data, what: str, code: str) -> Spot:
    """Find a part by its code; raises NotFound."""
    for parts in lists(data, what):
        for at, part in enumerate(parts):
            if part["code"] == code:
                return Spot(parts, at)
    raise NotFound


def codes(data: Data, what: str) -> set[str]:
    """Give the codes that are taken among pages, groups or questions."""
    return {part["code"] for parts in lists(data, what) for part in parts}


def next_code(stem: str, taken: Iterable[str]) -> str:
    """Give a code that was never given: one above the highest number behind the same letters."""
    numbers = [int(code[len(stem) :]) for code in taken if re.fullmatch(rf"{stem}[0-9]{{1,9}}", code)]
    return f"{stem}{max(numbers, default=0) + 1}"


def add_page(data: Data, taken: Iterable[str] = ()) -> str:
    """Add a page with an empty group at the end; gives its code."""
    code = next_code("p", {*codes(data, PAGE), *taken})
    data.setdefault("pages", []).append({"code": code})
    add_group(data, code)
    return code


def add_group(data: Data, page: str) -> str:
    """Add an empty group at the end of a page; gives its code; raises NotFound."""
    code = next_code("g", codes(data, GROUP))
    find(data, PAGE, page).part.setdefault("groups", []).append({"code": code, "questions": []})
    return code


def add_question(data: Data, group: str, kind: Kind, taken: Iterable[str] = ()) -> str:
    """Add a question at the end of a group; gives its code. ``taken``: codes of before that mean something else."""
    made: Data = {"kind": kind.value, **copying.deepcopy(FIRST.get(kind, {}))}
    return insert(data, group, made, taken)


def insert(data: Data, group: str, question: Data, taken: Iterable[str] = ()) -> str:
    """Put a question of elsewhere at the end of a group, under a code of its own; gives that; raises NotFound."""
    used = {*codes(data, QUESTION), *taken}
    wanted = question.get("code", "")
    code = wanted if wanted and wanted not in used else next_code(_stem(wanted), used)
    find(data, GROUP, group).part.setdefault("questions", []).append({**question, "code": code})
    return code


def _stem(code: str) -> str:
    found = NUMBERED.fullmatch(code)
    stem = found["stem"] if found else ""
    return stem[:22] or "q"


def copy(data: Data, what: str, code: str, taken: Iterable[str] = ()) -> str:
    """Put a copy behind a part; all that is in it gets codes of its own. Gives the copy's code; raises NotFound.

    Conditions among the questions that were copied together keep meaning the originals.
    """
    spot = find(data, what, code)
    made = copying.deepcopy(spot.part)
    used = {
        kind: {*codes(data, kind), *(taken if kind == QUESTION else ())} for kind in (PAGE, GROUP, QUESTION)
    }
    for kind, part in _inside(what, made):
        part["code"] = next_code(_stem(part["code"]), used[kind])
        used[kind].add(part["code"])
    spot.parts.insert(spot.at + 1, made)
    return str(made["code"])


def _inside(what: str, part: Data) -> Iterator[tuple[str, Data]]:
    yield what, part
    below = {PAGE: ("groups", GROUP), GROUP: ("questions", QUESTION)}.get(what)
    if below:
        for one in part.get(below[0], []):
            yield from _inside(below[1], one)


def remove(data: Data, what: str, code: str) -> str:
    """Take a part out with all that is in it; raises NotFound."""
    spot = find(data, what, code)
    del spot.parts[spot.at]
    return ""


def move(data: Data, what: str, code: str, by: int) -> str:
    """Move a part one place up (-1) or down (1), across the border to the next group or page; raises NotFound."""
    spot = find(data, what, code)
    other = spot.at + by
    if 0 <= other < len(spot.parts):
        spot.parts[spot.at], spot.parts[other] = spot.parts[other], spot.parts[spot.at]
        return code
    around = lists(data, what)
    home = next(at for at, parts in enumerate(around) if parts is spot.parts)
    if 0 <= home + by < len(around):
        part = spot.parts.pop(spot.at)
        beside = around[home + by]
        beside.insert(len(beside) if by < 0 else 0, part)
    return code


def put(data: Data, code: str, group: str) -> str:
    """Move a question to the end of a group; raises NotFound."""
    target = find(data, GROUP, group).part.setdefault("questions", [])
    spot = find(data, QUESTION, code)
    target.append(spot.parts.pop(spot.at))
    return code


DEEDS: dict[str, Callable[[Data, str, str], str]] = {
    "up": lambda data, what, code: move(data, what, code, -1),
    "down": lambda data, what, code: move(data, what, code, 1),
    "delete": remove,
}
"""Buttons that need nothing but the part; each gives the code of the part to look at next."""
