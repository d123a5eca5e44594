"""Values come out as written down: missing ones, three truths, numbers, dates, sets."""

import datetime as dt
import math
from pathlib import Path

import pytest

from baukasten_survey.expressions.evaluation import compile_node, evaluate
from baukasten_survey.expressions.json import from_json, to_json
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.writing import to_text
from tests.survey.expressions.twin import TODAY, in_browser, same, told

ROWS = [
    tuple(part.strip() for part in line.split(" ~ "))
    for line in Path(__file__).with_name("truth.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def worth(literal):
    return None if literal == "missing" else evaluate(parse(literal), {}, TODAY)


def held(row):
    pairs = (pair.split(" = ", 1) for pair in row[2].split("; ")) if len(row) == 3 else ()
    return {name: parse(literal) for name, literal in pairs}


def test_there_are_three_hundred_rows_and_each_says_something_else():
    assert len(ROWS) >= 300
    assert len({row[1:] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[" ~ ".join(row[1:]) for row in ROWS])
def test_truth(row):
    values = {name: worth(to_text(node)) for name, node in held(row).items()}
    node = parse(row[1])
    expected = told(worth(row[0]))

    assert same(told(evaluate(node, values, TODAY)), expected)
    assert from_json(to_json(node)) == node
    assert parse(to_text(node)) == node


def test_the_browser_says_the_same_of_every_row():
    cases = [
        {
            "tree": to_json(parse(row[1])),
            "values": {name: to_json(node) for name, node in held(row).items()},
            "today": TODAY.isoformat(),
        }
        for row in ROWS
    ]

    found = in_browser(cases)

    wrong = [
        (row, one["result"])
        for row, one in zip(ROWS, found, strict=True)
        if not same(one["result"], told(worth(row[0])))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "odd",
    [
        math.nan,
        math.inf,
        -math.inf,
        10**400,
        -(10**400),
        [],
        ["a1"],
        {},
        b"a",
        object(),
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    ],
)
def test_what_is_no_value_is_missing(odd):
    assert evaluate(parse("answered(q1)"), {"q1": odd}, TODAY) is False
    assert evaluate(parse("q1 + 1"), {"q1": odd}, TODAY) is None


def test_whole_numbers_become_doubles():
    assert evaluate(parse("q1 / 2"), {"q1": 3}, TODAY) == 1.5
    assert type(evaluate(parse("q1"), {"q1": 2**53 + 1}, TODAY)) is float


def test_a_compiled_tree_serves_many_answers():
    run = compile_node(parse('q7 == "a1" and count(q8) >= 2'))
    answers: list[dict[str, object]] = [
        {"q7": "a1", "q8": ("a1", "a2")},
        {"q7": "a2", "q8": ("a1", "a2")},
        {"q7": "a1"},
        {},
    ]
    assert [run(values, TODAY) for values in answers] == [True, False, False, False]


def test_true_and_one_are_not_mixed_up_where_trees_are_remembered():
    assert evaluate(parse("1"), {}, TODAY) == 1.0
    assert evaluate(parse("true"), {}, TODAY) is True
    assert evaluate(parse("1 == 1"), {}, TODAY) is True
    assert evaluate(parse("true == true"), {}, TODAY) is True
    assert type(evaluate(parse("1"), {}, TODAY)) is float


def test_joining_again_and_again_ends():
    text = "x" * 6000
    assert evaluate(parse("length(join(q1))"), {"q1": text}, TODAY) == 6000
    assert evaluate(parse("join(q1, q1)"), {"q1": text}, TODAY) is None


def test_today_is_what_it_is_told():
    assert evaluate(parse("today()"), {}, dt.date(2030, 1, 2)) == dt.date(2030, 1, 2)
    assert evaluate(parse('age(date("2008-02-29"))'), {}, dt.date(2026, 2, 28)) == 17
    assert evaluate(parse('age(date("2008-02-29"))'), {}, dt.date(2026, 3, 1)) == 18
