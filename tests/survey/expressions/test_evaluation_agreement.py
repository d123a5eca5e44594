"""Python is the authority; the browser's evaluator has to say the same, of whatever anybody writes."""

import random
from collections import Counter

import pytest

from baukasten_survey.answers.values import flat
from baukasten_survey.definition.parsing import parse as parse_definition
from baukasten_survey.definition.types import types_of
from baukasten_survey.expressions.evaluation import compile_node, evaluate
from baukasten_survey.expressions.functions import STRICT
from baukasten_survey.expressions.json import from_json, to_json
from baukasten_survey.expressions.nodes import Call, walk
from baukasten_survey.expressions.parsing import MAX_LENGTH, parse
from baukasten_survey.expressions.signatures import SIGNATURES
from baukasten_survey.expressions.types import types_to_json
from baukasten_survey.expressions.writing import to_text
from tests.survey.conftest import definition, options, page, question
from tests.survey.expressions.makers import expression, held, plain
from tests.survey.expressions.twin import TODAY, in_browser, same, told

BUNCH = 10_000


def agree(cases, seed):
    """Compare both evaluators; give how often each kind of value came out and which functions were called."""
    made = random.Random(seed)  # noqa: S311 - cases, not secrets
    outcomes: Counter[str] = Counter()
    called: set[str] = set()
    for start in range(0, cases, BUNCH):
        bunch = [(expression(made), held(made)) for _case in range(min(BUNCH, cases - start))]
        found = in_browser(
            [
                {
                    "tree": to_json(node),
                    "values": {name: plain(value) for name, value in values.items()},
                    "today": TODAY.isoformat(),
                }
                for node, values in bunch
            ]
        )
        for (node, values), one in zip(bunch, found, strict=True):
            expected = compile_node(node)(values, TODAY)
            assert same(one["result"], told(expected)), (to_text(node), values)
            outcomes[type(expected).__name__] += 1
            called |= {part.function for part in walk(node) if isinstance(part, Call)}
    return outcomes, called


def test_both_evaluators_agree_on_three_thousand_cases():
    outcomes, called = agree(3000, seed=7)

    # The cases are worth something: they give values of every sort, and use every function.
    assert called == SIGNATURES.keys()
    assert set(outcomes) == {"float", "str", "bool", "date", "time", "tuple", "NoneType"}
    assert outcomes["NoneType"] < 2000


@pytest.mark.soak
def test_both_evaluators_agree_on_a_hundred_thousand_cases():
    outcomes, called = agree(100_000, seed=2026)

    assert outcomes.total() == 100_000
    assert called == SIGNATURES.keys()


def test_a_tree_is_the_same_after_writing_and_reading():
    made = random.Random(11)  # noqa: S311 - as above
    read = 0
    for _case in range(1500):
        node = expression(made)
        assert from_json(to_json(node)) == node
        text = to_text(node)
        if len(text) <= MAX_LENGTH:
            assert parse(text) == node
            read += 1
    assert read > 1400


def test_both_sides_lower_all_letters_alike():
    letters = "".join(chr(code) for code in range(0x20, 0x3000))
    tree = ["lower", letters]

    (found,) = in_browser([{"tree": tree, "today": TODAY.isoformat()}])

    assert found["result"] == STRICT["lower"](letters)
    assert found["result"] != letters


def test_both_sides_find_the_same_values_in_answers():
    worth = [{"code": "a1", "value": 1.5}, {"code": "a2", "value": 2}, {"code": "a3"}]
    rows = [{"code": "r1"}, {"code": "r2"}]
    made = parse_definition(
        definition(
            page(
                "p1",
                question("q1", "single", options=worth, other={"de": "Anderes"}),
                question("q2", "multiple", options=worth),
                question("q3", "yes_no"),
                question("q4", "number"),
                question("q5", "date"),
                question("q6", "time"),
                question("q7", "matrix_single", rows=rows, options=worth),
                question("q8", "matrix_multiple", rows=rows, options=options("a1", "a2")),
                question("q9", "matrix_number", rows=rows, options=options("a1", "a2")),
                question("q10", "ranking", options=worth),
                question("q11", "file"),
                question("q12", "map", shapes=["point", "line"]),
                question("q13", "short"),
                question("q14", "single", options=worth, no_answer=True, other={"de": "Anderes"}),
                question("q15", "number", no_answer=True),
            )
        )
    )
    answers = {
        "q1": "_other",
        "q1.other": "mit dem Boot",
        "q2": ["a1", "a2"],
        "q3": False,
        "q4": 0,
        "q5": "2024-02-29",
        "q6": "07:30",
        "q7": {"r1": "a2"},
        "q8": {"r1": ["a1", "a2"], "r2": ["a2"]},
        "q9": {"r1": {"a1": 3.5}, "r2": {"a2": -1}},
        "q10": ["a3", "a2", "a1"],
        "q11": [{"id": 5, "name": "plan.pdf", "size": 10, "type": "application/pdf"}],
        "q12": {"shapes": [{"type": "Point", "coordinates": [8.1, 50.2]}], "text": "hier"},
        "q13": "Ada",
        "q14": "_none",
        "q14.other": "vergessen",
        "q15": "_none",
    }
    types = types_of(made)
    sums = [
        "join",
        {"name": "q1.other"},
        ["text", ["value", {"name": "q2"}]],
        ["text", ["value", {"name": "q7.r1"}]],
    ]

    (found,) = in_browser(
        [{"tree": sums, "types": types_to_json(types), "answers": answers, "today": TODAY.isoformat()}]
    )

    expected = flat(made, answers)
    assert found["held"] == {name: told(value) for name, value in expected.items()}
    assert expected["q2.value"] == 3.5
    assert found["result"] == evaluate(from_json(sums), expected, TODAY) == "mit dem Boot3.52"
