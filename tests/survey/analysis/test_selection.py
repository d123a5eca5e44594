"""What an address selects, and what of it fits nothing."""

import pytest
from werkzeug.datastructures import MultiDict

from baukasten_survey.analysis import selection
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, publish, question

ASKED = definition(
    page(
        "p1",
        question("way", "single", options=options("a1", "a2"), other={"de": "Anderes"}, no_answer=True),
        question("many", "multiple", options=options("m1", "m2"), no_answer=True),
        question("yes", "yes_no"),
        question("nps", "scale", style="nps"),
        question("age", "number"),
        question("why", "long"),
        question("image", "image", options=options("i1", "i2"), many=True),
    )
)
PEOPLE = [
    {"way": "a1", "many": ["m1"], "yes": True, "nps": 7, "age": 20},
    {"way": "a2", "many": ["m1", "m2"], "yes": False, "nps": 10, "age": 30.5},
    {"way": "_other", "way.other": "zu Fuß", "many": "_none", "nps": 7.0, "age": "viel", "image": ["i2"]},
    {"way": "_none", "yes": True, "age": 45},
    {},
]


@pytest.fixture
def module(database, town, fill):
    placed = open_survey(database, town, ASKED, anonymity="named")
    fill(placed, PEOPLE)
    fill(placed, [{"way": "a1"}] * 2, source="paper", flags=["burst"])
    fill(placed, [{"way": "a1"}], flags=["imported"])
    return placed


@pytest.mark.parametrize(
    ("pairs", "people"),
    [
        ([], 8),
        ([("f", "way")], 8),
        ([("f", "way"), ("a.way", "a1")], 4),
        ([("f", "way"), ("a.way", "_other"), ("a.way", "_none")], 2),
        ([("f", "many"), ("a.many", "m1")], 2),
        ([("f", "many"), ("a.many", "m2"), ("a.many", "_none")], 2),
        ([("f", "image"), ("a.image", "i2")], 1),
        ([("f", "yes"), ("a.yes", "true")], 2),
        ([("f", "yes"), ("a.yes", "false")], 1),
        ([("f", "nps"), ("a.nps", "7")], 2),
        ([("f", "age"), ("von.age", "20"), ("bis.age", "30,5")], 2),
        ([("f", "age"), ("von.age", "30.6")], 1),
        (
            [("f", "way"), ("a.way", "a1"), ("f", "yes"), ("a.yes", "true"), ("f", "age"), ("bis.age", "20")],
            1,
        ),
        ([("quelle", "paper")], 2),
        ([("fassung", "1")], 8),
    ],
)
def test_filters_select(look, module, pairs, people):
    found = look(module, *pairs)
    assert (found.people, found.selection.rubbish) == (people, False)
    assert found.painter.tally.all.people == people
    # The address that is shared says the same.
    again = selection.read(found.plan, MultiDict(found.selection.address()))
    assert (again, again.rubbish) == (found.selection, False)


def test_suspicious_ones_are_counted_or_left_out(look, module):
    both, without = look(module), look(module, ("auffaellige", "ohne"))
    assert (both.people, both.suspicious, both.counted) == (8, 2, 8)
    assert (without.people, without.suspicious, without.counted) == (8, 2, 6)
    assert without.painter.table("way").cells["a1"].count == 2


@pytest.mark.parametrize(
    "pairs",
    [
        [("f", "why"), ("a.why", "x")],
        [("f", "nobody")],
        [("f", "way"), ("a.way", "a9"), ("a.way", "\0")],
        [("f", "way"), ("f", "yes"), ("f", "nps"), ("f", "many")],
        [("f", "age"), ("von.age", "1e999")],
        [("f", "age"), ("von.age", "nan"), ("bis.age", "9" * 400)],
        [("f", "age"), ("von.age", "'; DROP TABLE survey; --")],
        [("quelle", "\0")],
        [("fassung", "99999999999999999999")],
        [("fassung", "-1")],
        [("auffaellige", "mit")],
        [("neben", "why")],
        [("zeile", "many"), ("spalte", "way")],
        [("zeile", "way"), ("spalte", "way")],
        [("gewichtet", "1")],
    ],
)
def test_rubbish_is_left_out_and_noted(look, module, pairs):
    found = look(module, *pairs)
    assert (found.selection.rubbish, found.crossed()) == (True, None)
    assert len(found.figures()) == 7


def test_a_span_of_filters_is_kept_apart_from_answers_of_others(look, module):
    found = look(module, ("f", "yes"), ("a.yes", "true"), ("a.way", "a2"))
    assert (found.people, found.selection.rubbish) == (2, False)


def test_filters_know_the_codes_of_each_version(look, module, session, fill):
    fresh = definition(page("p1", question("weg", "single", options=options("b1", "a2"))))
    publish(
        session,
        lookup.of_module(session, module.id),
        fresh,
        mapping={"way": "weg", "way/a1": "weg/b1"},
    )
    fill(module, [{"weg": "b1"}] * 5 + [{"way": "a1"}], version=2)
    assert look(module, ("f", "weg"), ("a.weg", "b1")).people == 9
    assert look(module, ("f", "weg"), ("a.weg", "_other")).people == 1
    assert look(module, ("fassung", "2")).people == 6
    assert look(module, ("f", "weg"), ("a.weg", "a1")).selection.rubbish is True
