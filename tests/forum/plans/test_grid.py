"""Points, fields and their names."""

import pytest

from baukasten_forum.plans import grid
from baukasten_forum.plans.grid import Point


def test_every_field_holds_its_own_middle():
    assert [grid.centre(field).field for field in grid.fields()] == grid.fields()
    assert (len(grid.fields()), grid.fields()[0], grid.fields()[-1]) == (48, "A1", "H6")


@pytest.mark.parametrize(
    ("point", "field"),
    [(Point(0, 0), "A1"), (Point(10_000, 10_000), "H6"), (Point(1250, 0), "B1"), (Point(1249, 1667), "A2")],
)
def test_fields_begin_where_others_end(point, field):
    assert point.field == field


@pytest.mark.parametrize(
    ("x", "y", "found"),
    [
        ("500", "300", Point(5000, 5000)),
        ("1000", "600", Point(10_000, 10_000)),
        ("99999", "1", Point(10_000, 16)),
        ("0", "0", None),
        ("", "", None),
        ("-1", "5", None),
        ("1e3", "5", None),
        ("123456", "5", None),
        ("²", "5", None),
    ],
)
def test_presses_become_points(x, y, found):
    assert grid.pressed(x, y, (1000, 600)) == found


@pytest.mark.parametrize(("x", "y"), [("", ""), ("10001", "0"), ("a", "1"), ("1", "99999")])
def test_what_is_no_point(x, y):
    assert grid.read(x, y) is None


def test_large_pictures_are_shown_smaller():
    assert grid.shown_size(2000, 1500) == (1000, 750)
    assert grid.shown_size(400, 300) == (400, 300)


def test_no_field_is_called_that():
    with pytest.raises(ValueError, match="Z9"):
        grid.centre("Z9")
