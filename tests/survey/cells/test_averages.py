"""Averages are told only where nothing is held back, and coarsely."""

import pytest

from baukasten_survey.cells import averages, single
from baukasten_survey.cells.shown import MISSING

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
