"""Reading what forms send: every kind, and nothing lost that cannot be read."""

import datetime as dt

import pytest

from baukasten_survey.answers.flow import flow_of
from baukasten_survey.answers.reading import Unread, number, read_page
from baukasten_survey.definition.parsing import parse
from tests.survey.conftest import definition, options, page, question

ROWS = [{"code": "r1"}, {"code": "r2"}]


def read(asked, form):
    path = flow_of(parse(definition(page("p1", asked)))).follow({}, dt.date(2035, 3, 20))
    return read_page(
        path.pages[0], {name: [value] if isinstance(value, str) else value for name, value in form.items()}
    )


@pytest.mark.parametrize(
    ("kind", "more", "sent", "expected"),
    [
        ("single", {"options": options("a", "b")}, {"q": "b"}, {"q": "b"}),
        ("single", {"options": options("a", "b")}, {"q": "zzz"}, {}),
        (
            "single",
            {"options": options("a"), "other": {"de": "x"}},
            {"q": "_other", "q.other": " Boot "},
            {"q": "_other", "q.other": "Boot"},
        ),
        (
            "single",
            {"options": options("a"), "other": {"de": "x"}},
            {"q": "a", "q.other": "Boot"},
            {"q": "a"},
        ),
        ("single", {"options": options("a")}, {"q": "_other", "q.other": "Boot"}, {}),
        ("single", {"options": options("a"), "no_answer": True}, {"q": "_none"}, {"q": "_none"}),
        ("single", {"options": options("a")}, {"q": "_none"}, {}),
        ("multiple", {"options": options("a", "b", "c")}, {"q": ["c", "a", "a", "x"]}, {"q": ["a", "c"]}),
        ("image", {"options": options("a", "b"), "many": True}, {"q": ["b"]}, {"q": ["b"]}),
        ("image", {"options": options("a", "b")}, {"q": "b"}, {"q": "b"}),
        ("yes_no", {}, {"q": "no"}, {"q": False}),
        ("yes_no", {}, {"q": "maybe"}, {}),
        ("consent", {}, {"q": "yes"}, {"q": True}),
        ("short", {}, {"q": "  zwei \n Worte\0 "}, {"q": "zwei Worte"}),
        ("long", {}, {"q": "eins\r\nzwei "}, {"q": "eins\nzwei"}),
        ("long", {}, {"q": "   "}, {}),
        ("number", {}, {"q": "3,5"}, {"q": 3.5}),
        ("number", {"no_answer": True}, {"q": "", "q.none": "on"}, {"q": "_none"}),
        ("slider", {}, {"q": "7"}, {"q": 7}),
        ("date", {}, {"q": "2035-03-20"}, {"q": "2035-03-20"}),
        ("date", {}, {"q": "5.3.2035"}, {"q": "2035-03-05"}),
        ("date", {}, {"q": "morgen"}, {"q": Unread("morgen")}),
        ("time", {}, {"q": "7:30"}, {"q": "07:30"}),
        ("time", {}, {"q": "07:30:00"}, {"q": "07:30"}),
        ("time", {}, {"q": "früh"}, {"q": Unread("früh")}),
        ("scale", {"style": "likert", "options": options("a", "b")}, {"q": "a"}, {"q": "a"}),
        ("scale", {"style": "nps"}, {"q": "0"}, {"q": 0}),
        ("scale", {"style": "differential", "rows": ROWS}, {"q.r1": "3"}, {"q": {"r1": 3}}),
        (
            "matrix_single",
            {"options": options("a"), "rows": ROWS},
            {"q.r1": "a", "q.r2": "x", "q.r3": "a"},
            {"q": {"r1": "a"}},
        ),
        (
            "matrix_multiple",
            {"options": options("a", "b"), "rows": ROWS},
            {"q.r2": ["b", "a"]},
            {"q": {"r2": ["a", "b"]}},
        ),
        (
            "matrix_number",
            {"options": options("a", "b"), "rows": ROWS},
            {"q.r1.b": "1,5", "q.r2.a": "x"},
            {"q": {"r1": {"b": 1.5}, "r2": {"a": Unread("x")}}},
        ),
        (
            "matrix_text",
            {"options": options("a"), "rows": ROWS},
            {"q.r1.a": "so"},
            {"q": {"r1": {"a": "so"}}},
        ),
        ("ranking", {"options": options("a", "b", "c")}, {"q.c": "1", "q.a": "2"}, {"q": ["c", "a"]}),
        (
            "ranking",
            {"options": options("a", "b")},
            {"q.a": "1", "q.b": "1"},
            {"q": Unread('{"a": "1", "b": "1"}')},
        ),
        ("ranking", {"options": options("a", "b")}, {"q.a": "", "q.b": ""}, {}),
        (
            "map",
            {"shapes": ["point"]},
            {"q.shapes": '[{"type":"Point","coordinates":[1,2]}]'},
            {"q": {"shapes": [{"type": "Point", "coordinates": [1, 2]}], "text": ""}},
        ),
        ("map", {}, {"q.text": "Birkenweg"}, {"q": {"shapes": [], "text": "Birkenweg"}}),
        ("map", {}, {"q.shapes": "[" * 9}, {"q": Unread("[" * 9)}),
        ("map", {}, {"q.shapes": "[]"}, {}),
        # Half a sign, and nests without end: neither goes on into a draft.
        ("map", {}, {"q.shapes": '["\\ud800"]'}, {"q": Unread('["\\ud800"]')}),
        ("map", {}, {"q.shapes": '[{"type":[[]]}]'}, {"q": Unread('[{"type":[[]]}]')}),
        ("info", {}, {"q": "x"}, {}),
        ("file", {}, {"q": "x"}, {}),
    ],
)
def test_each_kind_is_read_in_its_own_way(kind, more, sent, expected):
    assert read(question("q", kind, **more), sent) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", 12),
        ("-0,5", -0.5),
        ("1.500", 1500),
        ("1.500,25", 1500.25),
        ("1,500.25", 1500.25),
        ("1.5", 1.5),
        ("0.500", 0.5),
        ("1 000 000", 1000000),
        (",5", 0.5),
        ("", None),
        ("zwölf", Unread("zwölf")),
        ("1e5", Unread("1e5")),
        ("٣", 3),
        ("9" * 41, Unread("9" * 41)),
        ("1..5", Unread("1..5")),
    ],
)
def test_numbers_are_read_as_germans_and_the_english_write_them(text, expected):
    assert number(text) == expected


def test_a_lone_surrogate_is_no_text():
    assert read(question("q", "short"), {"q": "a\ud800b"}) == {"q": "a?b"}
