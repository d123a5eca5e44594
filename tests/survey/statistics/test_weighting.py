"""Raking against a worked example, and what cannot be raked."""

import math

import pytest

from baukasten_survey.statistics import weighting

# Wikipedia, "Iterative proportional fitting", example: seed, margins, and the table after three rounds, which is still
# 0.14 off in its first row.
SEED = [[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]]
ROWS, COLUMNS = [150, 300, 400, 150], [200, 300, 400, 100]
FITTED = [
    [64.61, 46.28, 35.42, 3.83],
    [49.95, 68.15, 156.49, 25.37],
    [56.70, 144.40, 145.06, 53.76],
    [28.74, 41.18, 63.03, 17.03],
]


def _people():
    return [
        {"row": str(i), "column": str(j)}
        for i, row in enumerate(SEED)
        for j, number in enumerate(row)
        for _ in range(number)
    ]


MARGINS = {
    "row": {str(i): size for i, size in enumerate(ROWS)},
    "column": {str(j): size for j, size in enumerate(COLUMNS)},
}


def test_the_worked_example():
    people = _people()
    found = weighting.rake(people, MARGINS, largest=100)
    assert found.converged
    scale = 1000 / len(people)
    for i, row in enumerate(FITTED):
        for j, expected in enumerate(row):
            cell = [
                w
                for w, one in zip(found.weights, people, strict=True)
                if one == {"row": str(i), "column": str(j)}
            ]
            assert math.fsum(cell) * scale == pytest.approx(expected, abs=0.06)


def test_cut_weights_are_said_and_margins_missed():
    people = [{"age": "old"}] * 2 + [{"age": "young"}] * 98
    found = weighting.rake(people, {"age": {"old": 50, "young": 50}}, largest=5)
    assert max(found.weights) <= 5
    assert (found.converged, found.cut) == (False, 2)
    assert found.furthest == pytest.approx(0.4, abs=0.01)


def test_what_weights_cost():
    # Kish: half the people weigh 1, half 3, so 16n² / 4 over 10n / 2 leaves 80 percent of n.
    assert weighting.effective_n([1, 3] * 50) == pytest.approx(80)
    people = [{"age": "old"}] * 25 + [{"age": "young"}] * 75
    found = weighting.rake(people, {"age": {"old": 1, "young": 1}})
    assert found.converged
    assert found.effective == pytest.approx(75)
    assert found.design_effect == pytest.approx(4 / 3)
    assert math.fsum(found.weights) == pytest.approx(100)
    assert weighting.effective_n([]) == 0


@pytest.mark.parametrize(
    ("people", "margins", "sentence"),
    [
        ([], {"age": {"old": 1}}, "Nobody to weight"),
        ([{"age": "old"}], {"age": {"old": 0}}, "no shares"),
        ([{"age": "old"}], {"age": {"old": float("nan")}}, "no shares"),
        ([{"age": "old"}], {"age": {"old": 1, "young": 1}}, "Nobody in “age” is in “young”"),
        ([{"age": "?"}], {"age": {"old": 1}}, "in no class"),
        ([{}], {"age": {"old": 1}}, "in no class"),
    ],
)
def test_what_cannot_be_weighted_is_said(people, margins, sentence):
    with pytest.raises(weighting.Unweighable) as found:
        weighting.rake(people, margins)
    assert sentence in str(found.value)


def test_a_cut_below_the_average_is_none():
    with pytest.raises(weighting.Unweighable):
        weighting.rake([{"age": "old"}], {"age": {"old": 1}}, largest=1)


def test_classes_that_nobody_has_need_nobody():
    found = weighting.rake([{"age": "old"}], {"age": {"old": 1, "young": 0}})
    assert found.weights == [1]
