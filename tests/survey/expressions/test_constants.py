"""What holds always or never is found before anybody answers."""

import random
import time

import pytest

from baukasten_survey.expressions.constants import verdict
from baukasten_survey.expressions.evaluation import evaluate
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.types import Sort, Type
from tests.survey.expressions.twin import TODAY

CODES = frozenset({"a1", "a2", "a3"})
TYPES = {
    "n": Type(Sort.NUMBER),
    "m": Type(Sort.NUMBER),
    "t": Type(Sort.TEXT),
    "b": Type(Sort.BOOLEAN),
    "d": Type(Sort.DATE),
    "c": Type(Sort.TIME),
    "one": Type(Sort.TEXT, CODES, (("a1", 1.0),)),
    "few": Type(Sort.SET, CODES),
    "many": Type(Sort.SET, frozenset(f"a{number}" for number in range(30))),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("1 > 2", False),
        ("1 / 0 > 1", False),
        ("today() == today()", None),
        ('one == "a1"', None),
        ('one == "a1" and one == "a2"', False),
        ('one == "a1" or one != "a1"', None),
        ('one == "a1" or one != "a1" or not answered(one)', True),
        ('one in ["a1", "a2", "a3"] or not answered(one)', True),
        ('one > "a3"', False),
        ('"a1" in few and "a1" not in few', False),
        ('"a1" in few and "a2" in few', None),
        ("count(few) > 3", False),
        ("count(few) >= 0", True),
        ("count(many) > 40", None),
        ('"a1" in many and false', False),
        ("b and not b", False),
        ("b or not b", None),
        ("n > 5 and n < 3", False),
        ("n > 3 and n < 5", None),
        ("n > 3 and n < 3.0000001", None),
        ("n >= 3 and n <= 3 and n != 3", False),
        ("n > 5 or n <= 5 or not answered(n)", True),
        ("n > m and n < m", None),
        ("n + 1 > 2 and n < 1 and false", False),
        ("n * 0 > 1 or true", True),
        ('t == ""', False),
        ('t != "" or not answered(t)', True),
        ('t == "x" and t == "y"', False),
        ('t > "a" and t < "b"', None),
        ('t < "a"', None),
        ('d > date("2026-01-01") and d < date("2026-01-02")', False),
        ('d > date("2026-01-01") and d < date("2026-01-03")', None),
        ('d > date("9999-12-31")', False),
        ('c < time("00:00")', False),
        ('c > time("00:00")', None),
        ("value(one) > 1 and value(one) < 1", None),
        ("age(d) > 18 and answered(d)", None),
        ("age(d) > 18 and b and not b", False),
        ("unknown and false", False),
        ("unknown", None),
        ("if(b, false, false)", False),
        (" or ".join(f"b == (n > {number})" for number in range(9)), None),
    ],
)
def test_conditions_that_no_answer_changes(text, expected):
    assert verdict(parse(text), TYPES) is expected


def test_many_questions_end_in_no_verdict_rather_than_in_a_long_time():
    types = {f"q{number}": Type(Sort.TEXT, CODES) for number in range(60)}
    node = parse(" and ".join(f'{name} == "a1"' for name in types))
    begin = time.thread_time()
    assert verdict(node, types) is None
    assert time.thread_time() - begin < 0.5


def test_a_verdict_is_never_wrong():
    made = random.Random(5)  # noqa: S311 - cases, not secrets
    decided = 0
    for _case in range(400):
        parts = [
            made.choice(
                [
                    f"n {made.choice(['<', '<=', '==', '!=', '>=', '>'])} {made.randint(0, 3)}",
                    f'one {made.choice(["==", "!="])} "a{made.randint(1, 3)}"',
                    f'"a{made.randint(1, 3)}" {made.choice(["in", "not in"])} few',
                    f"not answered({made.choice(['n', 'one', 'few', 'b'])})",
                    "b",
                ]
            )
            for _part in range(made.randint(2, 5))
        ]
        node = parse(made.choice([" and ", " or "]).join(parts))
        found = verdict(node, TYPES)
        if found is None:
            continue
        decided += 1
        for _try in range(60):
            values = {
                "n": made.choice([None, made.uniform(-1, 5), float(made.randint(0, 4))]),
                "one": made.choice([None, *sorted(CODES)]),
                "few": made.choice([None, *(tuple(made.sample(sorted(CODES), size)) for size in (1, 2, 3))]),
                "b": made.choice([None, True, False]),
            }
            assert (evaluate(node, values, TODAY) is True) is found
    assert decided > 20
