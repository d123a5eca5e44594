"""Looking at one group only: a row of the breakdowns that were chosen before the first figures, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from baukasten.sdk import dgettext, dngettext
from baukasten_survey.cells.shown import TOGETHER, UNSAID, Crossing, Table
from baukasten_survey.results import findings
from baukasten_survey.results.findings import Finding, Reader
from baukasten_survey.results.standing import Standing

SIGN = "."
"""Between the code of a characteristic and its class; neither the code nor the address needs it otherwise."""
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One group that may be looked at."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Characteristic:
    """A question whose answers make groups."""

    title: str
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class Group:
    """What one group answered."""

    value: str
    title: str
    base: str
    findings: Sequence[Finding]


def characteristics(reader: Reader, standing: Standing, pairs: Sequence[Pair]) -> list[Characteristic]:
    """Give all groups of which some breakdown tells something."""
    found = []
    for code in dict.fromkeys(row for row, _column in pairs):
        keys = {
            key: None for pair in pairs if pair[0] == code for key, _table in _rows(standing.crossings[pair])
        }
        labels = reader.labels(code, list(keys))
        choices = [Choice(f"{code}{SIGN}{key}", label) for key, label in labels.items()]
        if choices:
            found.append(Characteristic(reader.title(code), choices))
    return found


def group(reader: Reader, standing: Standing, pairs: Sequence[Pair], value: str) -> Group | None:
    """Give what those of one class answered; nothing of a class that is not told."""
    code, _sign, key = value.partition(SIGN)
    tables = {
        column: dict(_rows(standing.crossings[row, column])).get(key) for row, column in pairs if row == code
    }
    told = {column: table for column, table in tables.items() if table is not None}
    if not told:
        return None
    label = reader.labels(code, [key])[key]
    people = next(iter(told.values())).people
    shown = (findings.of_group(reader, code, column, table) for column, table in told.items())
    return Group(
        value,
        dgettext("survey", "Only those with “%(answer)s”", answer=label),
        dngettext(
            "survey",
            "%(num)s person answered “%(question)s” like this",
            "%(num)s people answered “%(question)s” like this",
            people,
            question=reader.title(code),
        ),
        [one for one in shown if one is not None],
    )


def _rows(crossing: Crossing) -> Iterator[tuple[str, Table]]:
    for key in crossing.rows.cells:
        table = crossing.row(key)
        if table is not None and key not in {*UNSAID, TOGETHER} and table.people:
            yield key, table
