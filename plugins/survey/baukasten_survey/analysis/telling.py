"""How the analysis says its figures: to whom they refer, means, scores, and what has no picture."""

from collections.abc import Mapping
from dataclasses import dataclass

from baukasten.plugin import LazyText, lazy
from baukasten.sdk import SafeHtml, dgettext, dngettext
from baukasten_survey.analysis.tallying import Lens, Tallied
from baukasten_survey.charts.words import Chart, Rows, number, percent
from baukasten_survey.statistics.measures import Summary
from baukasten_survey.statistics.scales import NetPromoters

_ = lazy("survey")
DASH = "–"
SUMMARY: Mapping[str, LazyText] = {
    "mean": _("Mean"),
    "median": _("Median"),
    "deviation": _("Standard deviation"),
    "lower": _("Lower quartile"),
    "upper": _("Upper quartile"),
}


@dataclass(frozen=True, slots=True)
class Base:
    """To whom the figures of a question refer."""

    answered: float
    unsaid: float
    unasked: float
    missing: float
    people: int
    """Who answered, unweighted."""

    @property
    def asked(self) -> float:
        """Give all but those who were not asked."""
        return self.answered + self.unsaid + self.missing


def base_words(base: Base) -> str:
    """Say how many answered, and what the others did."""
    said = [dngettext("survey", "%(num)s valid answer", "%(num)s valid answers", base.people)]
    rest = (
        (base.missing, dgettext("survey", "no answer: %(number)s", number=number(base.missing))),
        (base.unsaid, dgettext("survey", "no wish to say: %(number)s", number=number(base.unsaid))),
        (base.unasked, dgettext("survey", "not asked: %(number)s", number=number(base.unasked))),
    )
    return " · ".join([*said, *(words for count, words in rest if count)])


def share_of(people: float, base: float) -> str:
    """Write a share, or a dash of nobody."""
    return percent(people / base) if base else DASH


def bare(said: str, rows: Rows | None = None) -> Chart:
    """Give words where there is nothing to draw."""
    return Chart(SafeHtml(""), said, rows or Rows("", [], []))


def shapes(found: Tallied, lens: Lens) -> str:
    """Say how much was drawn on a map, and by how many."""
    shapes = round(sum(count * lens.people(amount) for count, amount in found.values()))
    people = lens.people(found.all)
    marks = dngettext(
        "survey", "%(num)s place or area is marked", "%(num)s places or areas are marked", shapes
    )
    return dngettext(
        "survey", "%(marks)s, by %(num)s person.", "%(marks)s, by %(num)s people.", people, marks=marks
    )


def written(value: float | None) -> str:
    """Write a figure, or a dash where there is none."""
    return DASH if value is None else number(value)


def summary_facts(found: Summary) -> list[tuple[str, str]]:
    """Give mean, median, deviation and quartiles with their names."""
    return [(str(words), written(getattr(found, name))) for name, words in SUMMARY.items()]


def score_facts(score: NetPromoters | None) -> list[tuple[str, str]]:
    """Give the net promoter score and what it is made of."""
    if score is None:
        return []
    return [
        (str(_("Net promoter score")), number(round(score.score, 1))),
        (str(_("Would recommend (9, 10)")), percent(score.promoters)),
        (str(_("Undecided (7, 8)")), percent(score.passives)),
        (str(_("Would not (0 to 6)")), percent(score.detractors)),
    ]
