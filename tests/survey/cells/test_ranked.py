"""Rankings give points only where all places may be told."""

import pytest

from baukasten_survey.cells import ranked


def test_rankings_give_points_where_all_places_may_be_told():
    crossing = ranked.protect({"a": [20, 5, 5], "b": [5, 20, 5], "c": [5, 5, 20]}, 30)
    assert crossing is not None
    assert ranked.borda(crossing)[0] == ("a", 45, 1.5)


def test_rankings_with_rare_places_keep_them():
    crossing = ranked.protect({"a": [60, 20, 20], "b": [38, 40, 22], "c": [2, 40, 58]}, 100)
    assert crossing is not None
    assert crossing.cells["c", "1"].count is None
    with pytest.raises(ValueError, match="whole"):
        ranked.borda(crossing)
    assert ranked.protect({"a": [2, 1], "b": [1, 2]}, 3) is None
    with pytest.raises(ValueError, match="one place"):
        ranked.protect({"a": [2, 1], "b": [2, 1]}, 3)
