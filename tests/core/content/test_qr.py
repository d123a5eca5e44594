"""Squares for a camera: their corners, their runs, and a drawing that says the same."""

import re

import pytest
import segno

from baukasten.content.qr import QUIET, qr_code


@pytest.mark.parametrize(
    "words", ["https://a.example/", "https://kranichsiel.example/beteiligung/alter-torfhafen/live/"]
)
def test_the_drawing_is_square_and_has_its_three_corners(words):
    code = qr_code(words)
    far = code.size - 7 - QUIET
    for x, y in ((QUIET, QUIET), (far, QUIET), (QUIET, far)):
        assert f"M{x} {y}h7v1h-7z" in code.path
    assert code.size == code.side + 2 * QUIET


def test_runs_cover_the_dark_squares_and_no_others():
    code = qr_code("umfrage#code=ABCD")
    dark = {(x + at, y) for x, y, wide in code.runs for at in range(wide)}
    matrix = segno.make("umfrage#code=ABCD", error="m", micro=False).matrix
    assert dark == {(x, y) for y, row in enumerate(matrix) for x, square in enumerate(row) if square}
    assert len(re.findall("M", code.path)) == len(code.runs)


def test_too_many_words_are_refused():
    with pytest.raises(ValueError, match="too large"):
        qr_code("x" * 3000)
