"""What changed between what is answered now and what is written: only words, or what is asked."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from baukasten.plugin import LazyText, lazy
from baukasten_survey.building.findings import texts_of
from baukasten_survey.definition.model import Definition, Question, Text
from baukasten_survey.definition.parsing import dump

_ = lazy("survey")

WORDS = frozenset(
    {"title", "intro", "outro", "text", "help", "message", "alt", "unit", "low", "high", "other"}
)
OTHER_KIND = _("A question of another kind needs another code: its answers so far mean something else.")
ALIKE = 0.6
"""Words that share less than this may mean something else."""
SAME = 0.8
"""Words that share more than this may be the same question under another code."""


@dataclass(frozen=True, slots=True)
class TextChange:
    """Words that read differently now."""

    path: str
    """As fixes name it: ``q7/options/a1/title``."""
    language: str
    before: str
    after: str

    @property
    def doubtful(self) -> bool:
        """Tell whether the new words may mean something else than the old ones did."""
        matcher = difflib.SequenceMatcher(None, self.before, self.after)
        answered = self.path.rpartition("/")[2] in {"title", "high"} and bool(self.before)
        return answered and matcher.ratio() < ALIKE


@dataclass(frozen=True, slots=True)
class Changes:
    """What lies between two definitions."""

    texts: tuple[TextChange, ...]
    added: tuple[str, ...]
    """``q7`` for questions, ``q7/a3`` for options and rows."""
    gone: tuple[str, ...]
    refused: tuple[tuple[str, LazyText], ...]
    """What would make old answers mean something else, with why."""
    structural: bool
    """Whether anything but words changed."""
    proposed: Mapping[str, str]
    """Codes that are gone, and what they are probably called now."""

    @property
    def nothing(self) -> bool:
        """Tell whether both are the same."""
        return not self.texts and not self.structural


def compare(before: Definition, after: Definition) -> Changes:
    """Find what changed; ``before`` is the version that is answered now, mended texts included."""
    old, new = _codes(before), _codes(after)
    gone, added = [code for code in old if code not in new], [code for code in new if code not in old]
    return Changes(
        texts=tuple(_texts(before, after)),
        added=tuple(added),
        gone=tuple(gone),
        refused=tuple(_refused(before, after)),
        structural=_without_words(dump(before)) != _without_words(dump(after)),
        proposed=_proposed(before, after, gone, added),
    )


def _texts(before: Definition, after: Definition) -> Iterator[TextChange]:
    known = {_path(code, field): text for _what, code, field, text in texts_of(before)}
    for _what, code, field, text in texts_of(after):
        path = _path(code, field)
        if path not in known:
            continue
        for language in dict.fromkeys((*known[path], *text)):
            old, new = known[path].get(language, ""), text.get(language, "")
            if old != new:
                yield TextChange(path, language, old, new)


def _path(code: str, field: str) -> str:
    return f"{code}/{field}" if code else field


def _without_words(data: Any, name: str = "") -> Any:
    """Give a definition without its words; what cannot be mended as words stays."""
    if isinstance(data, Mapping):
        return {
            key: _without_words(value, key)
            for key, value in data.items()
            if key not in WORDS or (key == "other" and value is None)
        } | ({"other": True} if data.get("other") is not None and "kind" in data else {})
    return [_without_words(one, name) for one in data] if isinstance(data, list | tuple) else data


def _codes(definition: Definition) -> dict[str, Question]:
    found = {}
    for code, question in definition.questions.items():
        found[code] = question
        found.update({f"{code}/{part}": question for part in _titles(question)})
    return found


def _refused(before: Definition, after: Definition) -> Iterator[tuple[str, LazyText]]:
    for code, question in after.questions.items():
        old = before.questions.get(code)
        if old is None:
            continue
        if old.kind is not question.kind or old.style is not question.style or old.many != question.many:
            yield code, OTHER_KIND
        values = {one.code: one.value for one in old.options}
        for option in question.options:
            if option.code in values and values[option.code] != option.value:
                yield (
                    f"{code}/{option.code}",
                    _("An answer that counts differently needs another code."),
                )


def _proposed(before: Definition, after: Definition, gone: list[str], added: list[str]) -> dict[str, str]:
    """Pair what is gone with what is new and reads alike: questions of one kind, parts of one question."""
    found: dict[str, str] = {}
    for code in gone:
        rest = [one for one in added if one not in found.values() and _fits(code, one, found)]
        old = _words(before, code)
        best = max(rest, key=lambda one: _ratio(old, _words(after, one)), default=None)
        same = "/" in code or (best and _kind(before, code) == _kind(after, best))
        if best and same and _ratio(old, _words(after, best)) > SAME:
            found[code] = best
    return found


def _fits(code: str, other: str, found: Mapping[str, str]) -> bool:
    """Tell whether two codes are of one sort; parts fit where their questions are the same or were paired."""
    home, _slash, part = code.partition("/")
    other_home, _other_slash, other_part = other.partition("/")
    if bool(part) != bool(other_part):
        return False
    return not part or found.get(home, home) == other_home


def _kind(definition: Definition, code: str) -> str:
    return str(definition.questions[code.partition("/")[0]].kind)


def _words(definition: Definition, code: str) -> str:
    home, _slash, part = code.partition("/")
    question = definition.questions[home]
    return (_titles(question)[part] if part else question.title).get(definition.languages[0], "")


def _titles(question: Question) -> dict[str, Text]:
    return {one.code: one.title for one in question.options} | {one.code: one.title for one in question.rows}


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio() if one and other else 0.0


def may_map(changes: Changes, mapping: Mapping[str, str], before: Definition, after: Definition) -> bool:
    """Tell whether a mapping pairs only what is gone with what is new, of one kind, nothing twice."""
    once = len(set(mapping.values())) == len(mapping)
    return once and all(
        old in changes.gone
        and new in changes.added
        and _fits(old, new, mapping)
        and ("/" in old or _kind(before, old) == _kind(after, new))
        for old, new in mapping.items()
    )
