"""Two questions crossed: counts, shares and what the test says."""

import pytest

from tests.survey.conftest import definition, open_survey, options, page, question

ASKED = definition(
    page(
        "p1",
        question("sex", "single", options=options("m", "f"), no_answer=True),
        question("car", "single", options=options("yes", "no", "never")),
        question("why", "long"),
    )
)
PAIR = (("zeile", "sex"), ("spalte", "car"))


@pytest.fixture
def module(database, town):
    return open_survey(database, town, ASKED, anonymity="named")


def people(**counts):
    """Answers by pairs, named such as ``m_yes``."""
    found = []
    for name, number in counts.items():
        sex, car = name.split("_")
        found += [{"sex": sex, "car": car}] * number
    return found


def test_counts_shares_and_the_test(look, module, fill):
    fill(
        module,
        [*people(m_yes=30, m_no=10, f_yes=20, f_no=40), {"sex": "m"}, {"sex": "_none", "car": "no"}, {}],
    )
    found = look(module, *PAIR).crossed()
    assert found.finding.base == "100 people answered both"
    assert [list(row) for row in found.counts.rows] == [
        ["Antwort m", "30 (75%)", "10 (25%)", "0 (0%)", "40"],
        ["Antwort f", "20 (33%)", "40 (67%)", "0 (0%)", "60"],
        ["All", "50 (50%)", "50 (50%)", "0 (0%)", "100"],
    ]
    # By hand: expected 20, 20, 30, 30; 100/20 + 100/20 + 100/30 + 100/30.
    assert found.facts == [
        ("χ²", "16.67"),
        ("Degrees of freedom", "1"),
        ("p", "less than 0.001"),
        ("Cramér’s V", "0.41"),
    ]
    assert found.sentence == "The two questions probably go together; the connection is clear."
    assert found.warning == ""


def test_small_groups_are_warned_of(look, module, fill):
    fill(module, people(m_yes=3, m_no=4, f_yes=4, f_no=3))
    found = look(module, *PAIR).crossed()
    assert found.sentence.startswith("No connection can be seen")
    assert found.warning.startswith("In 4 of 4 cells fewer than 5 people")


@pytest.mark.parametrize("answers", [[], [{"sex": "m", "car": "yes"}] * 8, [{"sex": "m"}]])
def test_without_two_answers_each_there_is_no_test(look, module, fill, answers):
    fill(module, answers)
    found = look(module, *PAIR).crossed()
    assert (found.facts, found.sentence) == (
        [],
        "For a test, both questions need at least two answers that somebody gave.",
    )


def test_suspicious_ones_can_be_left_out(look, module, fill):
    fill(module, people(m_yes=5, f_no=5))
    fill(module, people(m_yes=7), flags=["trap"])
    assert look(module, *PAIR).crossed().counts.rows[0][1] == "12 (100%)"
    assert look(module, *PAIR, ("auffaellige", "ohne")).crossed().counts.rows[0][1] == "5 (100%)"
