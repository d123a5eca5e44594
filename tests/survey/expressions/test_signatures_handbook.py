"""The handbook's examples are expressions, and each function has one."""

import re
from pathlib import Path

from baukasten_survey.expressions.nodes import Call, walk
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.signatures import SIGNATURES

PAGE = Path(__file__).parents[3] / "docs" / "handbuch" / "umfragen-bedingungen.md"


def test_every_example_of_the_handbook_is_an_expression_and_every_function_has_one():
    rows = [
        line.split(" | ")[0]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    examples = [parse(text) for row in rows for text in re.findall(r"`([^`]+)`", row)]

    called = {part.function for node in examples for part in walk(node) if isinstance(part, Call)}

    assert len(examples) > 40
    assert called == SIGNATURES.keys()
