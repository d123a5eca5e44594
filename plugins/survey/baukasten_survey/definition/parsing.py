"""From JSON to a definition and back: every mistake is named with its place, and nothing unknown is let in."""

import dataclasses
import math
import re
import types
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

from baukasten.plugin import lazy
from baukasten.sdk import Invalid
from baukasten_survey.definition.model import Definition, Group, Option, Page, Question, Row, Rule

_ = lazy("survey")

CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,31}")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
LONGEST_TEXT, LONGEST_EXPRESSION = 20_000, 4_000
MOST_PROBLEMS = 100
DEEPEST_DEFAULT = 2
"""Rows and columns of what is filled in beforehand."""
MOST_PAGES, MOST_QUESTIONS, MOST_OPTIONS, MOST_LANGUAGES = 100, 500, 500, 20
TEXTS = frozenset(
    {"title", "help", "text", "intro", "outro", "message", "alt", "unit", "low", "high", "other"}
)
LISTS: Mapping[str, type] = {
    "pages": Page,
    "groups": Group,
    "questions": Question,
    "options": Option,
    "rows": Row,
    "rules": Rule,
}
LARGEST = 9_007_199_254_740_991
"""Numbers beyond are not exact in a browser."""


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One mistake and where it is, such as ``pages/0/groups/0/questions/2/code``."""

    place: str
    text: str


class Malformed(Invalid):
    """A description that is none; names everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        errors = {one.place: one.text for one in self.problems}
        super().__init__(errors, _("This survey cannot be read."))


def parse(data: Any) -> Definition:
    """Read a definition; raises Malformed with every problem."""
    reader = _Reader()
    found: Definition | None = reader.object(data, Definition, "")
    if found is not None:
        reader.check(found)
    if reader.problems or found is None:
        raise Malformed(reader.problems)
    return found


def dump(definition: Definition) -> dict[str, Any]:
    """Write a definition as JSON, without what has its first value anyway; ``parse`` gives it back equal."""
    found: dict[str, Any] = _dumped(definition)
    return found


def _dumped(value: Any) -> Any:
    if not dataclasses.is_dataclass(value):
        return [_dumped(one) for one in value] if isinstance(value, tuple) else _plain(value)
    found = {}
    for known in dataclasses.fields(value):
        here = getattr(value, known.name)
        if here != _first(known):
            found[known.name] = _dumped(here)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return dict(value) if isinstance(value, Mapping) else value


def _first(known: "dataclasses.Field[Any]") -> Any:
    """Give what a field is born with; nothing equals what a field without that gives."""
    return known.default_factory() if known.default_factory is not dataclasses.MISSING else known.default


class _Reader:
    """Reads one description and remembers what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, place: str, text: str, **values: object) -> None:
        """Remember a mistake; after a hundred nobody reads on."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(place or "/", str(text) % values if values else str(text)))

    def object(self, data: Any, kind: type, place: str) -> Any:
        """Read the fields of one dataclass; None where something is wrong."""
        if not isinstance(data, Mapping):
            self.wrong(place, _("Here belongs a description with named parts."))
            return None
        before = len(self.problems)
        known = {one.name: one for one in dataclasses.fields(kind)}
        for name in data:
            if name not in known:
                self.wrong(_below(place, str(name)), _("There is no such part."))
        hints = get_type_hints(kind)
        values = {}
        for name, one in known.items():
            if name in data:
                values[name] = self.value(data[name], hints[name], name, _below(place, name))
            elif one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING:
                self.wrong(_below(place, name), _("This part is missing."))
        return kind(**values) if len(self.problems) == before else None

    def value(self, data: Any, hint: Any, name: str, place: str) -> Any:
        """Read one field by what its type says."""
        if name in LISTS:
            return self.list(data, place, lambda one, at: self.object(one, LISTS[name], at))
        if get_origin(hint) in {types.UnionType, Union}:
            if data is None:
                return None
            first, *_rest = (one for one in get_args(hint) if one is not type(None))
            return self.anything(data, place) if name == "default" else self.value(data, first, name, place)
        if name in TEXTS:
            return self.text(data, place)
        if get_origin(hint) is tuple:
            inner = get_args(hint)[0]
            return self.list(data, place, lambda one, at: self.single(one, inner, at, name))
        return self.single(data, hint, place, name)

    def list(self, data: Any, place: str, read: Callable[[Any, str], Any]) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            self.wrong(place, _("Here belongs a list."))
            return ()
        if len(data) > MOST_OPTIONS:
            self.wrong(place, _("These are too many; %(most)s are possible."), most=MOST_OPTIONS)
            return ()
        return tuple(read(one, _below(place, str(at))) for at, one in enumerate(data))

    def text(self, data: Any, place: str) -> dict[str, str]:
        if not isinstance(data, Mapping) or not all(
            isinstance(tag, str) and isinstance(words, str) for tag, words in data.items()
        ):
            self.wrong(place, _("Here belong words by language."))
            return {}
        for tag, words in data.items():
            if not LANGUAGE.fullmatch(tag):
                self.wrong(_below(place, tag), _("This is no language."))
            self.words(words, _below(place, tag), LONGEST_TEXT)
        return {tag: words for tag, words in data.items() if words}

    def words(self, data: str, place: str, longest: int) -> str:
        if len(data) > longest:
            self.wrong(place, _("This is longer than %(longest)s signs."), longest=longest)
        if "\0" in data or any("\ud800" <= sign <= "\udfff" for sign in data):
            self.wrong(place, _("This holds signs that nobody can read."))
        return data

    def anything(self, data: Any, place: str, deep: int = 0) -> Any:
        """Read what is filled in beforehand: a value, a list of codes, or those by row and column."""
        if isinstance(data, bool | str):
            return data if isinstance(data, bool) else self.words(data, place, LONGEST_TEXT)
        if isinstance(data, list | tuple):
            return self.list(data, place, lambda one, at: self.word(one, at, "default"))
        if isinstance(data, Mapping) and deep < DEEPEST_DEFAULT and len(data) <= MOST_OPTIONS:
            return {
                self.word(key, place, "default"): self.anything(one, place, deep + 1)
                for key, one in data.items()
            }
        return self.number(data, place)

    def number(self, data: Any, place: str) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.wrong(place, _("Here belongs a number."))
            return 0
        if abs(data) > LARGEST or not math.isfinite(data):
            self.wrong(place, _("This number is too large."))
            return 0
        return data

    def single(self, data: Any, hint: Any, place: str, name: str) -> Any:
        """Read a word, a number, yes or no, or a member of a closed list."""
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            return self.member(data, hint, place)
        if hint is float:
            return self.number(data, place)
        if hint is str:
            return self.word(data, place, name)
        fits = isinstance(data, bool) if hint is bool else _is_count(data)
        if not fits:
            self.wrong(
                place, _("Here belongs yes or no.") if hint is bool else _("Here belongs a whole number.")
            )
        return data

    def member(self, data: Any, closed: type[StrEnum], place: str) -> StrEnum:
        if isinstance(data, str) and data in set(closed):
            return closed(data)
        self.wrong(place, _("This is not among what is possible."))
        return next(iter(closed))

    def word(self, data: Any, place: str, name: str) -> str:
        if not isinstance(data, str):
            self.wrong(place, _("Here belong words."))
            return ""
        if name == "code" and not CODE.fullmatch(data):
            self.wrong(
                place, _("A code begins with a letter and has up to 32 letters, digits and underscores.")
            )
        if name == "languages" and not LANGUAGE.fullmatch(data):
            self.wrong(place, _("This is no language."))
        return self.words(data, place, LONGEST_EXPRESSION)

    def check(self, definition: Definition) -> None:
        """Find what is wrong between parts: codes given twice, too many of something."""
        if not definition.languages or len(definition.languages) > MOST_LANGUAGES:
            self.wrong("languages", _("A survey has one to %(most)s languages."), most=MOST_LANGUAGES)
        if len(definition.pages) > MOST_PAGES:
            self.wrong("pages", _("These are too many; %(most)s are possible."), most=MOST_PAGES)
        asked = [question for page in definition.pages for question in page.questions]
        if len(asked) > MOST_QUESTIONS:
            self.wrong(
                "pages", _("These are too many questions; %(most)s are possible."), most=MOST_QUESTIONS
            )
        self.twice("languages", definition.languages)
        self.twice("pages", [page.code for page in definition.pages])
        self.twice("groups", [group.code for page in definition.pages for group in page.groups])
        self.twice("questions", [question.code for question in asked])
        for question in asked:
            self.twice(f"{question.code}/options", [one.code for one in question.options])
            self.twice(f"{question.code}/rows", [one.code for one in question.rows])

    def twice(self, place: str, codes: Iterable[str]) -> None:
        seen: set[str] = set()
        for code in codes:
            if code in seen:
                self.wrong(f"{place}/{code}", _("The code %(code)s is there twice."), code=code)
            seen.add(code)


def _below(place: str, name: str) -> str:
    return f"{place}/{name}" if place else name


def _is_count(data: Any) -> bool:
    return isinstance(data, int) and not isinstance(data, bool) and 0 <= data <= LARGEST
