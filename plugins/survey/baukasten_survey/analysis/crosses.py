"""Two questions crossed: counts, shares of rows, and whether they have to do with each other, in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from baukasten.plugin import lazy
from baukasten.sdk import dgettext, dngettext, translator
from baukasten_survey.analysis.plan import Plan
from baukasten_survey.analysis.tallying import Amount, Lens, Tally, total
from baukasten_survey.cells.shown import MISSING, openly
from baukasten_survey.charts.stacked import heat_table
from baukasten_survey.charts.words import Rows, number, percent
from baukasten_survey.keys import NO_ANSWER
from baukasten_survey.results.findings import Finding, Reader
from baukasten_survey.statistics.crossing import ChiSquared, chi_squared

_ = lazy("survey")
SURE, LEAST_SAID = 0.05, 0.001
WEAK, MIDDLING, STRONG = 0.1, 0.3, 0.5
"""From where on Cramér's V is called so (Cohen 1988, for two classes)."""
FIGURES = 3
UNSAID = frozenset({NO_ANSWER, MISSING})


@dataclass(frozen=True, slots=True)
class Crossed:
    """A cross-table as the analysis shows it."""

    finding: Finding
    counts: Rows
    facts: Sequence[tuple[str, str]]
    sentence: str
    warning: str = ""


def crossed(plan: Plan, tally: Tally, lens: Lens, reader: Reader, pair: tuple[str, str]) -> Crossed:
    """Show how those who answered one question in one way answered another."""
    cells = {place: one for place, one in tally.crossed.items() if not UNSAID.intersection(place)}
    rows, columns = (_names(plan, code, [place[at] for place in cells]) for at, code in enumerate(pair))
    counts = [[lens.of(cells.get((row, column), Amount())) for column in columns] for row in rows]
    words = [reader.labels(code, names) for code, names in zip(pair, (rows, columns), strict=True)]
    asked = dgettext(
        "survey",
        "“%(question)s” by “%(row)s”",
        question=reader.words(plan.questions[pair[1]].title) or pair[1],
        row=reader.words(plan.questions[pair[0]].title) or pair[0],
    )
    name = "-".join(pair)
    people = lens.people(total(cells.values()))
    tables = {
        row: openly(dict(zip(columns, line, strict=True)), sum(line))
        for row, line in zip(rows, counts, strict=True)
        if sum(line)
    }
    chart = heat_table(f"x-{name}", asked, tables, words[0], words[1])
    base = dngettext("survey", "%(num)s person answered both", "%(num)s people answered both", people)
    found = chi_squared(counts, effective=_effective(cells.values(), lens)) if people else None
    table = _table(asked, [words[0][row] for row in rows], [words[1][column] for column in columns], counts)
    return Crossed(
        Finding(name, asked, asked, base, chart, wide=True),
        table,
        _facts(found),
        _sentence(found),
        _warning(found),
    )


def _names(plan: Plan, code: str, given: Sequence[str]) -> list[str]:
    return [name for name in dict.fromkeys([*plan.names(code), *given]) if name not in UNSAID]


def _effective(amounts: Iterable[Amount], lens: Lens) -> float | None:
    """Give the effective n of weighted counts; nothing of plain ones."""
    if not lens.weighted:
        return None
    found = total(amounts)
    return found.weight**2 / found.squares if found.squares else None


def _table(
    caption: str, rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[float]]
) -> Rows:
    """Give counts with the share of their row, and sums at both ends."""
    everything = str(_("All"))
    sums = [sum(column) for column in zip(*counts, strict=True)]
    body = [[words, *_line(line)] for words, line in zip([*rows, everything], [*counts, sums], strict=True)]
    return Rows(caption, [str(_("Answer")), *columns, everything], body)


def _line(line: Sequence[float]) -> list[str]:
    base = sum(line)
    cells = [f"{number(round(one))} ({percent(one / base)})" if base else "0" for one in line]
    return [*cells, number(round(base))]


def _facts(found: ChiSquared | None) -> list[tuple[str, str]]:
    if found is None:
        return []
    say = translator().number
    least = dgettext("survey", "less than %(number)s", number=say(LEAST_SAID))
    return [
        ("χ²", number(found.statistic)),
        (str(_("Degrees of freedom")), number(found.freedom)),
        ("p", least if found.probability < LEAST_SAID else say(round(found.probability, FIGURES))),
        ("Cramér’s V", number(found.cramers_v)),
    ]


def _sentence(found: ChiSquared | None) -> str:
    """Say what the test means."""
    if found is None:
        return dgettext("survey", "For a test, both questions need at least two answers that somebody gave.")
    if found.probability >= SURE:
        return dgettext("survey", "No connection can be seen: differences like these often come by chance.")
    if found.cramers_v < WEAK:
        return dgettext(
            "survey", "The two questions probably go together, but hardly: the groups differ little."
        )
    if found.cramers_v < MIDDLING:
        return dgettext("survey", "The two questions probably go together; the connection is weak.")
    if found.cramers_v < STRONG:
        return dgettext("survey", "The two questions probably go together; the connection is clear.")
    return dgettext("survey", "The two questions probably go together; the connection is strong.")


def _warning(found: ChiSquared | None) -> str:
    if found is None or not found.few_expected:
        return ""
    return dngettext(
        "survey",
        "In %(num)s of %(cells)s cells fewer than 5 people were to be expected. The test is only a hint.",
        "In %(num)s of %(cells)s cells fewer than 5 people were to be expected. The test is only a hint.",
        found.few_expected,
        cells=number(found.cells),
    )
