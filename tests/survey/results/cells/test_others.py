"""Averages, rankings, weights, open data and maps, each only of what may be told."""

import pytest

from baukasten_survey.results.cells import averages, crossed, ranked, rows, single, spots, weighted
from baukasten_survey.results.cells.shown import MISSING, TOGETHER, openly

WHOLE = single.protect({"0-9": 60, "10-19": 40, MISSING: 10})


def test_averages_are_rounded_so_that_k_people_do_not_show():
    found = averages.average(WHOLE, 1_034, 20)
    assert found is not None
    assert (found.value, found.step, found.people) == (10, 1, 100)
    # Five people going from one end to the other move the mean by a step at most.
    assert found.step >= 5 * 20 / 100


def test_averages_of_few_or_of_hidden_classes_are_not_told():
    assert averages.average(single.protect({"0-9": 20, "10-19": 20}), 300, 20) is None
    assert averages.average(single.protect({"0-9": 60, "10-19": 3, MISSING: 20}), 300, 20) is None
    with pytest.raises(ValueError, match="span"):
        averages.average(WHOLE, 300, 0)


@pytest.mark.parametrize(
    ("least", "step"), [(0.3, 0.5), (1, 1), (1.01, 2), (4.2, 5), (6, 10), (0.02, 0.02), (70, 100)]
)
def test_steps_of_rounding(least, step):
    assert averages.round_step(least) == step


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


def _crossing():
    counts = {("old", "yes"): 30, ("old", "no"): 10, ("young", "yes"): 10, ("young", "no"): 10}
    return crossed.protect(
        counts, single.protect({"old": 40, "young": 20}), single.protect({"yes": 40, "no": 20})
    )


def test_weighted_shares_come_of_the_table_that_everybody_reads():
    crossing = _crossing()
    assert crossing is not None
    found = weighted.by_row(crossing, {"old": 1, "young": 1})
    assert found == pytest.approx({"yes": 0.625, "no": 0.375})


def test_tables_with_hidden_cells_are_not_weighted():
    counts = {
        ("old", "yes"): 30,
        ("old", "no"): 12,
        ("young", "yes"): 30,
        ("young", "no"): 2,
        ("mid", "yes"): 30,
        ("mid", "no"): 30,
    }
    crossing = crossed.protect(
        counts, single.protect({"old": 42, "young": 32, "mid": 60}), single.protect({"yes": 90, "no": 44})
    )
    assert crossing is not None
    assert weighted.by_row(crossing, {"old": 1, "young": 1, "mid": 1}) is None


def test_the_open_file_is_weighted_like_anybody_could():
    data = rows.OpenData(
        ["age", "q"], [], {("old", "yes"): 30, ("old", "no"): 10, ("young", "yes"): 10, ("young", "no"): 10}
    )
    shares, weighting = weighted.by_file(data, "q", {"age": {"old": 1, "young": 1}})
    assert shares == pytest.approx({"yes": 0.625, "no": 0.375})
    assert weighting.effective == pytest.approx(60 / (1 + 1 / 8))


def test_columns_that_would_make_somebody_recognisable_are_left_out():
    tables = {
        "age": single.protect({"old": 30, "young": 30}),
        "part": single.protect({"x": 50, "y": 10}),
        "q": single.protect({"a": 32, "b": 28}),
    }
    responses: dict[tuple[str, ...], int] = {
        ("old", "y", "a"): 1,
        ("old", "x", "a"): 20,
        ("old", "x", "b"): 9,
        ("young", "y", "a"): 9,
        ("young", "x", "a"): 2,
        ("young", "x", "b"): 19,
    }
    found = rows.combine(responses, ["age", "part", "q"], tables)
    assert (found.columns, found.left_out) == (["age", "q"], ["part"])
    assert found.rows == {("old", "a"): 21, ("old", "b"): 9, ("young", "a"): 11, ("young", "b"): 19}


def test_classes_that_a_table_does_not_tell_apart_are_one_in_the_file():
    part = single.protect({"x": 40, "y": 2, "z": 18})
    found = rows.combine({("x",): 40, ("y",): 2, ("z",): 18}, ["part"], {"part": part})
    assert found.rows == {(TOGETHER,): 42, ("z",): 18}


def test_squares_of_a_map():
    grid = spots.Grid(7.0, 53.0, 8.0, 54.0, 10, 10)
    assert grid.square(7.05, 53.99) == (0, 9)
    assert grid.square(8.0, 53.5) is None
    found = spots.protect({(0, 0): 4, (1, 0): 5, (2, 0): 97, (3, 0): 100, (4, 0): 95}, 100)
    assert found.people == {(1, 0): 5, (3, 0): 100, (4, 0): 95}
    assert spots.Spots.load(found.dump()) == found
    assert (found + found).people[1, 0] == 10


def test_open_tables_for_those_who_may_see_everything():
    table = openly({"a": 1, MISSING: 0}, 1)
    assert (table.whole, table.share("a")) == (True, 1)
