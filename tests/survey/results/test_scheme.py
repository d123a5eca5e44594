"""Which questions of a version can be told, and in which classes."""

import datetime as dt

import pytest

from baukasten_survey.definition.parsing import parse
from baukasten_survey.results.scheme import Form, edges_of, scheme_of
from tests.survey.conftest import definition, options, page, question

DAY = dt.date(2035, 3, 20)
TWO = options("a1", "a2")


def counted(*questions, **more):
    return scheme_of(parse(definition(page("p1", *questions, **more)))).counted


@pytest.mark.parametrize(
    "more",
    [
        {"relevance": 'q1 == "a1" and q2 == "a1"'},
        {"relevance": 'today() > date("2035-01-01")'},
        {"relevance": "q3 > 5"},
        {"rules": [{"expression": 'q1 == "a1"', "message": {"de": "Nein"}}]},
        {"options": [*TWO, {"code": "a3", "title": {"de": "c"}, "relevance": 'q1 == "a1"'}]},
    ],
)
def test_what_several_answers_decide_is_not_told(more):
    before = [question(code, "single", options=TWO) for code in ("q1", "q2")]
    found = counted(*before, question("q3", "number"), question("x", "single", **{"options": TWO, **more}))
    assert list(found) == ["q1", "q2", "q3"]


def test_one_choice_may_decide_and_is_looked_up():
    asked = [question("q1", "single", options=TWO), question("q2", "long", relevance='q1 == "a1"')]
    scheme = scheme_of(parse(definition(page("p1", *asked))))
    assert (scheme.counted["q2"].decided_by, scheme.counted["q2"].crosses) == ("q1", False)
    for answers, unasked in (({"q1": "a1"}, []), ({"q1": "a2"}, ["q2"]), ({}, ["q2"])):
        assert scheme.unasked(answers, DAY) == unasked


def test_pages_decide_for_their_questions():
    first = page("p1", question("q1", "yes_no"))
    second = page("p2", question("q2", "long"), relevance="q1")
    found = scheme_of(parse(definition(first, second))).counted
    assert found["q2"].decided_by == "q1"


def test_classes_come_of_the_questionnaire():
    found = counted(
        question("nps", "scale", style="nps"),
        question("alter", "number", minimum=0, maximum=80),
        question("frei", "number"),
        question("ja", "yes_no"),
        question("viele", "multiple", options=TWO, other={"de": "anderes"}, no_answer=True),
    )
    assert list(found["nps"].names) == [str(point) for point in range(11)]
    assert edges_of(found["alter"].question) == (10, 20, 30, 40, 50, 60, 70)
    assert (found["alter"].form, found["frei"].form) == (Form.SINGLE, Form.WORDS)
    assert list(found["ja"].names) == ["true", "false"]
    assert list(found["viele"].names) == ["a1", "a2", "_other", "_none"]
