"""Horizontal bars of frequencies, rankings and histograms."""

from collections.abc import Mapping, Sequence

from baukasten.sdk import dgettext
from baukasten_survey.cells.ranked import borda
from baukasten_survey.cells.shown import UNSAID, Crossing, Table
from baukasten_survey.charts.svg import Drawing, wrapped
from baukasten_survey.charts.words import (
    NAMED,
    Chart,
    Rows,
    answers,
    frequencies,
    number,
    people,
    share,
    table_of,
)

WIDTH, LINE, BAR, GAP, SIGNS = 360, 22, 18, 14, 30
"""Narrow enough that words can still be read on a phone."""
SPREAD = 480
"""Width of a histogram, whose classes stand side by side."""


def frequency_bars(
    name: str, title: str, table: Table, labels: Mapping[str, str], *, ranked: bool = True
) -> Chart:
    """Draw how often each option was chosen, most first unless their own order means something."""
    keys = [key for key in labels if key in table.cells and key not in UNSAID]
    if ranked:
        keys.sort(key=lambda key: -(table.share(key) or 0))
    said = frequencies(table, labels)
    drawing, y = Drawing(name, WIDTH, title=title, description=said), 0.0
    for place, key in enumerate(keys):
        part = table.share(key)
        value = share(table, key)
        if part is not None:
            value = f"{value} · {people(table.cells[key], table.k)}"
        y = _bar(drawing, y, labels[key], value, part, first=ranked and not place)
    return Chart(drawing.svg(y), said, table_of(table, labels, f"{title}, {answers(table)}"))


def _bar(drawing: Drawing, y: float, label: str, value: str, part: float | None, *, first: bool) -> float:
    """Draw one bar under its label; gives where the next begins."""
    lines = wrapped(label, SIGNS)
    for line in lines:
        y += LINE
        drawing.text(0, y - 5, line)
    drawing.text(WIDTH, y - 5, value, "ch-t ch-v", "end")
    drawing.rect(0, y, WIDTH, BAR, "ch-rail")
    if part is None:
        drawing.rect(0, y, WIDTH, BAR, "ch-held")
    elif part:
        drawing.rect(0, y, max(WIDTH * min(part, 1), 3), BAR, "ch-bar ch-bar-first" if first else "ch-bar")
    return y + BAR + GAP


def ranking_bars(name: str, title: str, crossing: Crossing | None, labels: Mapping[str, str]) -> Chart:
    """Draw the points of a ranking; without points where a place may not be told."""
    if crossing is None or not crossing.whole:
        said = dgettext("survey", "There are too few answers to show them without showing who gave them.")
        return Chart(Drawing(name, WIDTH, title=title, description=said).svg(1), said, Rows(title, [], []))
    return points_bars(name, title, borda(crossing), labels)


def points_bars(
    name: str, title: str, found: Sequence[tuple[str, float, float | None]], labels: Mapping[str, str]
) -> Chart:
    """Draw options with their points and mean places, best first; a place that nobody gave is none."""
    most = max((points for _, points, _ in found), default=0) or 1
    best = [dgettext("survey", "“%(option)s”", option=labels[option]) for option, _, _ in found[:NAMED]]
    said = dgettext("survey", "In front: %(options)s.", options=", ".join(best))
    drawing, y = Drawing(name, WIDTH, title=title, description=said), 0.0
    for place, (option, points, _middle) in enumerate(found):
        value = dgettext("survey", "%(number)s points", number=number(points))
        y = _bar(drawing, y, f"{place + 1}. {labels[option]}", value, points / most, first=not place)
    head = [dgettext("survey", "Answer"), dgettext("survey", "Points"), dgettext("survey", "Mean place")]
    rows = [
        [labels[option], number(points), "–" if middle is None else number(middle)]
        for option, points, middle in found
    ]
    return Chart(drawing.svg(y), said, Rows(title, head, rows))


def histogram(name: str, title: str, table: Table, labels: Mapping[str, str]) -> Chart:
    """Draw how numbers are spread: classes stand beside each other in their order."""
    keys: Sequence[str] = [key for key in labels if key in table.cells and key not in UNSAID]
    said = frequencies(table, labels)
    drawing, high, top = Drawing(name, SPREAD, title=title, description=said), 180, 26
    most = max((table.share(key) or 0 for key in keys), default=0) or 1
    wide = SPREAD / max(len(keys), 1)
    for place, key in enumerate(keys):
        part, middle = table.share(key), wide * (place + 0.5)
        tall = high * (part or 0) / most
        css, height = ("ch-bar", tall) if part is not None else ("ch-held", high)
        drawing.rect(wide * place + 1, top + high - height, wide - 2, height, css)
        above = share(table, key) if part is not None else "?"
        drawing.text(middle, top + high - (tall if part is not None else 0) - 6, above, "ch-t ch-s", "middle")
        for line, words in enumerate(wrapped(labels[key], max(int(wide / 8), 4), 3)):
            drawing.text(middle, top + high + LINE * (line + 0.8), words, "ch-t ch-s", "middle")
    drawing.line(0, top + high, SPREAD, top + high, "ch-axis")
    return Chart(
        drawing.svg(top + high + 3 * LINE), said, table_of(table, labels, f"{title}, {answers(table)}")
    )
