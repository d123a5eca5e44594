"""Figures of scales: agreement, the net promoter score, orders of preference."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baukasten_survey.statistics.measures import Summary, Weights, checked, from_counts

DETRACTORS, PROMOTERS = range(7), range(9, 11)


def likert(counts: Mapping[str, float], values: Mapping[str, float]) -> Summary:
    """Summarise a scale by the values of its points; points without one, such as "do not know", are left out."""
    return from_counts([(values[point], number) for point, number in counts.items() if point in values])


@dataclass(frozen=True, slots=True)
class NetPromoters:
    """Who would recommend, 9 and 10, and who would not, 0 to 6, as shares of all answers."""

    promoters: float
    passives: float
    detractors: float

    @property
    def score(self) -> float:
        """Give the score, -100 to 100."""
        return 100 * (self.promoters - self.detractors)


def net_promoters(counts: Mapping[int, float]) -> NetPromoters | None:
    """Give the net promoter score of answers 0 to 10 (Reichheld 2003); nothing of nothing, ValueError beyond."""
    if any(answer not in range(11) for answer in counts):
        raise ValueError("an answer lies between 0 and 10")
    total = sum(counts.values())
    if not total:
        return None
    promoters = sum(counts.get(answer, 0) for answer in PROMOTERS) / total
    detractors = sum(counts.get(answer, 0) for answer in DETRACTORS) / total
    return NetPromoters(promoters, 1 - promoters - detractors, detractors)


@dataclass(frozen=True, slots=True)
class Ranked:
    """How one option did."""

    option: str
    points: float
    """By Borda: m options give m - 1 points to the first, 0 to the last."""
    mean_rank: float | None
    """Among those who ranked it, 1 is best."""
    ranked_by: float
    places: Sequence[float]
    """How many put it first, second and so on."""


def ranking(
    answers: Sequence[Sequence[str] | None], options: Sequence[str], weights: Weights = None
) -> list[Ranked]:
    """Order options by Borda's count, best first.

    Who ranks only some gives the rest what their places have on average, so that short lists weigh as much as long
    ones. Raises ValueError for unknown and repeated options.
    """
    size, known = len(options), checked(answers, weights)
    points = dict.fromkeys(options, 0.0)
    places = {option: [0.0] * size for option in options}
    for answer, weight in zip(answers, known, strict=True):
        if not answer:
            continue
        if len(set(answer)) != len(answer) or not points.keys() >= set(answer):
            raise ValueError("a ranking names each option once")
        for place, option in enumerate(answer):
            places[option][place] += weight
            points[option] += weight * (size - 1 - place)
        rest = points.keys() - set(answer)
        for option in rest:
            points[option] += weight * (len(rest) - 1) / 2
    ranked = [_ranked(option, points[option], places[option]) for option in options]
    return sorted(ranked, key=lambda one: -one.points)


def _ranked(option: str, points: float, places: Sequence[float]) -> Ranked:
    by = sum(places)
    middle = sum(number * (place + 1) for place, number in enumerate(places)) / by if by else None
    return Ranked(option, points, middle, by, tuple(places))
