"""Marks read as they stand in the matrix, and a view without one is named."""

import pytest

from baukasten.web.marks import UnmarkedRouteError, mark_of, public, requires, signed_in


def view():
    return "x"


def test_marks_read_as_they_stand_in_the_matrix():
    wrap = (public, public(cached=True), signed_in, requires("a.b.c"), requires("a.b.c", cached=True))
    marks = [mark_of(mark(lambda: "x")) for mark in wrap]
    assert [str(mark) for mark in marks] == ["public", "public", "signed_in", "a.b.c", "a.b.c"]
    assert [mark.cached for mark in marks] == [False, True, False, False, True]


def test_a_view_without_a_mark_is_named():
    with pytest.raises(UnmarkedRouteError, match="the route view has no access mark: add @public"):
        mark_of(view)
    with pytest.raises(UnmarkedRouteError, match=r"the route town\.front has"):
        mark_of(view, "town.front")
