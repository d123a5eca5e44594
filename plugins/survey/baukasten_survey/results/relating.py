"""What a published cross-table says beyond its cells: how two questions go together, and weighted shares.

Both are computed from what everybody may read, and only where nothing of it is held back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from baukasten.sdk import dgettext
from baukasten_survey.cells import weighted
from baukasten_survey.cells.shown import UNSAID, Crossing
from baukasten_survey.charts.words import number, percent
from baukasten_survey.statistics.crossing import ChiSquared, chi_squared
from baukasten_survey.statistics.weighting import Unweighable

WEAK, MIDDLING, STRONG = 0.1, 0.3, 0.5
"""From where on Cramér's V is called so (Cohen 1988, for two classes)."""
SURE, RATHER = 0.01, 0.05


@dataclass(frozen=True, slots=True)
class Weighed:
    """Shares of a question's classes, as if each group were as large as in the town."""

    shares: Mapping[str, float]
    effective: float
    """As many unweighted people would be as exact (Kish 1965)."""


def related(crossing: Crossing) -> ChiSquared | None:
    """Test whether two questions go together, among those who answered both; nothing unless the table is whole."""
    if not crossing.whole:
        return None
    rows, columns = (dict.fromkeys(place[side] for place in crossing.cells) for side in (0, 1))
    table = [
        [crossing.cells[row, column].known for column in columns if column not in UNSAID]
        for row in rows
        if row not in UNSAID
    ]
    return chi_squared(table) if table and table[0] else None


def sentence(found: ChiSquared) -> str:
    """Say in plain words how strongly two questions go together, with the figures behind it."""
    return " ".join([_strength(found.cramers_v), _chance(found), _figures(found)])


def _strength(strength: float) -> str:
    if strength < WEAK:
        return dgettext("survey", "The groups hardly differ.")
    if strength < MIDDLING:
        return dgettext("survey", "The groups differ a little.")
    if strength < STRONG:
        return dgettext("survey", "The groups differ clearly.")
    return dgettext("survey", "The groups differ strongly.")


def _chance(found: ChiSquared) -> str:
    if found.probability < SURE:
        return dgettext(
            "survey", "By chance alone, such a difference would come in fewer than 1 of 100 cases."
        )
    if found.probability < RATHER:
        return dgettext(
            "survey", "By chance alone, such a difference would come in fewer than 5 of 100 cases."
        )
    return dgettext("survey", "Such a difference may well come by chance.")


def _figures(found: ChiSquared) -> str:
    said = dgettext(
        "survey",
        "(χ² = %(statistic)s, %(freedom)s degrees of freedom, Cramér’s V = %(strength)s)",
        statistic=number(round(found.statistic, 1)),
        freedom=number(found.freedom),
        strength=number(found.cramers_v),
    )
    if not found.few_expected:
        return said
    hint = dgettext("survey", "Some groups are small, so this is only a hint.")
    return f"{said} {hint}"


def weighed(crossing: Crossing, population: Mapping[str, int]) -> Weighed | str:
    """Weigh a question's answers to the town's margins of a characteristic; else the sentence why not."""
    if not crossing.whole:
        return dgettext("survey", "Not weighted: the breakdown holds numbers back.")
    try:
        found = weighted.by_row(crossing, population)
    except Unweighable:
        return dgettext("survey", "Not weighted: not all groups of the town are among those who answered.")
    return Weighed(*found) if found else dgettext("survey", "Not weighted: the breakdown holds numbers back.")


def weighed_line(found: Weighed | str, by: str, labels: Mapping[str, str]) -> str:
    """Say weighted shares beside the unweighted ones."""
    if isinstance(found, str):
        return found
    shares = ", ".join(
        dgettext("survey", "“%(option)s” %(share)s", option=labels[key], share=percent(part))
        for key, part in found.shares.items()
        if key in labels
    )
    return dgettext(
        "survey",
        "Weighted by “%(question)s”: %(shares)s. As exact as %(people)s unweighted answers.",
        question=by,
        shares=shares,
        people=number(round(found.effective)),
    )
