"""Checking answers: each fault in words, at its field; soft ones once; rules across questions."""

import datetime as dt

import pytest

from baukasten_survey.answers.checking import check_all, check_page
from baukasten_survey.answers.flow import flow_of
from baukasten_survey.answers.reading import Unread
from baukasten_survey.definition.parsing import parse
from tests.survey.conftest import definition, options, page, question

ROWS = [{"code": "r1"}, {"code": "r2"}]
TODAY = dt.date(2035, 3, 20)
POINT = {"type": "Point", "coordinates": [1.5, 2]}


def faults(asked, answers, confirmed=()):
    path = flow_of(parse(definition(page("p1", asked)))).follow(answers, TODAY)
    return {one.field: one.text for one in check_page(path.pages[0], answers, path, "de", confirmed)}


@pytest.mark.parametrize(
    ("kind", "more", "value", "expected"),
    [
        ("single", {"options": options("a"), "required": True}, None, {"q": "Please choose an answer."}),
        ("single", {"options": options("a"), "required": True}, "a", {}),
        ("single", {"options": options("a"), "required": True, "no_answer": True}, "_none", {}),
        ("short", {"required": True}, None, {"q": "Please fill this in."}),
        ("short", {"max_length": 3}, "vier", {"q": "Please write at most 3 signs."}),
        ("short", {}, "x" * 251, {"q": "Please write at most 250 signs."}),
        ("short", {"pattern": "[A-Z]{2}[0-9]+"}, "AB12", {}),
        ("short", {"pattern": "[A-Z]{2}[0-9]+"}, "A12", {"q": "This does not look as it is asked for here."}),
        ("email", {}, "anna@post.example", {}),
        ("email", {}, "anna", {"q": "This is no e-mail address, for example name@example.org."}),
        ("phone", {}, "+49 (0)421 123-45", {}),
        ("phone", {}, "anrufen", {"q": "This is no telephone number, for example 0123 456789."}),
        ("postcode", {}, "0012", {"q": "A postcode has five digits, for example 00123."}),
        ("postcode", {}, "00123", {}),
        ("postcode", {"pattern": "[0-9]{4}"}, "1010", {}),
        ("number", {}, Unread("x"), {"q": "This is no number, for example 12 or 3.5."}),
        ("number", {"minimum": 1, "maximum": 5}, 0, {"q": "This must be at least 1."}),
        ("number", {"minimum": 1, "maximum": 5}, 5.5, {"q": "This must be at most 5."}),
        ("number", {"minimum": 0.1, "step": 0.1}, 0.7, {}),
        ("number", {"step": 0.5}, 0.7, {"q": "This goes in steps of 0.5."}),
        ("date", {}, "2035-02-30", {"q": "This is no day of the calendar, for example 22.11.2026."}),
        ("date", {}, Unread("x"), {"q": "This is no day of the calendar, for example 22.11.2026."}),
        ("time", {}, "25:00", {"q": "This is no time of day, for example 07:30."}),
        ("scale", {"style": "nps"}, 11, {"q": "This must be at most 10."}),
        ("scale", {"style": "differential", "rows": ROWS}, {"r1": 8}, {"q.r1": "This must be at most 7."}),
        (
            "matrix_single",
            {"options": options("a"), "rows": ROWS, "required": True},
            {"r1": "a"},
            {"q.r2": "Please answer every line."},
        ),
        ("matrix_single", {"options": options("a"), "rows": ROWS}, {"r1": "a"}, {}),
        (
            "matrix_single",
            {"options": options("a"), "rows": ROWS, "required": True},
            None,
            {"q.r1": "Please answer every line."},
        ),
        (
            "matrix_number",
            {"options": options("a"), "rows": ROWS, "maximum": 3},
            {"r1": {"a": 4}, "r2": {"a": Unread("x")}},
            {"q.r1.a": "This must be at most 3.", "q.r2.a": "This is no number, for example 12 or 3.5."},
        ),
        (
            "multiple",
            {"options": options("a", "b", "c"), "min_answers": 2},
            ["a"],
            {"q": "Please choose at least 2."},
        ),
        (
            "multiple",
            {"options": options("a", "b", "c"), "max_answers": 2},
            ["a", "b", "c"],
            {"q": "Please choose at most 2."},
        ),
        (
            "multiple",
            {"options": [*options("a"), {"code": "n", "exclusive": True}], "min_answers": 2},
            ["n"],
            {},
        ),
        (
            "multiple",
            {"options": [*options("a"), {"code": "n", "exclusive": True}]},
            ["a", "n"],
            {"q": "One of your answers can only stand alone."},
        ),
        (
            "ranking",
            {"options": options("a", "b")},
            Unread("{}"),
            {"q.a": "Please give each place once, beginning with 1."},
        ),
        (
            "ranking",
            {"options": options("a", "b"), "required": True},
            ["a"],
            {"q.a": "Please give a place to at least 2."},
        ),
        ("ranking", {"options": options("a", "b")}, ["a"], {}),
        ("consent", {"required": True}, False, {"q": "It does not go on without your consent."}),
        ("consent", {}, False, {}),
        ("yes_no", {"required": True}, False, {}),
        ("map", {"shapes": ["point"]}, {"shapes": [POINT], "text": ""}, {}),
        (
            "map",
            {"shapes": ["line"]},
            {"shapes": [POINT], "text": ""},
            {
                "q.text": "What was drawn cannot be read. Please draw it again, or describe the place in words."
            },
        ),
        ("map", {"required": True}, None, {"q.text": "Please mark a place, or describe it in words."}),
    ],
)
def test_each_kind_says_what_is_wrong(kind, more, value, expected):
    assert faults(question("q", kind, **more), {} if value is None else {"q": value}) == expected


def test_other_wants_words():
    asked = question("q", "single", options=options("a"), other={"de": "anders"})
    assert faults(asked, {"q": "_other"}) == {"q.other": "Please write what you mean."}
    assert faults(asked, {"q": "_other", "q.other": "x" * 251}) == {
        "q.other": "Please write at most 250 signs."
    }
    assert faults(asked, {"q": "_other", "q.other": "Boot"}) == {}


def test_what_is_left_empty_softly_is_asked_about_once():
    asked = question("q", "short", soft=True)
    assert list(faults(asked, {})) == ["q"]
    assert faults(asked, {}, {"q"}) == {}
    path = flow_of(parse(definition(page("p1", asked)))).follow({}, TODAY)
    assert check_all(path, {}, "de") == []


def test_rules_look_at_other_answers_and_are_silent_while_those_are_missing():
    data = definition(
        page("p1", question("a", "number")),
        page(
            "p2",
            question("b", "number", rules=[{"expression": "b > a", "message": {"de": "Mehr als oben."}}]),
        ),
    )
    flow = flow_of(parse(data))

    def check(answers):
        return [(one.code, one.text) for one in check_all(flow.follow(answers, TODAY), answers, "de")]

    assert check({"a": 3, "b": 2}) == [("b", "Mehr als oben.")]
    assert check({"a": 1, "b": 2}) == []
    assert check({"b": 2}) == []
    data["pages"][1]["groups"][0]["questions"][0]["rules"][0]["message"] = {}
    silent = flow_of(parse(data)).follow({"a": 3, "b": 2}, TODAY)
    assert [one.text for one in check_all(silent, {"a": 3, "b": 2}, "de")] == [
        "This does not fit your other answers."
    ]
