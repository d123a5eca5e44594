"""Which expressions wait for which others, and where they wait for each other."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from baukasten_survey.expressions.nodes import Node, questions

Named = Mapping[str, Iterable[Node]]
"""The code of a question, with all expressions that decide about it."""


def cycles(named: Named) -> list[tuple[str, ...]]:
    """Give the circles of questions that wait for each other, each from its first code on; [] where there are none.

    After a circle is found, its questions are left out, so that no question stands in two of them.
    """
    waiting = _waiting(named)
    found = []
    while (circle := _circle(waiting)) is not None:
        start = circle.index(min(circle))
        found.append((*circle[start:], *circle[:start]))
        waiting = {code: needs - set(circle) for code, needs in waiting.items() if code not in circle}
    return sorted(found)


def ordered(named: Named) -> list[str]:
    """Give the codes so that each comes after those it waits for; raises ValueError where there is a circle."""
    waiting = _waiting(named)
    if _circle(waiting) is not None:
        raise ValueError("circle")
    return list(TopologicalSorter(waiting).static_order())


def _waiting(named: Named) -> dict[str, set[str]]:
    """Give what each code waits for, among the codes that have expressions of their own."""
    return {
        code: {need for node in nodes for need in questions(node) if need in named}
        for code, nodes in named.items()
    }


def _circle(waiting: Mapping[str, set[str]]) -> list[str] | None:
    try:
        TopologicalSorter({code: sorted(needs) for code, needs in sorted(waiting.items())}).prepare()
    except CycleError as error:
        # It names the first code once more at the end; each stands before the one that waits for it.
        circle: list[str] = error.args[1][:-1]
        return circle
    return None
