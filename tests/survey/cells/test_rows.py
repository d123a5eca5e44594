"""The open file holds everybody, and nobody who stands out."""

from baukasten_survey.cells import rows, single
from baukasten_survey.cells.shown import TOGETHER


def test_columns_that_would_make_somebody_recognisable_are_left_out():
    tables = {
        "age": single.protect({"old": 30, "young": 30}),
        "part": single.protect({"x": 50, "y": 10}),
        "q": single.protect({"a": 32, "b": 28}),
    }
    responses: dict[tuple[str, ...], int] = {
        ("old", "y", "a"): 1,
        ("old", "x", "a"): 20,
        ("old", "x", "b"): 9,
        ("young", "y", "a"): 9,
        ("young", "x", "a"): 2,
        ("young", "x", "b"): 19,
    }
    found = rows.combine(responses, ["age", "part", "q"], tables)
    assert (found.columns, found.left_out) == (["age", "q"], ["part"])
    assert found.rows == {("old", "a"): 21, ("old", "b"): 9, ("young", "a"): 11, ("young", "b"): 19}


def test_classes_that_a_table_does_not_tell_apart_are_one_in_the_file():
    part = single.protect({"x": 40, "y": 2, "z": 18})
    found = rows.combine({("x",): 40, ("y",): 2, ("z",): 18}, ["part"], {"part": part})
    assert found.rows == {(TOGETHER,): 42, ("z",): 18}
