"""What expressions may expect behind each name."""

import pytest

from baukasten_survey.definition.parsing import parse
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.types import Sort, Type
from tests.survey.conftest import definition, options, page, question

ROWS = [{"code": "r1"}, {"code": "r2"}]
CHOSEN = frozenset({"a1", "a2"})


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (question("q", "single", options=options("a1", "a2")), {"q": Type(Sort.TEXT, CHOSEN)}),
        (
            question("q", "dropdown", options=options("a1", "a2"), other={"de": "Anderes"}),
            {"q": Type(Sort.TEXT, CHOSEN | {"_other"}), "q.other": Type(Sort.TEXT)},
        ),
        (
            question("q", "single", options=[{"code": "a1", "value": 3}, {"code": "a2"}]),
            {"q": Type(Sort.TEXT, CHOSEN, (("a1", 3.0),))},
        ),
        (question("q", "multiple", options=options("a1", "a2")), {"q": Type(Sort.SET, CHOSEN)}),
        (question("q", "ranking", options=options("a1", "a2")), {"q": Type(Sort.SET, CHOSEN)}),
        (question("q", "image", options=options("a1", "a2")), {"q": Type(Sort.TEXT, CHOSEN)}),
        (question("q", "image", many=True, options=options("a1", "a2")), {"q": Type(Sort.SET, CHOSEN)}),
        (question("q", "scale", style="likert", options=options("a1", "a2")), {"q": Type(Sort.TEXT, CHOSEN)}),
        (question("q", "scale", style="nps"), {"q": Type(Sort.NUMBER)}),
        (
            question("q", "scale", style="differential", rows=ROWS),
            {"q.r1": Type(Sort.NUMBER), "q.r2": Type(Sort.NUMBER)},
        ),
        (
            question("q", "matrix_single", rows=ROWS[:1], options=options("a1", "a2")),
            {"q.r1": Type(Sort.TEXT, CHOSEN)},
        ),
        (
            question("q", "matrix_multiple", rows=ROWS[:1], options=options("a1", "a2")),
            {"q.r1": Type(Sort.SET, CHOSEN)},
        ),
        (
            question("q", "matrix_number", rows=ROWS[:1], options=options("a1", "a2")),
            {"q.r1.a1": Type(Sort.NUMBER), "q.r1.a2": Type(Sort.NUMBER)},
        ),
        (question("q", "matrix_text", rows=ROWS[:1], options=options("a1")), {"q.r1.a1": Type(Sort.TEXT)}),
        (question("q", "info"), {}),
        *((question("q", kind), {"q": Type(Sort.TEXT)}) for kind in ("short", "long", "email", "hidden")),
        *((question("q", kind), {"q": Type(Sort.NUMBER)}) for kind in ("number", "slider")),
        *((question("q", kind), {"q": Type(Sort.BOOLEAN)}) for kind in ("yes_no", "consent")),
        *((question("q", kind), {"q": Type(Sort.SET)}) for kind in ("file", "map")),
        (question("q", "date"), {"q": Type(Sort.DATE)}),
        (question("q", "time"), {"q": Type(Sort.TIME)}),
    ],
)
def test_each_kind_gives_its_names(made, names):
    assert types_of(parse(definition(page("p1", made)))) == names


@pytest.mark.parametrize(
    ("expression", "sort"),
    [
        ("1 + q1", Sort.NUMBER),
        ("-q1", Sort.NUMBER),
        ("q1 > 3", Sort.BOOLEAN),
        ("not (q1 > 3)", Sort.BOOLEAN),
        ("q1 > 3 and q1 < 5", Sort.BOOLEAN),
        ('"words"', Sort.TEXT),
        ('if(q1 > 3, "a", "b")', Sort.TEXT),
        ("default(d, today())", Sort.DATE),
        ("today()", Sort.DATE),
        ("min(d, d)", Sort.DATE),
        ("d", Sort.DATE),
        ("other", Sort.BOOLEAN),
        ("c", Sort.NUMBER),
        ("nowhere", Sort.NUMBER),
        ("1 +", Sort.NUMBER),
        ("", Sort.NUMBER),
    ],
)
def test_what_is_calculated_has_the_sort_of_its_expression(expression, sort):
    made = definition(
        page(
            "p1",
            question("q1", "number"),
            question("d", "date"),
            question("other", "calculated", expression="q1 == 1"),
            question("c", "calculated", expression=expression),
        )
    )
    assert types_of(parse(made))["c"] == Type(sort)


def test_names_of_later_pages_may_be_left_out():
    made = parse(definition(page("p1", question("q1", "short")), page("p2", question("q2", "short"))))
    assert types_of(made, 0).keys() == {"q1"}
    assert types_of(made, 1).keys() == {"q1", "q2"}
