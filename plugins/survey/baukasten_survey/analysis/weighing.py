"""Weights of a selection: everybody is raked to the population, then the selection is looked at."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from baukasten.sdk import Scope
from baukasten_survey.analysis.counting import Weights, combinations
from baukasten_survey.analysis.plan import Plan
from baukasten_survey.analysis.selection import Selection
from baukasten_survey.results.findings import Reader
from baukasten_survey.results.tallies import classes
from baukasten_survey.statistics.weighting import Unweighable, Weighting, effective_n, rake

Margins = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The weights of a selection, and what they cost."""

    weights: Weights
    people: int
    """Who has a weight and is selected."""
    left_out: int
    """Who is selected and did not say what is weighted by, or is in no class of the population."""
    effective: float
    largest: float
    cut: int
    converged: bool
    furthest: float

    @property
    def design_effect(self) -> float:
        """Give by how much weighting enlarges the variance of the selection; 1 is nothing."""
        return self.people / self.effective if self.effective else 1.0


def weigh(
    session: Scope, survey_id: int, plan: Plan, selection: Selection, margins: Margins, reader: Reader
) -> Weighed:
    """Weigh all who answered, and tell what that means for those selected; one statement.

    Raises Unweighable, with a sentence in the words of the questionnaire, when a margin cannot be met.
    """
    codes = list(margins)
    found = combinations(session, survey_id, plan, selection, codes)
    placed = [(one, _person(plan, codes, one[0], one[1])) for one in found]
    inside = [(one, person) for one, person in placed if person is not None and _is_in(person, margins)]
    try:
        raked = rake([person for _one, person in inside], margins, counts=[one[2] for one, _person in inside])
    except Unweighable as refused:
        raise _told(refused, reader) from refused
    return _weighed(codes, [one for one, _person in inside], raked, sum(one[3] for one in found))


def _weighed(
    codes: Sequence[str], inside: Sequence[tuple[int, Any, int, int]], raked: Weighting, selected: int
) -> Weighed:
    pairs = list(zip(inside, raked.weights, strict=True))
    # The average weight of all who can be weighed is one; in a selection it may be another.
    chosen = [(weight, one[3]) for one, weight in pairs if one[3]]
    people = sum(number for _weight, number in chosen)
    return Weighed(
        Weights(codes, [(one[0], one[1], weight) for one, weight in pairs]),
        people,
        selected - people,
        effective_n([weight for weight, _number in chosen], [number for _weight, number in chosen]),
        max((weight for weight, _number in chosen), default=math.nan),
        raked.cut,
        raked.converged,
        raked.furthest,
    )


def _person(plan: Plan, codes: Sequence[str], version: int, values: Sequence[Any]) -> dict[str, str] | None:
    """Give the classes of a combination; nothing where one was not said, or the version is unknown."""
    one = plan.by_number.get(version)
    if one is None:
        return None
    found = {}
    for code, value in zip(codes, values, strict=True):
        old = one.before.get(code)
        if value is None or old is None:
            return None
        found[code] = next(classes(plan.counted[code].asked, one.renamed(old, value)))[1]
    return found


def _is_in(person: Mapping[str, str], margins: Margins) -> bool:
    """Tell whether the population has all classes of somebody; a class of nobody there counts as none."""
    return all(margins[code].get(name, 0) > 0 for code, name in person.items())


def _told(refused: Unweighable, reader: Reader) -> Unweighable:
    """Say why in the words of the questionnaire instead of its codes."""
    code, values = refused.values.get("margin", ""), dict(refused.values)
    question = reader.question(code)
    if question is not None:
        values["margin"] = reader.words(question.title) or code
        group = values.get("group", "")
        if group:
            values["group"] = reader.labels(code, [group]).get(group, group)
    return Unweighable(refused.sentence, **values)
