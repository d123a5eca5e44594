"""SurveyJS descriptions: every type, conditions, texts, and what is said about the rest."""

import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baukasten_survey.transfer.importing import read_survey
from baukasten_survey.transfer.reports import Refused


def _read(*elements, **more):
    return read_survey(
        "survey.json", json.dumps({"pages": [{"name": "one", "elements": elements}], **more}).encode()
    )


def _questions(found):
    groups = [group for page in found.definition["pages"] for group in page["groups"]]
    return {one["code"]: one for group in groups for one in group["questions"]}


KINDS = [
    ({"type": "text"}, "short"),
    ({"type": "text", "inputType": "number", "min": 1, "max": "9"}, "number"),
    ({"type": "text", "inputType": "email"}, "email"),
    ({"type": "text", "inputType": "tel"}, "phone"),
    ({"type": "text", "inputType": "date"}, "date"),
    ({"type": "text", "inputType": "time"}, "time"),
    ({"type": "text", "inputType": "range"}, "slider"),
    ({"type": "comment"}, "long"),
    ({"type": "radiogroup", "choices": ["a", "b"]}, "single"),
    ({"type": "dropdown", "choices": [1, 2]}, "dropdown"),
    ({"type": "checkbox", "choices": ["a"]}, "multiple"),
    ({"type": "tagbox", "choices": ["a"]}, "multiple"),
    ({"type": "boolean"}, "yes_no"),
    ({"type": "rating"}, "scale"),
    ({"type": "ranking", "choices": ["a", "b"]}, "ranking"),
    ({"type": "imagepicker", "choices": [{"value": "a", "imageLink": "x"}]}, "image"),
    ({"type": "matrix", "columns": ["a"], "rows": ["x"]}, "matrix_single"),
    ({"type": "matrix", "columns": ["a"], "rows": ["x"], "cellType": "checkbox"}, "matrix_multiple"),
    ({"type": "multipletext", "items": [{"name": "a"}]}, "matrix_text"),
    ({"type": "multipletext", "items": [{"name": "a", "inputType": "number"}]}, "matrix_number"),
    ({"type": "file"}, "file"),
    ({"type": "html", "html": "<b>x</b>"}, "info"),
    ({"type": "expression", "expression": "1 + 2"}, "calculated"),
    ({"type": "slider"}, "slider"),
]


@pytest.mark.parametrize(("element", "kind"), KINDS)
def test_each_type_has_its_kind(element, kind):
    found = _read({"name": "q", **element})
    assert (_questions(found)["q"]["kind"], found.notes) == (kind, ())


BASE = [
    {"type": "radiogroup", "name": "car", "choices": ["Ford", 2], "hasOther": True},
    {"type": "checkbox", "name": "fruit", "choices": ["apple", "pear", 3], "hasNone": True},
    {"type": "text", "name": "age", "inputType": "number"},
    {"type": "text", "name": "my name"},
    {"type": "text", "name": "born", "inputType": "date"},
    {"type": "boolean", "name": "yes"},
    {"type": "matrix", "name": "m", "columns": ["x", "y"], "rows": ["a", "b b"]},
    {"type": "rating", "name": "stars"},
    {
        "type": "matrixdropdown",
        "name": "t",
        "rows": ["r"],
        "columns": [{"name": "c", "choices": [1, 2]}, {"name": "d", "cellType": "text"}],
    },
]


@pytest.mark.parametrize(
    ("condition", "ours"),
    [
        ("{car} = 'Ford'", 'car == "Ford"'),
        ("{car} == 2", 'car == "a2"'),
        ("{car} <> 'Ford'", 'not (answered(car) and (car == "Ford"))'),
        ("{car} anyof ['Ford', 2]", '(car == "Ford") or (car == "a2")'),
        ("{fruit} contains 'apple' and {age} > 3", '("apple" in fruit) and (age > 3)'),
        ("{fruit} notcontains 3", 'not (answered(fruit) and ("a3" in fruit))'),
        ("{fruit} allof ['apple', 'pear']", '("apple" in fruit) and ("pear" in fruit)'),
        ("{fruit} = ['apple']", None),
        ("{age} notempty", "answered(age)"),
        ("{my name} empty", "not answered(my_name)"),
        ("!({age} >= 18)", "not (answered(age) and (age >= 18))"),
        ("age({born}) >= 18", "age(born) >= 18"),
        ("{yes} = true", "yes"),
        ("{yes} = false", "not yes"),
        ("{m.a} = 'x' or {m.b b} = 'y'", '(m.a == "x") or (m.b_b == "y")'),
        ("{stars} > 3", 'stars in ["a4", "a5"]'),
        ("{t.r.c} = 1", 't.r == "a1"'),
        ("{t.r.d} = 'w'", 't_2.r.text == "w"'),
        ("{age} * 2 + 1 > 10", "((age * 2) + 1) > 10"),
        ("iif({age} > 1, 'a', 'b') = 'a'", 'if(answered(age) and (age > 1), "a", "b") == "a"'),
        ("{gone} = 1", None),
    ],
)
def test_conditions_become_expressions(condition, ours):
    found = _read(*BASE, {"type": "text", "name": "asked", "visibleIf": condition})
    notes = [note for note in found.notes if note.place == "asked"]
    assert _questions(found)["asked"].get("relevance") == ours
    assert bool(notes) is (ours is None)


def test_panels_are_groups_with_all_conditions_above_them():
    inner = {
        "type": "panel",
        "name": "inner",
        "visibleIf": "{age} < 9",
        "elements": [{"type": "text", "name": "deep"}],
    }
    outer = {
        "type": "panel",
        "name": "outer",
        "title": "Out",
        "visibleIf": "{yes} = true",
        "elements": [{"type": "text", "name": "flat"}, inner],
    }
    found = _read(*BASE, outer, {"type": "text", "name": "last"})
    groups = {group["questions"][0]["code"]: group for group in found.definition["pages"][0]["groups"]}
    assert groups["flat"]["title"] == {"en": "Out"}
    assert {code: group.get("relevance") for code, group in groups.items()} == {
        "car": None, "flat": "yes", "deep": "yes and (age < 9)".replace("yes", "(yes)"), "last": None,
    }  # fmt: skip


def test_languages_piping_and_checks():
    found = _read(
        *BASE,
        {"type": "text", "name": "asked", "title": {"default": "Hi {my name}", "de": "Hallo {my name}"},
         "isRequired": True,
         "validators": [{"type": "text", "minLength": 3, "maxLength": 9}, {"type": "regex", "regex": "^a+$"},
                        {"type": "expression", "expression": "{age} > 3", "text": "Older"}]},
        title={"default": "T", "de": "U"}, completedHtml="<p>Bye</p>", triggers=[{"type": "complete"}],
    )  # fmt: skip
    asked = _questions(found)["asked"]
    assert asked["title"] == {"en": "Hi {my_name}", "de": "Hallo {my_name}"}
    assert (asked["max_length"], asked["pattern"], asked["required"]) == (9, "a+", True)
    assert asked["rules"] == [
        {"expression": "length(asked) >= 3"},
        {"expression": "age > 3", "message": {"en": "Older"}},
    ]
    assert (found.definition["languages"], found.definition["outro"]) == (["en", "de"], {"en": "Bye"})
    assert [note.text for note in found.notes if note.place == ""] == [
        "Triggers of the survey were not taken."
    ]


def test_what_nothing_here_is_like_is_shown_and_named():
    found = _read(
        {"type": "signaturepad", "name": "s", "title": "Sign"},
        {"type": "paneldynamic", "name": "p"},
        {"type": 3},
    )
    assert [(one["kind"], one["title"]["en"]) for one in _questions(found).values()] == [
        ("info", "Sign"), ("info", "p"), ("info", "q3"),
    ]  # fmt: skip
    assert [note.level.value for note in found.notes] == ["lost"] * 3


RICH = {
    "title": {"default": "T", "de": "U"},
    "calculatedValues": [{"name": "v", "expression": "{age} + 1"}],
    "pages": [
        {
            "name": "p",
            "visibleIf": "{age} > 1",
            "elements": [
                *BASE,
                {
                    "type": "panel",
                    "name": "g",
                    "elements": [{"type": "comment", "name": "c", "maxLength": 3}],
                },
                {"type": "multipletext", "name": "mt", "items": [{"name": "a", "title": "A"}]},
                {
                    "type": "text",
                    "name": "last",
                    "validators": [{"type": "numeric", "minValue": 1}],
                    "title": {"de": "X"},
                },
            ],
        }
    ],
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**16) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "type", "value", "de"]), inner, max_size=3
    ),
    max_leaves=5,
)  # fmt: skip


def _spots(value, path=()):
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from _spots(inner, (*path, key))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_stands_where_something_else_should_breaks_nothing(data):
    broken = json.loads(json.dumps(RICH))
    for _hit in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(list(_spots(broken))[1:]))
        holder = broken
        for step in way:
            holder = holder[step]
        holder[last] = data.draw(ANYTHING)
    with suppress(Refused):
        read_survey("x.json", json.dumps(broken).encode())
