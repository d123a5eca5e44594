"""Frequencies of questions where each person is in exactly one class."""

from collections.abc import Mapping, Sequence

from baukasten_survey.cells.shown import HELD, MISSING, SMALL, UNASKED, K, Table, checked_k, shown
from baukasten_survey.keys import NO_ANSWER, OTHER

FIRST_COVERS = (MISSING, NO_ANSWER, OTHER)
"""What is held back first to hide small cells: it tells least."""


def protect(counts: Mapping[str, int], *, k: int = K) -> Table:
    """Hide cells of 1 to k - 1 people, and as many others as it takes that none of them can be computed.

    ``counts`` hold each person once, in the order of the definition, those without an answer under ``MISSING``, those
    who were not asked under ``UNASKED``, which hides nothing since the deciding question tells it. With h
    small cells, others join them in an order that no count decides, at least one, until they are 2k - 2 + h people
    together, and the last of them is somebody. Then every small cell may still be anything from 1 to k - 1, also for
    readers who know this rule (ADR 22), and that a question which has to be answered has nobody under ``MISSING``.
    Whether anything is told at all depends on the number of people alone.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("nobody counts less than nothing")
    people = sum(counts.values())
    small = [key for key, count in counts.items() if 0 < count < checked_k(k)]
    asked = [key for key in counts if key != UNASKED]
    number, sizes = sum(counts[key] for key in asked), {len(asked), len(asked) - (MISSING in asked)}
    if not all(_tellable(number, classes, k) for classes in sizes):
        return Table(people, k, dict.fromkeys(counts, HELD), people)
    if not small:
        return Table(people, k, {key: shown(count) for key, count in counts.items()})
    enough, hidden = 2 * k - 2 + len(small), list(small)
    together = sum(counts[key] for key in small if key != UNASKED)
    for key in covers(list(counts), small):
        hidden.append(key)
        together += counts[key]
        if together >= enough and counts[key]:
            break
    else:
        # All classes are small or empty: one more way to look like this, for which there are enough tables.
        return Table(people, k, dict.fromkeys(counts, HELD), people)
    states = dict.fromkeys(hidden, HELD) | dict.fromkeys(small, SMALL)
    cells = {key: states.get(key) or shown(count) for key, count in counts.items()}
    return Table(people, k, cells, sum(counts[key] for key in hidden))


def _tellable(people: int, classes: int, k: int) -> bool:
    """Tell whether people are enough for all classes, and not so many that all small classes would be full ones."""
    return people >= 2 * k - 2 + classes and not (classes - 1) * (k - 1) + 1 < people <= classes * (k - 1)


def covers(keys: Sequence[str], small: Sequence[str]) -> list[str]:
    """Give what may be held back beside small cells: no answers first, then the nearest options."""
    at = keys.index(small[0])
    near = sorted(range(len(keys)), key=lambda place: (abs(place - at), place))
    ordered = [*FIRST_COVERS, *(keys[place] for place in near)]
    return [key for key in dict.fromkeys(ordered) if key in keys and key not in {*small, UNASKED}]
