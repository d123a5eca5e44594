"""Answers and rows as lines of text: ``code = words``, or only words, for which a code is made."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from baukasten_survey.building.outline import next_code

CODED = re.compile(r"\s*(?P<code>[A-Za-z][A-Za-z0-9_]{0,31})\s*=\s*(?P<words>.*?)\s*")
BETWEEN = " | "
"""Between the two ends of a differential's row."""
Part = dict[str, Any]


def written(parts: Sequence[Mapping[str, Any]], language: str, *, ends: bool = False) -> str:
    """Give parts as lines in one language."""
    return "\n".join(f"{part['code']} = {_words(part, language, ends=ends)}" for part in parts)


def _words(part: Mapping[str, Any], language: str, *, ends: bool) -> str:
    title, high = ((part.get(name) or {}).get(language, "") for name in ("title", "high"))
    return f"{title}{BETWEEN}{high}" if ends and high else str(title)


def read(
    texts: Mapping[str, str],
    before: Sequence[Part],
    stem: str,
    *,
    taken: Collection[str] = (),
    ends: bool = False,
) -> list[Part]:
    """Read the lines of all languages into parts, the first language's order first.

    A line without a code means the part at its place in the other languages; in the first language it is new, and
    gets a code that none of ``before`` and ``taken`` has. What else is known of a part that is still there stays.
    """
    known = {part["code"]: part for part in before}
    used = {*known, *taken}
    found: list[Part] = []
    for number, (language, text) in enumerate(texts.items()):
        for at, (code, words) in enumerate(_lines(text)):
            part = _part(found, code, at if number else None)
            if part is None:
                named = code or next_code(stem, used)
                used.add(named)
                part = {**known.get(named, {}), "code": named, "title": {}, **({"high": {}} if ends else {})}
                found.append(part)
            _say(part, language, words, ends=ends)
    return found


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = CODED.fullmatch(line)
        if match:
            yield match["code"], match["words"]
        elif line.strip():
            yield "", line.strip()


def _part(found: Sequence[Part], code: str, at: int | None) -> Part | None:
    """Find what a line means among what is there; lines of the first language are always new."""
    if at is None:
        return None
    if code:
        return next((part for part in found if part["code"] == code), None)
    return found[at] if at < len(found) else None


def _say(part: Part, language: str, words: str, *, ends: bool) -> None:
    title, bar, high = words.partition(BETWEEN.strip()) if ends else (words, "", "")
    if title.strip():
        part["title"] = {**part["title"], language: title.strip()}
    if bar and high.strip():
        part["high"] = {**part["high"], language: high.strip()}
