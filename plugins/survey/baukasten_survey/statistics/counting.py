"""Who answered what how often: choices, lists of choices, matrices."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from baukasten_survey.keys import NO_ANSWER
from baukasten_survey.statistics.measures import Weights, checked


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How often each option was chosen."""

    people: float
    """All who were counted."""
    valid: float
    """Who gave an answer; shares refer to them."""
    missing: float
    """Who gave none, or were never asked."""
    no_answer: float
    """Who said aloud that they do not want to say."""
    counts: Mapping[str, float]
    """By option, in the order asked for; what nobody chose is 0."""

    def share(self, option: str) -> float:
        """Give the part of valid answers that chose an option, 0 to 1; 0 when nobody answered."""
        return self.counts[option] / self.valid if self.valid else 0.0


def single(answers: Sequence[str | None], options: Sequence[str], weights: Weights = None) -> Frequencies:
    """Count one choice a person; raises ValueError for an answer that is no option."""
    return multiple([None if one is None else [one] for one in answers], options, weights)


def multiple(
    answers: Sequence[Collection[str] | None], options: Sequence[str], weights: Weights = None
) -> Frequencies:
    """Count lists of choices: a share says how many people chose an option, so shares add up to more than 1.

    An empty list is missing. Raises ValueError for an answer that is no option.
    """
    counts, valid, missing, unsaid = dict.fromkeys(options, 0.0), 0.0, 0.0, 0.0
    for answer, weight in zip(answers, checked(answers, weights), strict=True):
        if not answer:
            missing += weight
        elif NO_ANSWER in answer:
            unsaid += weight
        else:
            valid += weight
            for option in set(answer):
                if option not in counts:
                    raise ValueError(f"{option} is no option")
                counts[option] += weight
    return Frequencies(valid + missing + unsaid, valid, missing, unsaid, counts)


def matrix(
    answers: Sequence[Mapping[str, str] | None],
    rows: Sequence[str],
    options: Sequence[str],
    weights: Weights = None,
) -> dict[str, Frequencies]:
    """Count each row of a matrix as a question of its own."""
    return {row: single([(answer or {}).get(row) for answer in answers], options, weights) for row in rows}
