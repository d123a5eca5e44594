"""Means, medians and scores for everybody: computed from whole published tables only, so they tell nothing more."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from baukasten.sdk import dgettext
from baukasten_survey.cells.averages import Average
from baukasten_survey.cells.shown import TOGETHER, Table
from baukasten_survey.charts.words import number, percent
from baukasten_survey.definition import kinds
from baukasten_survey.definition.model import Question
from baukasten_survey.keys import Kind, Style
from baukasten_survey.results.scheme import ends_of, points_of
from baukasten_survey.statistics.measures import from_counts
from baukasten_survey.statistics.scales import NetPromoters, net_promoters

LEAST_POINTS = 2


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures of one table."""

    people: int
    mean: float | None = None
    step: float = 0.0
    """How finely the mean is told; 0 is exactly."""
    of: int = 0
    """Of how many people the mean is; fewer than all where a step of counting told none."""
    median: float | None = None
    median_class: str = ""
    """The class of numbers in which the one in the middle stands."""
    deviation: float | None = None
    rough: bool = False
    """Whether the deviation comes of classes, not of single points."""
    promoters: NetPromoters | None = None

    def figures(self) -> dict[str, float]:
        """Give all that are told, by name, rounded as finely as they may be said."""
        found = {"mean": self.mean, "median": self.median, "deviation": self.deviation}
        if self.promoters is not None:
            found["nps"] = self.promoters.score
        digits = _digits(self.step) if self.step else 2
        return {name: round(value, digits) for name, value in found.items() if value is not None}


def of_table(question: Question, table: Table, average: Average | None = None) -> Measures | None:
    """Give the figures of one table; nothing where it holds something back, or stands for no numbers."""
    # What a cross-table does not tell apart stands for no number.
    if not table.whole or not table.base or TOGETHER in table.cells:
        return None
    if question.kind in kinds.NUMBERS:
        return _of_classes(question, table, average)
    values = values_of(question)
    counts = {key: cell.known for key, cell in table.cells.items() if key in values}
    people = sum(counts.values())
    if table.lists or len(values) < LEAST_POINTS or not people:
        return None
    found = from_counts([(values[key], number) for key, number in counts.items()])
    score = None
    if question.kind is Kind.SCALE and question.style is Style.NPS:
        score = net_promoters({int(key): number for key, number in counts.items()})
    return Measures(people, found.mean, 0.0, people, found.median, "", found.deviation, promoters=score)


def values_of(question: Question) -> dict[str, float]:
    """Give what the classes of a question stand for: values of options, points of a scale; else nothing."""
    if question.kind is Kind.SCALE and question.style is not Style.LIKERT:
        return {f"{point:g}": point for point in points_of(question)}
    return {option.code: option.value for option in question.options if option.value is not None}


def _of_classes(question: Question, table: Table, average: Average | None) -> Measures | None:
    ends = {key: pair for key, pair in ends_of(question).items() if key in table.cells}
    counts = [(key, table.cells[key].known) for key in ends]
    people = sum(number for _, number in counts)
    if not people:
        return None
    middles = [((ends[key][0] + ends[key][1]) / 2, number) for key, number in counts]
    reached = accumulate(number for _, number in counts)
    # Where the middle falls between two people of different classes, the lower one is told.
    name = next(key for (key, _), sofar in zip(counts, reached, strict=True) if 2 * sofar >= people)
    mean, step, of = (average.value, average.step, average.people) if average else (None, 0.0, 0)
    spread = from_counts(middles).deviation
    return Measures(people, mean, step, of, None, name, spread, rough=True)


def line(found: Measures, labels: Mapping[str, str]) -> str:
    """Say all figures of one question in one line."""
    parts = [*_mean(found), *_middle(found, labels), *_spread(found)]
    if found.promoters is not None:
        parts = [*_score(found.promoters), *parts]
    return " · ".join(parts)


def _mean(found: Measures) -> Sequence[str]:
    if found.mean is None:
        return []
    said = number(round(found.mean, _digits(found.step) if found.step else 2))
    if found.step:
        said = dgettext("survey", "about %(number)s", number=said)
    if found.of < found.people:
        return [
            dgettext("survey", "Mean %(number)s (of %(people)s people)", number=said, people=number(found.of))
        ]
    return [dgettext("survey", "Mean %(number)s", number=said)]


def _middle(found: Measures, labels: Mapping[str, str]) -> Sequence[str]:
    if found.median_class:
        label = labels.get(found.median_class, found.median_class)
        return [dgettext("survey", "The middle lies in “%(span)s”", span=label)]
    return (
        [dgettext("survey", "Median %(number)s", number=number(found.median))]
        if found.median is not None
        else []
    )


def _spread(found: Measures) -> Sequence[str]:
    if found.deviation is None:
        return []
    if found.rough:
        said = number(round(found.deviation, _digits(found.deviation / 10)))
        return [dgettext("survey", "Spread about %(number)s (from the classes)", number=said)]
    return [dgettext("survey", "Spread %(number)s", number=number(found.deviation))]


def _score(found: NetPromoters) -> Sequence[str]:
    return [
        dgettext(
            "survey", "Recommendation %(score)s (between -100 and 100)", score=number(round(found.score))
        ),
        dgettext("survey", "%(share)s would recommend it", share=percent(found.promoters)),
        dgettext("survey", "%(share)s are undecided", share=percent(found.passives)),
        dgettext("survey", "%(share)s would not", share=percent(found.detractors)),
    ]


def _digits(step: float) -> int:
    """Give the decimals that a figure of this fineness has; never more than two."""
    return max(0, min(2, -math.floor(math.log10(step)))) if step > 0 else 2
