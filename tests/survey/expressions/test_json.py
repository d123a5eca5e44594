"""A tree comes back from JSON as it was, and nothing else does."""

import json
from typing import Any

import pytest

from baukasten_survey.expressions.json import from_json, to_json
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.problems import Unparsable


def test_a_tree_is_readable_as_json():
    node = parse(
        'q7 == "a1" and not "a3" in q8 and d1 < date("2026-01-31") and c1 > time("07:30") and q1 in ["x"]'
    )
    assert to_json(node) == [
        "and",
        ["==", {"name": "q7"}, "a1"],
        ["not", ["in", "a3", {"name": "q8"}]],
        ["<", {"name": "d1"}, {"date": "2026-01-31"}],
        [">", {"name": "c1"}, {"time": "07:30"}],
        ["in", {"name": "q1"}, {"codes": ["x"]}],
    ]
    assert from_json(json.loads(json.dumps(to_json(node)))) == node


def test_a_pattern_brings_its_automaton_which_nobody_reads_back():
    node = parse('matches(q1, "a+")')
    data = to_json(node)
    assert data == [
        "matches",
        {"name": "q1"},
        {
            "pattern": {
                "source": "a+",
                "classes": [[97, 97]],
                "first": [0],
                "follow": [[0]],
                "last": [0],
                "empty": False,
            }
        },
    ]
    data[2]["pattern"]["follow"] = [[10**9]]
    assert from_json(data) == node


def nested(depth):
    tree: Any = 1
    for _level in range(depth):
        tree = ["-", tree]
    return tree


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        [],
        [[]],
        [1, 2],
        ["and"],
        ["and", True],
        ["not", True, True],
        ["==", 1],
        ["in", "a", {"name": "q1"}, 3],
        ["rand", 1],
        ["constructor", 1],
        ["count"],
        ["value", 1],
        ["matches", "a", {"name": "q1"}],
        ["matches", "a", {"pattern": {"source": "("}}],
        ["matches", "a", {"pattern": {}}],
        ["matches", "a", {"pattern": 3}],
        {"name": "__proto__"},
        {"name": "true"},
        {"name": 3},
        {"name": "q1", "date": "2026-01-31"},
        {"date": "2026-02-30"},
        {"time": "25:00"},
        {"codes": []},
        {"codes": [1]},
        {"codes": "a1"},
        {"node": "q1"},
        {3: "q1"},
        -1,
        1e20,
        1e-30,
        10**400,
        float("nan"),
        float("inf"),
        b"a",
        nested(61),
        nested(900),
        ["count", *([1] * 5000)],
    ],
    ids=lambda data: str(data)[:40],
)
def test_what_is_no_stored_tree_is_refused(data):
    with pytest.raises(Unparsable) as caught:
        from_json(data)
    assert str(caught.value)
