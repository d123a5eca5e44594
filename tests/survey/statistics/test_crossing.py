"""Chi-squared against printed tables and textbooks."""

import math

import pytest

from baukasten_survey.statistics import crossing

# NIST/SEMATECH e-Handbook 1.3.6.7.4, upper critical values: (degrees of freedom, probability, value).
CRITICAL = [
    (1, 0.10, 2.706),
    (1, 0.05, 3.841),
    (2, 0.01, 9.210),
    (5, 0.001, 20.515),
    (10, 0.05, 18.307),
    (30, 0.025, 46.979),
    (100, 0.05, 124.342),
]


@pytest.mark.parametrize(("freedom", "probability", "value"), CRITICAL)
def test_the_printed_table(freedom, probability, value):
    assert crossing.upper_gamma(freedom / 2, value / 2) == pytest.approx(probability, rel=2e-3)


@pytest.mark.parametrize("x", [0.01, 0.5, 1.4, 1.6, 4, 30, 200])
def test_where_the_function_has_a_closed_form(x):
    assert crossing.upper_gamma(1, x) == pytest.approx(math.exp(-x), rel=1e-12)
    assert crossing.upper_gamma(0.5, x) == pytest.approx(math.erfc(math.sqrt(x)), rel=1e-10)
    assert crossing.upper_gamma(3, x) == pytest.approx(math.exp(-x) * (1 + x + x * x / 2), rel=1e-10)


def test_party_and_gender():
    # Agresti, An Introduction to Categorical Data Analysis (2007), table 2.5: X² = 30.1, df = 2.
    found = crossing.chi_squared([[762, 327, 468], [484, 239, 477]])
    assert found is not None
    assert found.statistic == pytest.approx(30.07, abs=0.005)
    assert (found.freedom, found.few_expected, found.cells) == (2, 0, 6)
    assert found.probability < 0.0001
    assert found.cramers_v == pytest.approx(math.sqrt(30.07 / 2757), abs=1e-4)


def test_few_expected_people_are_told():
    found = crossing.chi_squared([[3, 1], [1, 3]])
    assert found is not None
    assert (found.few_expected, found.statistic) == (4, 2)


def test_empty_rows_and_columns_take_no_freedom():
    found = crossing.chi_squared([[10, 0, 20], [0, 0, 0], [20, 0, 10]])
    assert found is not None
    assert found.freedom == 1


def test_weighted_tables_count_their_effective_people():
    table = [[30, 10], [10, 30]]
    whole, half = crossing.chi_squared(table), crossing.chi_squared(table, effective=40)
    assert whole is not None
    assert half is not None
    assert half.statistic == whole.statistic / 2
    assert half.cramers_v == whole.cramers_v


@pytest.mark.parametrize("table", [[], [[5, 5]], [[5], [5]], [[0, 0], [0, 0]]])
def test_nothing_to_compare(table):
    assert crossing.chi_squared(table) is None


@pytest.mark.parametrize("table", [[[1, 2], [3]], [[1, -2], [3, 4]]])
def test_no_table(table):
    with pytest.raises(ValueError, match="table"):
        crossing.chi_squared(table)


def test_outside_the_function():
    with pytest.raises(ValueError, match="incomplete gamma"):
        crossing.upper_gamma(0, 1)
