"""Averages are told only where nothing is held back, and so coarsely that no few people show."""

import itertools
import random

import pytest

from baukasten_survey.cells import averages, single
from baukasten_survey.cells.averages import Average
from baukasten_survey.cells.shown import MISSING, Table

ENDS = {"n0": (0, 9), "n1": (10, 20)}
WHOLE = single.protect({"n0": 60, "n1": 40, MISSING: 10})


def test_an_average_is_the_middle_of_a_wide_band():
    # All answers add up to 400 to 1340; nine bands of at least five times 20 fit between.
    found = averages.average(WHOLE, ENDS, 1_034)
    assert found is not None
    assert (found.value, found.step) == pytest.approx(((400 + 6.5 * 940 / 9) / 100, 940 / 9 / 100))
    assert found.people == 100
    assert found.step >= 5 * 20 / 100


@pytest.mark.parametrize("total", [400, 1_340, 870])
def test_the_true_mean_lies_in_the_band(total):
    found = averages.average(WHOLE, ENDS, total)
    assert found is not None
    assert abs(found.value - total / 100) <= found.step / 2 + 1e-12


def test_averages_of_few_or_of_hidden_classes_are_not_told():
    assert averages.average(single.protect({"n0": 20, "n1": 20}), ENDS, 300) is None
    assert averages.average(single.protect({"n0": 60, "n1": 3, MISSING: 20}), ENDS, 300) is None
    with pytest.raises(ValueError, match="between the ends"):
        averages.average(WHOLE, ENDS, 399)


def test_classes_of_one_answer_each_have_an_exact_mean():
    table = single.protect({"n0": 30, "n1": 30})
    assert averages.average(table, {"n0": (1, 1), "n1": (2, 2)}, 90) == Average(1.5, 0, 60)


def test_averages_of_different_people_add_up():
    assert Average(10, 1, 100) + Average(40, 4, 50) == Average(20, 2, 150)
    assert Average.load(Average(10, 1, 100).dump()) == Average(10, 1, 100)


@pytest.mark.parametrize("seed", range(6))
def test_any_few_people_may_have_answered_anything_in_their_class(seed):
    """Replace few people's answers by any others of their class: the rest can always make up for it."""
    dice = random.Random(seed)  # noqa: S311 - fixed, to fail again alike
    k, ends = 3, {"n0": (0, 4), "n1": (5, 9), "n2": (10, 12)}
    leaning = dice.choice([0, 0.5, 1])
    answers = [
        (key, ends[key][1] if dice.random() < leaning else ends[key][0])
        for key in dice.choices(list(ends), (5, 3, 2), k=40)
    ]
    counts = {key: sum(one == key for one, _ in answers) for key in ends}
    table = Table(40, k, single.protect(counts, k=k).cells)
    found = averages.average(table, ends, sum(value for _, value in answers))
    if not table.whole:
        assert found is None
        return
    assert found is not None
    group = dice.sample(range(40), k - 1)
    rest = [answers[at][0] for at in range(40) if at not in group]
    low, high = (sum(ends[key][side] for key in rest) for side in (0, 1))
    spans = [range(ends[answers[at][0]][0], ends[answers[at][0]][1] + 1) for at in group]
    for guess in itertools.product(*spans):
        reachable = (table_total for table_total in range(low + sum(guess), high + sum(guess) + 1))
        assert any(averages.average(table, ends, total) == found for total in reachable), guess
