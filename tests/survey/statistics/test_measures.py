"""Mean, deviation and quartiles against worked examples."""

import pytest

from baukasten_survey.statistics import measures

# Wikipedia, "Standard deviation", basic example: population deviation 2, of the sample sqrt(32 / 7).
EIGHT = [2, 4, 4, 4, 5, 5, 7, 9]


def test_the_textbook_sample():
    found = measures.summary(EIGHT)
    assert (found.n, found.mean, found.median) == (8, 5, 4.5)
    assert found.deviation == pytest.approx((32 / 7) ** 0.5)


def test_quartiles_are_those_of_sas():
    # R: quantile(c(1, 2, 3, 4), type = 2) gives 1.5, 2.5, 3.5; quantile(1:5, type = 2) gives 2, 3, 4.
    assert [measures.quantile([1, 2, 3, 4], share) for share in (0.25, 0.5, 0.75)] == [1.5, 2.5, 3.5]
    assert [measures.quantile([5, 4, 3, 2, 1], share) for share in (0, 0.25, 0.5, 0.75, 1)] == [1, 2, 3, 4, 5]


def test_a_weight_of_two_counts_like_two_people():
    once, weights = [1, 3, 8], [1, 2, 1]
    twice = [1, 3, 3, 8]
    assert measures.mean(once, weights) == measures.mean(twice)
    assert measures.median(once, weights) == measures.median(twice)


def test_only_ratios_of_weights_matter():
    weights = [0.5, 1, 2, 1]
    tenfold = [10 * weight for weight in weights]
    assert measures.summary(EIGHT[:4], tenfold).deviation == pytest.approx(
        measures.summary(EIGHT[:4], weights).deviation
    )


def test_counted_values_give_what_single_ones_give():
    counted, whole = measures.from_counts([(2, 1), (4, 3), (5, 2), (7, 1), (9, 1)]), measures.summary(EIGHT)
    assert counted == whole


@pytest.mark.parametrize("values", [[], [3]])
def test_too_few_say_nothing(values):
    found = measures.summary(values)
    assert found.deviation is None
    assert found.mean == (3 if values else None)


@pytest.mark.parametrize("weights", [[1], [1, -1], [1, float("nan")], [1, float("inf")]])
def test_weights_that_are_none(weights):
    with pytest.raises(ValueError, match="weight"):
        measures.mean([1, 2], weights)


def test_a_share_is_no_percentage():
    with pytest.raises(ValueError, match="between 0 and 1"):
        measures.quantile([1], 50)
