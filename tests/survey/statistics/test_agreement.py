"""Cohen's kappa against a worked example."""

import pytest

from baukasten_survey.statistics.agreement import cohens_kappa


def test_fifty_proposals():
    # Wikipedia, "Cohen's kappa", simple example: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no.
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    found = cohens_kappa(first, second)
    assert found is not None
    assert (found.n, found.observed, found.expected) == (50, 0.7, 0.5)
    assert found.kappa == pytest.approx(0.4)


def test_where_chance_agrees_always():
    found = cohens_kappa(["a", "a"], ["a", "a"])
    assert found is not None
    assert (found.observed, found.kappa) == (1, None)


def test_nothing_and_too_much():
    assert cohens_kappa([], []) is None
    with pytest.raises(ValueError, match="same texts"):
        cohens_kappa(["a"], [])
