"""Weights that make those who answered look like the population: raking to its margins."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baukasten.plugin import lazy

_ = lazy("survey")

ROUNDS, CLOSE = 200, 1e-6
LARGEST_RATIO = 5.0
"""Weights beyond five times the average are cut: few people should not speak for many."""


class Unweighable(ValueError):
    """Weights cannot be made; the argument is the sentence, ``values`` fill it."""

    def __init__(self, sentence: str, **values: str) -> None:
        """Say why, in words that a page can show."""
        super().__init__(sentence)
        self.sentence, self.values = sentence, values

    def __str__(self) -> str:
        """Give the filled sentence in the reader's language."""
        return str(self.sentence) % self.values


@dataclass(frozen=True, slots=True)
class Weighting:
    """A weight for each person, one on average, and what they cost."""

    weights: Sequence[float]
    rounds: int
    converged: bool
    """Whether all margins are met within a millionth; cutting weights may prevent it."""
    furthest: float
    """The largest distance of a weighted share from the share of the population."""
    cut: int
    """How many people's weights were cut."""
    counts: Sequence[int] | None = None
    """How many people share each weight; none means one each."""

    @property
    def effective(self) -> float:
        """Give the number of people that an unweighted sample of equal exactness would have (Kish 1965)."""
        return effective_n(self.weights, self.counts)

    @property
    def design_effect(self) -> float:
        """Give by how much weighting enlarges the variance; 1 is nothing."""
        return sum(_alone(self.weights, self.counts)) / self.effective


def effective_n(weights: Sequence[float], counts: Sequence[int] | None = None) -> float:
    """Give Kish's effective n, the square of the sum over the sum of squares; 0 of nothing.

    ``counts`` say how many people share each weight.
    """
    people = list(zip(weights, _alone(weights, counts), strict=True))
    squares = math.fsum(n * w * w for w, n in people)
    return math.fsum(n * w for w, n in people) ** 2 / squares if squares else 0.0


def _alone(people: Sequence[object], counts: Sequence[int] | None) -> Sequence[int]:
    return [1] * len(people) if counts is None else counts


def rake(
    people: Sequence[Mapping[str, str]],
    margins: Mapping[str, Mapping[str, float]],
    *,
    counts: Sequence[int] | None = None,
    largest: float = LARGEST_RATIO,
) -> Weighting:
    """Weigh people so that their shares meet the margins of the population (iterative proportional fitting).

    ``people`` hold a class for each margin (Deming and Stephan 1940); ``counts`` say of how many people each is true,
    so that many are weighed by their combinations. After each round weights above ``largest`` times the average are
    cut. Raises Unweighable, with a sentence, when a margin cannot be met, and ValueError for counts below one.
    """
    numbers = _alone(people, counts)
    if len(numbers) != len(people) or any(number < 1 for number in numbers):
        raise ValueError("each combination counts at least one person")
    if not people or not margins:
        raise Unweighable(_("Nobody to weight, or no figures of the population."))
    if largest <= 1:
        raise Unweighable(_("The largest weight has to be more than 1."))
    shares = {name: _shares(name, margin) for name, margin in margins.items()}
    groups = {name: _groups(name, share, people) for name, share in shares.items()}
    weights, rounds, furthest, total = [1.0] * len(people), 0, math.inf, sum(numbers)
    while rounds < ROUNDS and furthest > CLOSE:
        rounds += 1
        for name, members in groups.items():
            for group, places in members.items():
                factor = shares[name][group] * total / math.fsum(weights[i] * numbers[i] for i in places)
                for i in places:
                    weights[i] *= factor
        weights = [min(weight, largest) for weight in weights]
        lift = total / math.fsum(w * n for w, n in zip(weights, numbers, strict=True))
        weights = [min(weight * lift, largest) for weight in weights]
        furthest = _furthest(weights, numbers, shares, groups)
    cut = sum(n for w, n in zip(weights, numbers, strict=True) if w >= largest * (1 - 1e-9))
    return Weighting(weights, rounds, furthest <= CLOSE, furthest, cut, counts)


def _shares(name: str, margin: Mapping[str, float]) -> dict[str, float]:
    """Give the classes of a margin that exist in the population, adding up to 1."""
    if any(not math.isfinite(size) or size < 0 for size in margin.values()) or not math.fsum(margin.values()):
        raise Unweighable(_("The figures of the population for “%(margin)s” are no shares."), margin=name)
    total = math.fsum(margin.values())
    return {group: size / total for group, size in margin.items()}


def _groups(
    name: str, shares: Mapping[str, float], people: Sequence[Mapping[str, str]]
) -> dict[str, list[int]]:
    """Give who belongs to each class, by place."""
    found: dict[str, list[int]] = {group: [] for group, share in shares.items() if share > 0}
    for place, person in enumerate(people):
        group = person.get(name)
        if group not in found:
            sentence = _(
                "In “%(margin)s” somebody is in no class of the population. Leave out who did not say."
            )
            raise Unweighable(sentence, margin=name)
        found[group].append(place)
    empty = [group for group, places in found.items() if not places]
    if empty:
        sentence = _(
            "Nobody in “%(margin)s” is in “%(group)s”, so nobody can speak for it. Join it with another."
        )
        raise Unweighable(sentence, margin=name, group=empty[0])
    return found


def _furthest(
    weights: Sequence[float],
    numbers: Sequence[int],
    shares: Mapping[str, Mapping[str, float]],
    groups: Mapping[str, Mapping[str, Sequence[int]]],
) -> float:
    total = math.fsum(w * n for w, n in zip(weights, numbers, strict=True))
    return max(
        abs(math.fsum(weights[i] * numbers[i] for i in places) / total - shares[name][group])
        for name, members in groups.items()
        for group, places in members.items()
    )
