"""The bounds that the attack is measured by are those of chance itself."""

import itertools
import math

import pytest

from tests.survey.mixing import chance


@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_chances_are_those_of_all_orders_counted_out(size):
    half = size // 2
    places, halves = [0] * (size + 1), [0] * (half + 1)
    for order in itertools.permutations(range(size)):
        places[sum(at == one for at, one in enumerate(order))] += 1
        halves[sum(one < half for one in order[:half])] += 1
    every = math.factorial(size)
    assert chance.own_places(size) == pytest.approx([count / every for count in places])
    assert chance.own_halves(size) == pytest.approx([count / every for count in halves])


@pytest.mark.parametrize("size", [25, 60, 500])
def test_one_guess_in_a_crowd_is_right_whatever_its_size(size):
    likely = chance.own_places(size)
    assert (math.fsum(likely), math.fsum(hits * one for hits, one in enumerate(likely))) == pytest.approx(
        (1, 1)
    )


def test_a_bound_is_the_first_number_that_chance_hardly_reaches():
    # Of three coins, all show heads once in eight times.
    coins = [2, 2, 2]
    assert chance.own_places(2) == [0.5, 0, 0.5]
    assert [chance.bound(coins, chance.own_places, risk) for risk in (0.1, 0.2, 0.6)] == [7, 5, 3]
