"""Frequencies of choices, lists and matrices."""

import pytest

from baukasten_survey.statistics import counting


def test_single_choices():
    found = counting.single(["a", "b", None, "a", "_none"], ["a", "b", "c"])
    assert (found.people, found.valid, found.missing, found.no_answer) == (5, 3, 1, 1)
    assert found.counts == {"a": 2, "b": 1, "c": 0}
    assert found.share("a") == pytest.approx(2 / 3)


def test_shares_of_lists_are_shares_of_people():
    found = counting.multiple([["a", "b"], ["b"], [], None], ["a", "b"])
    assert (found.valid, found.missing) == (2, 2)
    assert (found.share("a"), found.share("b")) == (0.5, 1.0)


def test_weights_move_shares():
    found = counting.single(["a", "b"], ["a", "b"], [3, 1])
    assert found.share("a") == 0.75


def test_rows_of_a_matrix_are_questions():
    found = counting.matrix([{"r1": "a"}, {"r1": "b", "r2": "a"}, None], ["r1", "r2"], ["a", "b"])
    assert found["r1"].counts == {"a": 1, "b": 1}
    assert (found["r2"].valid, found["r2"].missing) == (1, 2)


def test_nobody_has_no_share():
    assert counting.single([], ["a"]).share("a") == 0


def test_an_answer_is_an_option():
    with pytest.raises(ValueError, match="z is no option"):
        counting.single(["z"], ["a"])
