"""What depends on what is put in order, and circles are named."""

import pytest

from baukasten_survey.expressions.ordering import cycles, ordered
from baukasten_survey.expressions.parsing import parse


def named(**texts):
    return {
        code: [parse(text) for text in ([one] if isinstance(one, str) else one)]
        for code, one in texts.items()
    }


def test_no_circles():
    waiting = named(c="a + b.r1.x", b=["a > 1", "answered(z)"], a="1")
    assert cycles(waiting) == []
    assert ordered(waiting) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("waiting", "circles"),
    [
        (named(a="a + 1"), [("a",)]),
        (named(a="a.other == b.other", b="1"), [("a",)]),
        (named(a="b", b="a"), [("a", "b")]),
        (named(b="c.r1", c="a", a="b", d="a"), [("a", "c", "b")]),
        (named(a="b", b="a", x="y", y=["1", "x"], z="x"), [("a", "b"), ("x", "y")]),
    ],
)
def test_circles_are_found(waiting, circles):
    found = cycles(waiting)
    assert [tuple(sorted(one)) for one in found] == [tuple(sorted(one)) for one in circles]
    assert all(one[0] == min(one) for one in found)
    with pytest.raises(ValueError, match="circle"):
        ordered(waiting)


def test_a_circle_is_told_in_its_order():
    (circle,) = cycles(named(a="b", b="c", c="d", d="a"))
    waits = {"a": "b", "b": "c", "c": "d", "d": "a"}
    steps = [*zip(circle, (*circle[1:], circle[0]), strict=True)]
    assert all(waits[second] == first for first, second in steps)


def test_long_chains_are_no_recursion():
    waiting = named(**{f"q{number}": f"q{number + 1} > 0" for number in range(3000)})
    assert cycles(waiting) == []
    assert ordered(waiting)[0] == "q2999"
    waiting["q2999"] = [parse("q0 > 0")]
    assert [len(one) for one in cycles(waiting)] == [3000]
