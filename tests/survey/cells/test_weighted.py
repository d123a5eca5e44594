"""Weighted shares come of what everybody reads."""

import pytest

from baukasten_survey.cells import crossed, single, weighted
from baukasten_survey.cells.shown import MISSING


def _crossing():
    counts = {("old", "yes"): 30, ("old", "no"): 10, ("young", "yes"): 10, ("young", "no"): 10}
    return crossed.protect(
        counts, single.protect({"old": 40, "young": 20}), single.protect({"yes": 40, "no": 20})
    )


def test_weighted_shares_come_of_the_table_that_everybody_reads():
    crossing = _crossing()
    assert crossing is not None
    found = weighted.by_row(crossing, {"old": 1, "young": 1})
    assert found is not None
    assert found[0] == pytest.approx({"yes": 0.625, "no": 0.375})
    assert found[1] == pytest.approx(60 / (1 + 1 / 8))


def test_who_did_not_answer_both_has_no_weight():
    counts = {("old", "yes"): 30, ("old", "no"): 10, ("young", "yes"): 10, ("young", "no"): 10}
    counts |= {(MISSING, "yes"): 20, ("old", MISSING): 6}
    rows_ = single.protect({"old": 46, "young": 20, MISSING: 20})
    crossing = crossed.protect(counts, rows_, single.protect({"yes": 60, "no": 20, MISSING: 6}))
    assert crossing is not None
    found = weighted.by_row(crossing, {"old": 1, "young": 1})
    assert found is not None
    assert found[0] == pytest.approx({"yes": 0.625, "no": 0.375})


def test_tables_with_hidden_cells_are_not_weighted():
    counts = {
        ("old", "yes"): 30,
        ("old", "no"): 12,
        ("young", "yes"): 30,
        ("young", "no"): 2,
        ("mid", "yes"): 30,
        ("mid", "no"): 30,
    }
    crossing = crossed.protect(
        counts, single.protect({"old": 42, "young": 32, "mid": 60}), single.protect({"yes": 90, "no": 44})
    )
    assert crossing is not None
    assert weighted.by_row(crossing, {"old": 1, "young": 1, "mid": 1}) is None
