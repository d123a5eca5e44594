"""The editor's form: from the fields of a page to blocks, and what its buttons do to their order."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from baukasten.sdk import Invalid, Letterhead, NotFound
from baukasten_newsletter.letters import blocks
from baukasten_newsletter.letters.blocks import BROKEN, LARGEST, MAX_BLOCKS, Block, Kind
from baukasten_newsletter.letters.service import Words

NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)
STEP = re.compile(r"(?P<verb>[a-z]+):(?:(?P<kind>[a-z]+)|(?P<at>[0-9]{1,3}))", re.ASCII)
PREFIX = "b"
ASKED = "topics-asked"
"""Comes with a page that lets topics be chosen; boxes that are not ticked send nothing."""


class Fields(Protocol):
    """What of a posted form is read."""

    def getlist(self, key: str, /) -> list[str]:
        """Give all values of a field."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the pressed button does besides saving."""

    verb: str = "save"
    kind: Kind | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with the form."""

    revision: int
    words: Words
    step: Step
    origin: Sequence[int | None]
    """Which number each block had on the page; nothing for a new one."""
    focus: int | None = None
    """Number of the block to which the page should scroll afterwards."""
    topics: frozenset[int] | None = None
    """To whose subscribers it goes; nothing where the page did not ask."""


def read(fields: Fields, head: Letterhead) -> Sent:
    """Read the form and do what its button says; raises Invalid for ``blocks`` for what no page of ours sends.

    What is no topic's number raises NotFound, like a topic of others.
    """
    count = _number(_first(fields, "count", "0"))
    if count > MAX_BLOCKS:
        raise Invalid({"blocks": blocks.TOO_MANY})
    parts = blocks.check([_raw(fields, at, head) for at in range(count)])
    step = step_of(_first(fields, "do", "save"))
    numbered: list[Numbered] = [*enumerate(parts)]
    numbered, focus = DEEDS.get(step.verb, _keep)(numbered, step)
    if len(numbered) > MAX_BLOCKS:
        raise Invalid({"blocks": blocks.TOO_MANY})
    words = Words(
        _first(fields, "subject", ""), _first(fields, "preheader", ""), [part for _at, part in numbered]
    )
    revision = _number(_first(fields, "revision", "0"))
    return Sent(revision, words, step, [at for at, _part in numbered], focus, _topics(fields))


def _topics(fields: Fields) -> frozenset[int] | None:
    if not _first(fields, ASKED):
        return None
    typed = fields.getlist("topics")
    if not all(NUMBER.fullmatch(one) for one in typed):
        raise NotFound
    return frozenset(int(one) for one in typed)


def step_of(text: str) -> Step:
    """Read the value of a button, such as ``add:text`` or ``up:3``; whatever is none saves."""
    found = STEP.fullmatch(text)
    if found is None:
        return Step()
    kind = Kind(found["kind"]) if found["kind"] in {one.value for one in Kind} else None
    return Step(found["verb"], kind, int(found["at"] or 0))


def field_name(at: int, name: str) -> str:
    """Give the name of a block's field on the page."""
    return f"{PREFIX}{at}-{name}"


def as_path(text: str, head: Letterhead) -> str:
    """Give what somebody pasted as a path of the site without language, question and anchor, if it is one."""
    path = text.strip()
    if path.startswith(f"{head.origin}/"):
        path = path.removeprefix(head.origin)
    if not path.startswith("/"):
        return path
    path = path.partition("#")[0].partition("?")[0]
    first, _slash, rest = path[1:].partition("/")
    return f"/{rest}" if first in head.town.languages else path


def _raw(fields: Fields, at: int, head: Letterhead) -> Mapping[str, Any]:
    kind = _first(fields, field_name(at, "kind"), "")
    if kind not in {one.value for one in Kind}:
        raise Invalid({"blocks": BROKEN})
    found: dict[str, Any] = {"kind": kind}
    for name in blocks.FIELDS[Kind(kind)]:
        text = _first(fields, field_name(at, name), "")
        found[name] = _typed(name, text, fields.getlist(field_name(at, name)))
    if kind in (Kind.TEASER, Kind.RESULT):
        found["path"] = as_path(_first(fields, field_name(at, "choice"), "") or str(found["path"]), head)
    return found


def _typed(name: str, text: str, all_values: Sequence[str]) -> Any:
    if name in ("media", "level"):
        return _number(text or ("2" if name == "level" else "0"))
    if name == "decoration":
        return bool(text)
    if name == "slugs":
        return [one for one in all_values if one]
    return text


def _first(fields: Fields, key: str, default: str = "") -> str:
    return next(iter(fields.getlist(key)), default)


def _number(text: str) -> int:
    if not NUMBER.fullmatch(text) or int(text) > LARGEST:
        raise Invalid({"blocks": BROKEN})
    return int(text)


Numbered = tuple[int | None, Block]
Done = tuple[list[Numbered], int | None]


def _keep(parts: list[Numbered], _step: Step) -> Done:
    return parts, None


def _add(parts: list[Numbered], step: Step) -> Done:
    if step.kind is None:
        return parts, None
    return [*parts, (None, Block(step.kind))], len(parts)


def _delete(parts: list[Numbered], step: Step) -> Done:
    rest = [part for at, part in enumerate(parts) if at != step.at]
    return rest, max(0, min(step.at, len(rest) - 1)) if rest else None


def _move(by: int) -> Callable[[list[Numbered], Step], Done]:
    def move(parts: list[Numbered], step: Step) -> Done:
        other = step.at + by
        if not (0 <= step.at < len(parts) and 0 <= other < len(parts)):
            return parts, None
        parts[step.at], parts[other] = parts[other], parts[step.at]
        return parts, other

    return move


DEEDS: Mapping[str, Callable[[list[Numbered], Step], Done]] = {
    "add": _add,
    "delete": _delete,
    "up": _move(-1),
    "down": _move(1),
}
