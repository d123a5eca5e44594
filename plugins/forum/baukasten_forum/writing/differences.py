"""What changed between two wordings, word by word, in time that their length bounds."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
MAX_CELLS = 150_000
"""Words of one wording times words of the other that are compared; longer changes are shown as a whole."""


class Change(StrEnum):
    """What became of a stretch of words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


class Stretch(NamedTuple):
    """Words with one fate."""

    change: Change
    text: str


def between(old: str, new: str) -> list[Stretch]:
    """Give the stretches that lead from one wording to the other, in reading order."""
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle = _compared(before[start : len(before) - end], after[start : len(after) - end])
    steps = [
        *((Change.SAME, word) for word in before[:start]),
        *middle,
        *((Change.SAME, word) for word in before[len(before) - end :]),
    ]
    return _joined(steps)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the words that two sequences begin with."""
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Change, str]]:
    """Walk along the longest common subsequence; too much of it counts as replaced."""
    if len(old) * len(new) > MAX_CELLS:
        yield from ((Change.GONE, word) for word in old)
        yield from ((Change.NEW, word) for word in new)
        return
    lengths = [[0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            same = old[i] == new[j]
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if same else max(lengths[i + 1][j], lengths[i][j + 1])
    i = j = 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            yield Change.SAME, old[i]
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            yield Change.GONE, old[i]
            i += 1
        else:
            yield Change.NEW, new[j]
            j += 1
    yield from ((Change.GONE, word) for word in old[i:])
    yield from ((Change.NEW, word) for word in new[j:])


def _joined(steps: Sequence[tuple[Change, str]]) -> list[Stretch]:
    """Put neighbours together: within a change first all that goes, then all that comes, and no lone space between."""
    found: list[Stretch] = []
    gone = new = ""
    for at, (change, word) in enumerate(steps):
        follows = steps[at + 1][0] if at + 1 < len(steps) else Change.SAME
        lone_space = change is Change.SAME and word.isspace() and "\n" not in word
        if lone_space and (gone or new) and follows is not Change.SAME:
            gone, new = gone + word, new + word
        elif change is Change.SAME:
            found += [Stretch(kind, text) for kind, text in ((Change.GONE, gone), (Change.NEW, new)) if text]
            gone = new = ""
            if found and found[-1].change is Change.SAME:
                found[-1] = Stretch(Change.SAME, found[-1].text + word)
            else:
                found.append(Stretch(Change.SAME, word))
        elif change is Change.GONE:
            gone += word
        else:
            new += word
    return found + [Stretch(kind, text) for kind, text in ((Change.GONE, gone), (Change.NEW, new)) if text]
