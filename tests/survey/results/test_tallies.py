"""Answers of every kind count in the classes that the layer protects."""

import pytest

from baukasten_survey.cells import choices, single
from baukasten_survey.cells.shown import MISSING, UNASKED
from baukasten_survey.keys import Kind, Style
from baukasten_survey.results.tallies import ANSWERED, Asked, Tally, classes, number_class


@pytest.mark.parametrize(
    ("question", "value", "found"),
    [
        (Asked(Kind.SINGLE), "a1", [("", "a1")]),
        (Asked(Kind.SINGLE), "_none", [("", "_none")]),
        (Asked(Kind.SINGLE), None, [("", MISSING)]),
        (Asked(Kind.MULTIPLE), ["a1", "a3"], [("", "a1"), ("", "a3")]),
        (Asked(Kind.MULTIPLE), [], [("", MISSING)]),
        (Asked(Kind.IMAGE), "a1", [("", "a1")]),
        (Asked(Kind.YES_NO), False, [("", "false")]),
        (Asked(Kind.SCALE, Style.LIKERT), "a2", [("", "a2")]),
        (Asked(Kind.SCALE, Style.NPS), 0, [("", "0")]),
        (Asked(Kind.SCALE, Style.DIFFERENTIAL, ["r1", "r2"]), {"r1": 3}, [("r1", "3"), ("r2", MISSING)]),
        (Asked(Kind.MATRIX_SINGLE, parts=["r1", "r2"]), {"r2": "a1"}, [("r1", MISSING), ("r2", "a1")]),
        (Asked(Kind.MATRIX_MULTIPLE, parts=["r1"]), {"r1": ["a1", "a2"]}, [("r1", "a1"), ("r1", "a2")]),
        (Asked(Kind.RANKING, parts=["a", "b", "c"]), ["b", "a"], [("a", "2"), ("b", "1"), ("c", MISSING)]),
        (Asked(Kind.NUMBER, edges=[10, 20]), 10, [("", "n1")]),
        (Asked(Kind.LONG), "words", [("", ANSWERED)]),
        (Asked(Kind.MAP), {"shapes": [], "text": "there"}, [("", ANSWERED)]),
        (Asked(Kind.FILE), [{"id": 1}], [("", ANSWERED)]),
    ],
)
def test_classes_of_answers(question, value, found):
    assert list(classes(question, value)) == found


def test_numbers_fall_between_edges():
    assert [number_class(value, [10, 20]) for value in (-5, 9.9, 10, 19, 20, 1e9)] == [
        "n0",
        "n0",
        "n1",
        "n1",
        "n2",
        "n2",
    ]


def _tally(answers):
    tally = Tally()
    asked = {"q1": Asked(Kind.SINGLE), "q2": Asked(Kind.MULTIPLE)}
    for one in answers:
        tally.add(one, asked, ["q2"] if one.get("q1") == "b" else [])
    return tally


def test_counts_are_those_the_layer_takes():
    tally = _tally([{"q1": "a", "q2": ["x", "y"]}] * 20 + [{"q1": "b", "q2": ["x"]}] * 10 + [{}] * 6)
    assert tally.of("q1", ["a", "b"]) == {"a": 20, "b": 10, MISSING: 6}
    assert tally.of("q2", ["x", "y"]) == {"x": 20, "y": 20, UNASKED: 10, MISSING: 6}
    assert single.protect(tally.of("q1", ["a", "b"])).whole
    assert choices.protect(tally.of("q2", ["x", "y"]), tally.people).base == 20


def test_a_freeze_counts_the_people_since_the_last_one():
    before, after = _tally([{"q1": "a"}] * 20), _tally([{"q1": "a"}] * 20 + [{"q1": "b"}] * 7)
    since = after - before
    assert (since.people, since.of("q1", ["a", "b"])) == (7, {"a": 0, "b": 7, MISSING: 0})
