"""Scales and matrices: bars that lean to both sides, and tables that darken with the share."""

from collections.abc import Mapping, Sequence

from baukasten.sdk import dgettext
from baukasten_survey.cells.shown import Table
from baukasten_survey.charts.svg import Drawing, wrapped
from baukasten_survey.charts.words import Chart, Rows, number, percent, share

WIDTH, LABEL, LINE, BAR, GAP = 900, 220, 22, 40, 18
TONES = 7
"""Steps of colour from one end of a scale to the other; the middle one belongs to neither."""
HELD_WIDTH = 30
MIDDLE = 26
"""From the top of a bar to the foot of words that stand in its middle."""
NARROW, WIDE = 28, 54
"""Below the one no figure fits into a part, above the other one with its sign."""


def likert_bars(
    name: str, title: str, rows: Mapping[str, Table], labels: Mapping[str, str], points: Mapping[str, str]
) -> Chart:
    """Draw rows of a scale, the lower half to the left of a line, the upper half to its right."""
    said = agreement(rows, labels, points)
    drawing = Drawing(name, WIDTH, title=title, description=said)
    room, order = WIDTH - LABEL, list(points)
    left = {key: _left(table, order) for key, table in rows.items()}
    told = [left[key] for key, table in rows.items() if not table.empty] or [0.5]
    span = max(told) + 1 - min(told)
    scale = (room - HELD_WIDTH) / span
    zero = LABEL + scale * max(told)
    y = 6.0
    for key, table in rows.items():
        _name(drawing, y, labels[key])
        x = zero - left[key] * scale
        for place, point in enumerate(order):
            x = _part(drawing, x, y, table, point, _tone(place, len(order)), scale)
        if not table.whole:
            # As wide as in any other row: its width would tell how many are hidden.
            drawing.rect(x, y, HELD_WIDTH - 2, BAR, "ch-held")
        y += BAR + GAP
    drawing.line(zero, 0, zero, y, "ch-axis ch-dash")
    tones = [(f"ch-p{_tone(place, len(order))}", points[point]) for place, point in enumerate(order)]
    if not all(table.whole for table in rows.values()):
        tones.append(("ch-held", dgettext("survey", "not shown")))
    return Chart(drawing.svg(y + 4), said, matrix_rows(title, rows, labels, points), tones)


def _name(drawing: Drawing, y: float, words: str) -> None:
    """Write what a row is called beside its bar: one line level with the figures, two around their middle."""
    lines = wrapped(words, 24)
    for place, line in enumerate(lines):
        drawing.text(0, y + MIDDLE + (place - (len(lines) - 1) / 2) * 19, line)


def _part(drawing: Drawing, x: float, y: float, table: Table, point: str, tone: int, scale: float) -> float:
    part = table.share(point)
    if not part:
        return x
    wide = part * scale
    drawing.rect(x, y, wide - 2, BAR, f"ch-p{tone}")
    if wide > NARROW:
        said = percent(part) if wide > WIDE else number(round(100 * part))
        drawing.text(x + wide / 2 - 1, y + MIDDLE, said, f"ch-t ch-v ch-on{tone}", "middle")
    return x + wide


def _left(table: Table, order: Sequence[str]) -> float:
    """Give the share of the lower half; the point in the middle stands half on each side."""
    half = len(order) // 2
    lower = sum(table.share(point) or 0 for point in order[:half])
    return lower + ((table.share(order[half]) or 0) / 2 if len(order) % 2 else 0)


def _tone(place: int, size: int) -> int:
    """Spread the points of a scale over the tones: an even number leaves out the one in the middle."""
    if size <= 1:
        return TONES // 2
    if size % 2 == 0 and size < TONES:
        half = size // 2
        return (
            round(place * 2 / max(half - 1, 1))
            if place < half
            else TONES - 1 - round((size - 1 - place) * 2 / max(half - 1, 1))
        )
    return round(place * (TONES - 1) / (size - 1))


def agreement(rows: Mapping[str, Table], labels: Mapping[str, str], points: Mapping[str, str]) -> str:
    """Say of each row which point was chosen most."""
    said = []
    for key, table in rows.items():
        best = max(points, key=lambda point: table.share(point) or 0, default=None)
        if best is None or not table.share(best):
            part = dgettext("survey", "%(row)s: too few answers", row=labels[key])
        else:
            part = dgettext(
                "survey",
                "%(row)s: most often “%(option)s” (%(share)s)",
                row=labels[key],
                option=points[best],
                share=share(table, best),
            )
        said.append(part)
    return f"{'; '.join(said)}."


def matrix_rows(
    title: str, rows: Mapping[str, Table], labels: Mapping[str, str], points: Mapping[str, str]
) -> Rows:
    """Give the figures of a matrix: a share for each option, and how many answered the row."""
    head = [dgettext("survey", "Row"), *points.values(), dgettext("survey", "Answers")]
    body = [
        [labels[key], *(share(table, point) for point in points), number(table.base)]
        for key, table in rows.items()
    ]
    return Rows(title, head, body)


def heat_table(
    name: str, title: str, rows: Mapping[str, Table], labels: Mapping[str, str], points: Mapping[str, str]
) -> Chart:
    """Draw a matrix as fields that darken with the share, each with its figure."""
    said = agreement(rows, labels, points)
    drawing = Drawing(name, WIDTH, title=title, description=said)
    wide, top = (WIDTH - LABEL) / max(len(points), 1), 2 * LINE + 6
    for place, label in enumerate(points.values()):
        for line, words in enumerate(wrapped(label, max(int(wide / 8), 6))):
            drawing.text(LABEL + wide * (place + 0.5), 18 + line * 19, words, "ch-t ch-s", "middle")
    y = float(top)
    for key, table in rows.items():
        _name(drawing, y, labels[key])
        for place, point in enumerate(points):
            part, x = table.share(point), LABEL + wide * place
            level = 0 if part is None else min(int(part * 10) // 2 + 1, 5)
            drawing.rect(x, y, wide - 2, BAR, f"ch-h{level}" if part is not None else "ch-held")
            drawing.text(
                x + wide / 2 - 1, y + MIDDLE, share(table, point), f"ch-t ch-v ch-oh{level}", "middle"
            )
        y += BAR + 4
    return Chart(drawing.svg(y), said, matrix_rows(title, rows, labels, points))
