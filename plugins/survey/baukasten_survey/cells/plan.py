"""Which tables of one survey may be published together."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from baukasten.plugin import lazy

_ = lazy("survey")
ROUND = _(
    "Together these breakdowns go round in a circle: they could tell who is behind a number. Leave one out."
)


class Circle(ValueError):
    """These cross-tables together could tell more than each of them; the argument is the sentence."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is published beside the frequencies of single questions; it is chosen before the first freeze."""

    crossings: Sequence[tuple[str, str]] = ()
    """Pairs of questions: the characteristic, and the question that it breaks down. A filter is a row of one."""
    open_data: Sequence[str] = ()
    """Columns of the file of single responses, which is one large cross-table."""
    routes: Sequence[tuple[str, str]] = ()
    """Questions that decide whether another one is asked, or what it computes, and these: whoever knows the
    questionnaire knows a part of their cross-table."""


def check(plan: Plan) -> None:
    """Refuse cross-tables that go round in a circle.

    Tables of pairs that form a tree cannot be put together to a figure of three questions that is small without
    showing it (ADR 22); with a circle they can. The file may leave out any column but its first one: what is crossed
    with two others inside it would then close a circle around the gap. Raises Circle.
    """
    group: dict[str, str] = {}
    crossed: Counter[str] = Counter()
    for column in plan.open_data:
        _unite(group, plan.open_data[0], column)
    inside = set(plan.open_data)
    for one, other in dict.fromkeys(tuple(sorted(pair)) for pair in (*plan.routes, *plan.crossings)):
        if {one, other} <= inside and one != other:
            crossed.update({one, other} - {plan.open_data[0]})
            if max(crossed.values()) > 1:
                raise Circle(ROUND)
            continue
        if _top(group, one) == _top(group, other):
            raise Circle(ROUND)
        _unite(group, one, other)


def possible(plan: Plan, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give those pairs that may still be added to a plan, each by itself."""
    return [pair for pair in pairs if _fits(replace(plan, crossings=[*plan.crossings, pair]))]


def _fits(plan: Plan) -> bool:
    try:
        check(plan)
    except Circle:
        return False
    return True


def _top(group: dict[str, str], name: str) -> str:
    while (above := group.setdefault(name, name)) != name:
        name = above
    return name


def _unite(group: dict[str, str], one: str, other: str) -> None:
    group[_top(group, one)] = _top(group, other)
