"""What may be drawn on a map: a few geometries of GeoJSON (RFC 7946), small and closed."""

import math
from collections.abc import Collection
from typing import Any

from baukasten_survey.keys import Shape

MOST_POINTS = 200
NAMES = {"Point": Shape.POINT, "LineString": Shape.LINE, "Polygon": Shape.AREA}
LEAST_OF_LINE, LEAST_OF_RING = 2, 4


def is_drawn(shape: Any, wanted: Collection[Shape]) -> bool:
    """Tell whether something is one of the wanted geometries and nothing else; an area is one closed ring."""
    if not isinstance(shape, dict) or set(shape) != {"type", "coordinates"}:
        return False
    kind = NAMES.get(shape["type"]) if isinstance(shape["type"], str) else None
    if kind is None or kind not in (wanted or (Shape.POINT,)):
        return False
    found = shape["coordinates"]
    if kind is Shape.POINT:
        return _is_point(found)
    if kind is Shape.LINE:
        return _is_row(found, LEAST_OF_LINE)
    one_ring = isinstance(found, list) and len(found) == 1 and _is_row(found[0], LEAST_OF_RING)
    return one_ring and found[0][0] == found[0][-1]


def _is_row(found: Any, least: int) -> bool:
    return isinstance(found, list) and least <= len(found) <= MOST_POINTS and all(map(_is_point, found))


def _is_point(found: Any) -> bool:
    return isinstance(found, list) and len(found) == 2 and all(map(_is_place, found))


def _is_place(number: Any) -> bool:
    return (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and abs(number) <= 1e9
        and math.isfinite(number)
    )
