"""How figures are said: in a cell, beside a bar, in a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from baukasten.sdk import SafeHtml, dgettext, dngettext, translator
from baukasten_survey.cells.shown import MISSING, UNSAID, Cell, State, Table

NAMED = 3
"""So many answers are said in a sentence; the table has the others."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The table behind a chart, for a template: the first column names the row."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, what it says, and its figures."""

    svg: SafeHtml
    sentence: str
    table: Rows
    key: Sequence[tuple[str, str]] = ()
    """What the colours mean: class and words; beside the picture, hidden from screen readers, which hear the words."""


def number(value: float) -> str:
    """Write a number as the language does, to two places at most."""
    return translator().number(round(value, 2))


def percent(share: float) -> str:
    """Write a share of 1 in whole percent."""
    return dgettext("survey", "%(number)s%%", number=translator().number(round(100 * share)))


def people(cell: Cell, k: int) -> str:
    """Write how many people a cell stands for, or what may be said instead."""
    if cell.count is not None:
        return number(round(cell.count))
    if cell.state is State.SMALL:
        return dgettext("survey", "fewer than %(k)s", k=number(k))
    if cell.at_least:
        return dgettext("survey", "at least %(number)s", number=number(cell.at_least))
    return dgettext("survey", "not shown")


def share(table: Table, key: str) -> str:
    """Write a cell's share, or what may be said instead."""
    found = table.share(key)
    return people(table.cells[key], table.k) if found is None else percent(found)


def answers(table: Table) -> str:
    """Write how many people the shares refer to."""
    return dngettext("survey", "%(num)s answer", "%(num)s answers", round(table.base))


def frequencies(table: Table, labels: Mapping[str, str]) -> str:
    """Say which answers came most often, and which so rarely that only this is said."""
    if table.empty:
        return dgettext("survey", "There are too few answers to show them without showing who gave them.")
    told = [key for key in labels if key in table.cells and key not in UNSAID]
    ranked = sorted((key for key in told if table.share(key)), key=lambda key: -(table.share(key) or 0))
    parts = [
        _first(table, key, labels) if not place else _next(table, key, labels)
        for place, key in enumerate(ranked[:NAMED])
    ]
    said = [f"{', '.join(parts)}."] if parts else []
    small = [labels[key] for key in told if table.cells[key].state is State.SMALL]
    if small:
        quoted = ", ".join(dgettext("survey", "“%(option)s”", option=label) for label in small)
        said.append(
            dgettext(
                "survey", "Fewer than %(k)s people each: %(options)s.", k=number(table.k), options=quoted
            )
        )
    if any(table.cells[key].state is State.HELD for key in table.cells):
        said.append(dgettext("survey", "Further numbers are held back, so that nobody can be recognised."))
    return " ".join([*said, f"{answers(table)}."])


def _first(table: Table, key: str, labels: Mapping[str, str]) -> str:
    return dgettext("survey", "%(share)s say “%(option)s”", share=share(table, key), option=labels[key])


def _next(table: Table, key: str, labels: Mapping[str, str]) -> str:
    return dgettext("survey", "%(share)s “%(option)s”", share=share(table, key), option=labels[key])


def table_of(table: Table, labels: Mapping[str, str], caption: str) -> Rows:
    """Give the figures of one question: shares and people, with who gave no answer at the end."""
    keys = [key for key in labels if key in table.cells and key != MISSING]
    rows = [[labels[key], share(table, key), people(table.cells[key], table.k)] for key in keys]
    if MISSING in table.cells:
        rows.append([dgettext("survey", "Without an answer"), "", people(table.cells[MISSING], table.k)])
    head = [dgettext("survey", "Answer"), dgettext("survey", "Share"), dgettext("survey", "People")]
    return Rows(caption, head, rows)
