"""Scales and rankings against worked examples."""

import pytest

from baukasten_survey.statistics import scales

# Wikipedia, "Borda count": the four cities of Tennessee, 42, 26, 15 and 17 of a hundred voters.
CITIES = ["Memphis", "Nashville", "Chattanooga", "Knoxville"]
VOTES = [
    (42, ["Memphis", "Nashville", "Chattanooga", "Knoxville"]),
    (26, ["Nashville", "Chattanooga", "Knoxville", "Memphis"]),
    (15, ["Chattanooga", "Knoxville", "Nashville", "Memphis"]),
    (17, ["Knoxville", "Chattanooga", "Nashville", "Memphis"]),
]


def test_the_capital_of_tennessee():
    answers = [order for number, order in VOTES for _ in range(number)]
    found = scales.ranking(answers, CITIES)
    assert [(one.option, one.points) for one in found] == [
        ("Nashville", 194),
        ("Chattanooga", 173),
        ("Memphis", 126),
        ("Knoxville", 107),
    ]
    assert found[2].mean_rank == pytest.approx(0.42 + 4 * 0.58)
    assert found[2].places == (42, 0, 0, 58)


def test_weights_stand_for_people():
    weighted = scales.ranking([order for _, order in VOTES], CITIES, [number for number, _ in VOTES])
    assert [one.points for one in weighted] == [194, 173, 126, 107]


def test_unranked_options_share_what_is_left():
    found = {one.option: one for one in scales.ranking([["a"], None, []], ["a", "b", "c"])}
    assert (found["a"].points, found["b"].points, found["c"].points) == (2, 0.5, 0.5)
    assert found["b"].mean_rank is None


@pytest.mark.parametrize("answer", [["a", "a"], ["z"]])
def test_a_ranking_names_each_once(answer):
    with pytest.raises(ValueError, match="once"):
        scales.ranking([answer], ["a", "b"])


def test_likert_leaves_out_points_without_a_value():
    found = scales.likert({"no": 1, "so": 2, "yes": 1, "unknown": 9}, {"no": 1, "so": 2, "yes": 3})
    assert (found.n, found.mean, found.median) == (4, 2, 2)


def test_net_promoters():
    found = scales.net_promoters({10: 40, 9: 10, 8: 20, 7: 10, 6: 15, 0: 5})
    assert found is not None
    assert found.score == pytest.approx(30)
    assert (found.promoters, found.detractors) == (0.5, 0.2)
    assert found.passives == pytest.approx(0.3)


def test_net_promoters_of_nobody_and_of_nonsense():
    assert scales.net_promoters({}) is None
    with pytest.raises(ValueError, match="between 0 and 10"):
        scales.net_promoters({11: 1})
