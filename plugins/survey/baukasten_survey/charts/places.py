"""Points on a plain grid: where people pointed, without anybody's map tiles."""

import math

from baukasten.sdk import dgettext, dngettext
from baukasten_survey.cells.spots import Grid, Spots
from baukasten_survey.charts.svg import Drawing
from baukasten_survey.charts.words import Chart, Rows, number

WIDTH, FEWEST = 480, 10


def places(name: str, title: str, spots: Spots, grid: Grid) -> Chart:
    """Draw discs whose area grows with the people who pointed into a square of the grid."""
    said = _sentence(spots)
    drawing = Drawing(name, WIDTH, title=title, description=said)
    wide = WIDTH / grid.columns
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    narrow = math.cos(math.radians((grid.south + grid.north) / 2))
    height = WIDTH * (grid.north - grid.south) / max((grid.east - grid.west) * narrow, 1e-9)
    tall = height / grid.rows
    drawing.rect(0, 0, WIDTH, height, "ch-land")
    for column in range(1, grid.columns):
        drawing.line(column * wide, 0, column * wide, height, "ch-grid")
    for row in range(1, grid.rows):
        drawing.line(0, row * tall, WIDTH, row * tall, "ch-grid")
    most = max(spots.people.values(), default=1)
    for (column, row), people in spots.people.items():
        x, y = (column + 0.5) * wide, height - (row + 0.5) * tall
        drawing.circle(x, y, max(0.48 * min(wide, tall) * math.sqrt(people / most), FEWEST), "ch-spot")
        drawing.text(x, y + 5, number(people), "ch-t ch-s ch-on", "middle")
    head = [dgettext("survey", "Square"), dgettext("survey", "People")]
    rows = [[_name(square), number(people)] for square, people in _ordered(spots)]
    return Chart(drawing.svg(height), said, Rows(title, head, rows))


def _ordered(spots: Spots) -> list[tuple[tuple[int, int], int]]:
    return sorted(spots.people.items(), key=lambda one: (-one[1], one[0]))


def _name(square: tuple[int, int]) -> str:
    """Name a square as on a town plan: letters from west to east, numbers from south to north."""
    column, letters = square[0] + 1, ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{square[1] + 1}"


def _sentence(spots: Spots) -> str:
    if not spots.people:
        return dgettext("survey", "There are too few answers to show them without showing who gave them.")
    square, people = _ordered(spots)[0]
    return dngettext(
        "survey",
        "Most people, %(num)s, pointed into the square %(square)s.",
        "Most people, %(num)s, pointed into the square %(square)s.",
        people,
        square=_name(square),
    )
