"""Answers that are filled in beforehand fit their questions or are left out."""

import pytest

from baukasten_survey.answers.beginning import beginning
from baukasten_survey.definition.parsing import dump, parse
from tests.survey.conftest import definition, options, page, question

ROWS = [{"code": "r1"}, {"code": "r2"}]


@pytest.mark.parametrize(
    ("kind", "default", "begins", "more"),
    [
        ("single", "a1", "a1", {}),
        ("single", "gone", None, {}),
        ("single", 3, None, {}),
        ("multiple", ["a2", "a1", "gone"], ["a1", "a2"], {}),
        ("multiple", "a1", None, {}),
        ("yes_no", False, False, {}),
        ("consent", True, None, {}),
        ("number", 3, 3.0, {}),
        ("number", 30, None, {"maximum": 10}),
        ("number", True, None, {}),
        ("short", "Hi", "Hi", {}),
        ("short", "Hello", None, {"max_length": 3}),
        ("date", "2026-03-04", "2026-03-04", {}),
        ("date", "soon", None, {}),
        ("time", "07:30", "07:30", {}),
        ("matrix_single", {"r1": "a1", "r2": "gone", "r9": "a1"}, {"r1": "a1"}, {"rows": ROWS}),
        ("matrix_multiple", {"r1": ["a2"]}, {"r1": ["a2"]}, {"rows": ROWS}),
        ("matrix_text", {"r1": {"a1": "x", "a9": "y"}, "r2": "z"}, {"r1": {"a1": "x"}}, {"rows": ROWS}),
        ("matrix_number", {"r1": {"a1": 2, "a2": "x"}}, {"r1": {"a1": 2.0}}, {"rows": ROWS}),
        ("ranking", ["a1"], None, {}),
    ],
)
def test_beginning(kind, default, begins, more):
    with_options = {"options": options("a1", "a2")} if kind not in {"yes_no", "number", "short"} else {}
    data = definition(page("p", question("q", kind, default=default, **with_options, **more)))
    made = parse(data)
    assert beginning(made) == ({} if begins is None else {"q": begins})
    assert parse(dump(made)) == made
