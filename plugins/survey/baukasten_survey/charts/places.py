"""Places on a plain grid: where people pointed, without anybody's map tiles."""

import math

from baukasten.plugin import MediaRef
from baukasten.sdk import dgettext, dngettext
from baukasten_survey.cells.spots import Grid, Spots
from baukasten_survey.charts.svg import Drawing
from baukasten_survey.charts.words import Chart, Rows, number

WIDTH, FEWEST, LEAST_ROWS = 480, 10, 6


def places(
    name: str, title: str, spots: Spots, grid: Grid, picture: MediaRef | None = None, *, least: bool = False
) -> Chart:
    """Draw discs whose area grows with the people who pointed into a square of the grid.

    Without a picture, rows below the last square that is told are left away, but for as many as the plain surface has.
    With ``least``, numbers are what is certain: several freezes may each have held something back.
    """
    said = _sentence(spots)
    drawing = Drawing(name, WIDTH, title=title, description=said)
    side = WIDTH / grid.columns
    rows = min(grid.rows, max([LEAST_ROWS, *(row + 1 for _column, row in spots.people)]))
    height = side * rows
    if picture is not None and picture.width and picture.height:
        height = WIDTH * picture.height / picture.width
        rows = math.ceil(height / side)
        drawing.image(picture.url, WIDTH, height)
    else:
        drawing.rect(0, 0, WIDTH, height, "ch-land")
    for column in range(1, grid.columns):
        drawing.line(column * side, 0, column * side, height, "ch-grid")
    for row in range(1, rows):
        drawing.line(0, row * side, WIDTH, row * side, "ch-grid")
    for column in range(grid.columns):
        drawing.text(column * side + 4, 14, letter(column), "ch-t ch-xs")
    for row in range(1, rows):
        drawing.text(4, row * side + 14, str(row + 1), "ch-t ch-xs")
    most = max(spots.people.values(), default=1)
    for (column, row), people in spots.people.items():
        x, y = (column + 0.5) * side, (row + 0.5) * side
        drawing.circle(x, y, max(0.48 * side * math.sqrt(people / most), FEWEST), "ch-spot")
        drawing.text(x, y + 5, number(people), "ch-t ch-s ch-on", "middle")
    head = [dgettext("survey", "Square"), dgettext("survey", "People")]
    unsure = dgettext("survey", "at least %(number)s") if least else "%(number)s"
    body = [[square_name(square), unsure % {"number": number(people)}] for square, people in _ordered(spots)]
    return Chart(drawing.svg(height), said, Rows(title, head, body))


def _ordered(spots: Spots) -> list[tuple[tuple[int, int], int]]:
    return sorted(spots.people.items(), key=lambda one: (-one[1], one[0]))


def square_name(square: tuple[int, int]) -> str:
    """Name a square as on a town plan: letters from left to right, numbers from top to bottom."""
    return f"{letter(square[0])}{square[1] + 1}"


def letter(column: int) -> str:
    """Name a column: A to Z, then AA."""
    place, letters = column + 1, ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _sentence(spots: Spots) -> str:
    if not spots.people:
        return dgettext("survey", "There are too few answers to show them without showing who gave them.")
    square, people = _ordered(spots)[0]
    return dngettext(
        "survey",
        "Most people, %(num)s, pointed into the square %(square)s.",
        "Most people, %(num)s, pointed into the square %(square)s.",
        people,
        square=square_name(square),
    )
