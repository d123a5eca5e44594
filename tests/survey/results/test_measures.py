"""Means, medians and scores come of whole tables only, and say what they are of."""

import pytest

from baukasten.web import i18n
from baukasten_survey.cells import single
from baukasten_survey.cells.averages import Average
from baukasten_survey.cells.shown import MISSING, TOGETHER, openly
from baukasten_survey.definition.parsing import parse
from baukasten_survey.results import measures
from baukasten_survey.results.scheme import ends_of
from tests.survey.conftest import definition, page, question

POINTS = [{"code": f"a{at}", "title": {"de": str(at)}, "value": at} for at in range(1, 5)]


def asked(kind, **more):
    return parse(definition(page("p1", question("q", kind, **more)))).questions["q"]


SCALE = asked("scale", style="likert", options=POINTS)
NPS = asked("scale", style="nps")
AGE = asked("number", minimum=0, maximum=80, step=1)


@pytest.fixture(autouse=True)
def german():
    with i18n.speaking(i18n.translator("de")):
        yield


def test_scales_have_mean_median_and_spread():
    table = single.protect({"a1": 10, "a2": 0, "a3": 20, "a4": 10, MISSING: 7})
    found = measures.of_table(SCALE, table)
    assert found is not None
    assert found.figures() == {"mean": 2.75, "median": 3, "deviation": 1.1}
    assert measures.line(found, {}) == "Mittelwert 2,75 · Median 3 · Streuung 1,1"


def test_recommendation_has_a_score_and_its_three_shares():
    table = single.protect({str(point): 10 if point in (0, 8, 9, 10) else 0 for point in range(11)})
    found = measures.of_table(NPS, table)
    assert found is not None
    assert found.figures()["nps"] == 25
    assert measures.line(found, {}).startswith(
        "Weiterempfehlung 25 (von −100 bis 100) · 50\xa0% empfehlen es weiter · 25\xa0% sind unentschieden · "
        "25\xa0% raten ab"
    )


@pytest.mark.parametrize(
    "table",
    [
        single.protect({"a1": 10, "a2": 2, "a3": 20, "a4": 10}),
        single.protect({"a1": 10, "a2": 10, "a3": 20, "a4": 10, MISSING: 2}),
        openly({"a1": 10, TOGETHER: 10}, 20),
        openly({"a1": 0, "a2": 0, MISSING: 9}, 9),
    ],
)
def test_nothing_comes_of_tables_that_hold_something_back(table):
    assert measures.of_table(SCALE, table) is None


def test_options_without_numbers_have_no_mean():
    words = asked("scale", style="likert", options=[{"code": "a1", "title": {}}, {"code": "a2", "title": {}}])
    assert measures.of_table(words, openly({"a1": 5, "a2": 5}, 10)) is None


def test_numbers_have_a_class_in_the_middle_and_a_rough_spread():
    counts = {f"n{at}": 0 for at in range(8)} | {"n2": 50, "n3": 30, "n4": 20}
    found = measures.of_table(AGE, single.protect(counts), Average(31.3, 0.4, 100))
    assert found is not None
    assert measures.line(found, {"n2": "20 bis unter 30"}) == (
        "Mittelwert etwa 31,3 · Die Mitte liegt in „20 bis unter 30“ · Streuung etwa 7,8 (aus den Klassen)"
    )
    part = measures.of_table(AGE, single.protect(counts), Average(31.3, 0.4, 60))
    assert part is not None
    assert "Mittelwert etwa 31,3 (von 60 Personen)" in measures.line(part, {})
    alone = measures.of_table(AGE, single.protect(counts))
    assert alone is not None
    assert "mean" not in alone.figures()


def test_classes_end_where_answers_do():
    assert ends_of(AGE)["n0"] == (0, 9)
    assert ends_of(AGE)["n7"] == (70, 80)
    coarse = asked("slider", minimum=0, maximum=10, step=2)
    assert ends_of(coarse) == {
        "n0": (0, 0),
        "n1": (2, 2),
        "n2": (4, 4),
        "n3": (4, 4),
        "n4": (6, 6),
        "n5": (8, 8),
        "n6": (8, 8),
        "n7": (10, 10),
    }
    assert ends_of(asked("number", minimum=0, maximum=8))["n1"] == (1, 2)
    assert ends_of(asked("number")) == {}
