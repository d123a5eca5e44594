"""What may be drawn on a map."""

import pytest

from baukasten_survey.answers.geometry import is_drawn
from baukasten_survey.keys import Shape

RING = [[0, 0], [1, 0], [1, 1], [0, 0]]
ALL = (Shape.POINT, Shape.LINE, Shape.AREA)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"type": "Point", "coordinates": [8.8, 53.1]}, True),
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, True),
        ({"type": "Polygon", "coordinates": [RING]}, True),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, False),
        ({"type": "Polygon", "coordinates": [[*RING[:3], [5, 5]]]}, False),
        ({"type": "Polygon", "coordinates": [RING, RING]}, False),
        ({"type": "LineString", "coordinates": [[0, 0]]}, False),
        ({"type": "LineString", "coordinates": [[0, 0]] * 201}, False),
        ({"type": "Point", "coordinates": [1, 2, 3]}, False),
        ({"type": "Point", "coordinates": [True, 2]}, False),
        ({"type": "Point", "coordinates": [1e300, 2]}, False),
        ({"type": "Point", "coordinates": ["1", 2]}, False),
        ({"type": "Point", "coordinates": [1, 2], "name": "x"}, False),
        ({"type": ["Point"], "coordinates": [1, 2]}, False),
        ("Point", False),
    ],
)
def test_only_small_closed_geometries_are_taken(shape, expected):
    assert is_drawn(shape, ALL) is expected


def test_a_question_takes_what_it_asks_for_and_points_where_it_says_nothing():
    point = {"type": "Point", "coordinates": [1, 2]}
    assert [is_drawn(point, wanted) for wanted in ((), (Shape.POINT,), (Shape.LINE,))] == [True, True, False]
