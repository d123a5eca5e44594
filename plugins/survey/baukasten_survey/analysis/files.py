"""The shown analysis as a table for a spreadsheet: what is behind each picture, one figure a line."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from baukasten.sdk import dgettext, harmless_cell
from baukasten_survey.analysis.page import Look
from baukasten_survey.charts.words import Rows

NUMBER = re.compile(r"-?[\d.,]+(?:\s?%)?")
"""What a spreadsheet takes for a number is no formula, with a sign neither."""


def as_csv(look: Look) -> bytes:
    """Give all tables of the analysis below each other, with the sign by which spreadsheets know UTF-8."""
    stream = io.StringIO()
    table = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    for line in _lines(look):
        table.writerow([cell if NUMBER.fullmatch(cell) else harmless_cell(cell) for cell in line])
    return stream.getvalue().encode("utf-8-sig")


def _lines(look: Look) -> Iterator[Sequence[str]]:
    yield [dgettext("survey", "Responses"), str(look.counted)]
    for name, value in look.selection.address():
        yield [dgettext("survey", "Selection"), f"{name}={value}"]
    crossed = look.crossed()
    if crossed is not None:
        yield []
        yield from _table(crossed.finding.asked, crossed.counts)
        yield from crossed.facts
    for one in look.figures():
        yield []
        yield [one.finding.code, one.finding.asked]
        yield [one.finding.base]
        yield from _table("", one.finding.chart.table)
        yield from one.facts
        for rows in (one.more, one.beside):
            if rows is not None:
                yield from _table(rows.caption, rows)
        for number, people in one.versions:
            yield [dgettext("survey", "Version %(number)s", number=number), str(people)]


def _table(title: str, rows: Rows) -> Iterator[Sequence[str]]:
    if title:
        yield [title]
    if rows.rows:
        yield rows.head
        yield from rows.rows
