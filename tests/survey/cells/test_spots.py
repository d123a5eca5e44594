"""Maps tell squares of enough people, and nothing that those who pointed elsewhere can be counted by."""

import itertools

import pytest

from baukasten_survey.cells import single, spots
from baukasten_survey.cells.shown import MISSING, UNASKED, routed

ANSWERED = "_answered"
GRID = spots.Grid(10, 6, 100)


def _table(answered, missing=0):
    return single.protect({ANSWERED: answered, MISSING: missing})


def test_points_lie_in_squares_of_the_questionnaire():
    assert GRID.square(50, 599) == (0, 5)
    assert GRID.square(1000, 600) == (9, 5)
    assert GRID.square(1001, 5) is GRID.square(5, -1) is None


def test_squares_of_few_and_of_all_but_few_are_not_told():
    pointed = {(0, 0): 4, (1, 0): 5, (2, 0): 97, (3, 0): 100, (4, 0): 95}
    found = spots.protect(pointed, _table(100))
    assert found.people == {(1, 0): 5, (3, 0): 100, (4, 0): 95}
    assert spots.Spots.load(found.dump()) == found
    assert (found + found).people[1, 0] == 10


def test_where_the_number_of_answers_is_hidden_there_is_room_for_it():
    found = spots.protect({(0, 0): 80, (1, 0): 81}, _table(98, 2))
    assert found.people == {(0, 0): 80}


def test_nothing_is_told_of_questions_that_are_held_back_as_a_whole():
    table = single.protect({ANSWERED: 60, UNASKED: 40, MISSING: 0})
    held = routed(table, [single.protect({"a": 60, "b": 37, "c": 3})])
    assert spots.protect({(0, 0): 30}, table).people
    assert not spots.protect({(0, 0): 30}, held).people


@pytest.mark.parametrize("few", range(1, 5))
def test_those_who_set_their_one_point_elsewhere_are_never_few(few):
    pointed = {(0, 0): 30, (1, 0): 20, (2, 0): few}
    naive = {one: number for one, number in pointed.items() if number >= 5}
    assert 50 + few - sum(naive.values()) == few
    found = spots.protect(pointed, _table(50 + few), most=1)
    assert found.people == {(0, 0): 30}


def test_all_squares_are_told_where_nobody_is_beside_them():
    assert spots.protect({(0, 0): 30, (1, 0): 20}, _table(50), most=1).people == {(0, 0): 30, (1, 0): 20}


def test_no_small_group_is_left_whatever_was_pointed_at():
    """Try all ways to put one point each of 16 people: who is in none of the squares told is nobody or k at least."""
    k, table = 3, single.protect({ANSWERED: 16, MISSING: 0}, k=3)
    for first, second, third in itertools.product(range(17), repeat=3):
        if first + second + third <= 16:
            found = spots.protect({(0, 0): first, (1, 0): second, (2, 0): third}, table, most=1)
            assert all(number >= k for number in found.people.values())
            rest = 16 - sum(found.people.values())
            assert rest == 0 or rest >= k
