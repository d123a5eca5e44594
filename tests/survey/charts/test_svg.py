"""Drawings are well-formed whatever is written into them."""

import xml.etree.ElementTree as ET

import pytest

from baukasten_survey.charts.svg import Drawing, wrapped

HOSTILE = "\x00</title><script>alert(1)</script>\"' & \ud800 ]]> <!--"


def test_words_stay_words():
    drawing = Drawing("q1", 100, title=HOSTILE, description=HOSTILE)
    drawing.text(0, 0, HOSTILE)
    drawing.rect(0, 0, -5, 10, "ch-bar")
    root = ET.fromstring(drawing.svg(50))  # noqa: S314 - our own
    assert [child.tag for child in root] == ["title", "desc", "text", "rect"]
    assert root[2].text == "</title><script>alert(1)</script>\"' &  ]]> <!--"
    assert root[3].attrib["width"] == "0"


def test_no_style_no_script_and_a_role():
    svg = Drawing("q1", 100, title="T", description="D").svg(50)
    assert svg.startswith('<svg class="ch" viewBox="0 0 100 50" role="img" aria-labelledby="q1-t q1-d">')
    assert "style=" not in svg


def test_classes_are_classes():
    with pytest.raises(ValueError, match="no classes"):
        Drawing("q1", 100, title="", description="").rect(0, 0, 1, 1, 'x" onload="y')


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("kurz", ["kurz"]),
        ("zu schmale oder zugestellte Wege", ["zu schmale", "oder …"]),
        ("x" * 40, ["x" * 10 + "…"]),
        ("", [""]),
    ],
)
def test_long_words_are_cut(words, lines):
    assert wrapped(words, 11 if " " in words else 10) == lines
