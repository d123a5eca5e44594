"""Places on a picture: points in ten thousandths, and the fields that one can name without seeing it."""

from dataclasses import dataclass

WHOLE = 10_000
COLUMNS, ROWS = "ABCDEFGH", 6
MAX_WIDTH = 1_000
"""Pixels in which a picture is shown at most; a point is sent in these."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place on a picture, in ten thousandths of its width and height."""

    x: int
    y: int

    @property
    def field(self) -> str:
        """The field in which the point lies, such as B3."""
        column = min(self.x * len(COLUMNS) // WHOLE, len(COLUMNS) - 1)
        return f"{COLUMNS[column]}{min(self.y * ROWS // WHOLE, ROWS - 1) + 1}"


def fields() -> list[str]:
    """Give the names of all fields, row by row."""
    return [f"{column}{row}" for row in range(1, ROWS + 1) for column in COLUMNS]


def centre(field: str) -> Point:
    """Give the middle of a field; raises ValueError for a name that none has."""
    if field not in fields():
        raise ValueError(f"no field is called {field}")
    column, row = COLUMNS.index(field[0]), int(field[1:]) - 1
    return Point((2 * column + 1) * WHOLE // (2 * len(COLUMNS)), (2 * row + 1) * WHOLE // (2 * ROWS))


def shown_size(width: int, height: int) -> tuple[int, int]:
    """Give width and height in which a picture is shown."""
    wide = min(width, MAX_WIDTH)
    return wide, max(1, round(height * wide / width))


def pressed(x: str, y: str, size: tuple[int, int]) -> Point | None:
    """Give the point of a picture that was pressed; nothing for what a keyboard sends, which is the corner."""
    if not all(one.isascii() and one.isdecimal() and len(one) <= 5 for one in (x, y)) or x == y == "0":
        return None
    wide, high = size
    return Point(min(int(x), wide) * WHOLE // wide, min(int(y), high) * WHOLE // high)


def read(x: str, y: str) -> Point | None:
    """Give a point from the fields of a form; nothing for what is none."""
    if not all(one.isascii() and one.isdecimal() and len(one) <= 5 for one in (x, y)):
        return None
    point = Point(int(x), int(y))
    return point if point.x <= WHOLE and point.y <= WHOLE else None
