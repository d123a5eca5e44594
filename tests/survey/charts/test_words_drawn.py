"""Every chart says its figures in words and in a table, and none says more than its table."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import baukasten_survey
from baukasten.plugin import MediaRef
from baukasten.sdk import translator
from baukasten.web import i18n
from baukasten_survey.cells import ranked, single, spots
from baukasten_survey.cells.shown import HELD, MISSING, Table, openly
from baukasten_survey.charts import bars, places, stacked, words

LABELS = {
    "a": "Autos, die vor der Schule halten",
    "b": "zu schnelle Autos",
    "c": "zu wenig Licht",
    "d": "<b>",
}
POINTS = {"p1": "sehr unsicher", "p2": "eher unsicher", "p3": "eher sicher", "p4": "sehr sicher"}
SCALES = {
    "r1": single.protect({"p1": 340, "p2": 310, "p3": 240, "p4": 110, MISSING: 7}),
    "r2": single.protect({"p1": 41, "p2": 33, "p3": 18, "p4": 3, MISSING: 9}),
    "r3": single.protect({"p1": 2, "p2": 1, "p3": 0, "p4": 0, MISSING: 1}),
}
ROWS = {"r1": "Schleusenstraße", "r2": "Kreisel am Moortor", "r3": "Haltestelle"}
TABLE = single.protect({"a": 620, "b": 340, "c": 40, "d": 3, MISSING: 17})


def _parsed(chart):
    return ET.fromstring(chart.svg)  # noqa: S314 - our own


def _all():
    grid = spots.Grid(8, 12, 100)
    seen = single.protect({"_answered": 90, MISSING: 10})
    order = ranked.protect({"a": [20, 10], "b": [10, 20]}, 30)
    return [
        bars.frequency_bars("q1", "Was stört", TABLE, LABELS),
        bars.histogram("q2", "Alter", TABLE, LABELS),
        bars.ranking_bars("q3", "Reihe", order, LABELS),
        bars.ranking_bars("q4", "Reihe", None, LABELS),
        stacked.likert_bars("q5", "Sicher", SCALES, ROWS, POINTS),
        stacked.heat_table("q6", "Sicher", SCALES, ROWS, POINTS),
        places.places("q7", "Wo", spots.protect({(1, 2): 40, (3, 7): 14, (3, 3): 4}, seen), grid),
        places.places("q8", "Wo", spots.protect({}, seen), grid),
    ]


@pytest.mark.parametrize("number", range(8))
def test_a_chart_is_a_named_picture_with_its_sentence(number):
    chart = _all()[number]
    root = _parsed(chart)
    assert root.attrib["role"] == "img"
    assert (root[0].tag, root[1].tag, root[1].text) == ("title", "desc", chart.sentence)
    assert chart.sentence.endswith(".")
    assert "style=" not in chart.svg
    assert not any(name.startswith("on") for one in root.iter() for name in one.attrib)


def test_the_sentence():
    assert words.frequencies(TABLE, LABELS) == (
        "62% say “Autos, die vor der Schule halten”, 34% “zu schnelle Autos”, 4% “zu wenig Licht”. "
        "Fewer than 5 people each: “<b>”. Further numbers are held back, so that nobody can be recognised. "
        "1,000 answers."
    )


def test_the_table_says_what_it_may():
    assert words.table_of(TABLE, LABELS, "T").rows == [
        ["Autos, die vor der Schule halten", "62%", "620"],
        ["zu schnelle Autos", "34%", "340"],
        ["zu wenig Licht", "4%", "40"],
        ["<b>", "fewer than 5", "fewer than 5"],
        ["Without an answer", "", "not shown"],
    ]


def test_parts_that_earlier_figures_told():
    both = TABLE + single.protect({"a": 100, "b": 50, "c": 20, "d": 10, MISSING: 5})
    assert words.people(both.cells["d"], 5) == "at least 10"


@pytest.mark.parametrize("number", [0, 1, 4, 5])
def test_no_chart_tells_a_hidden_number(number):
    # 3 people and 17 without an answer are hidden, and in the matrix 3, 2 and 1 with their 9 and 1.
    chart = _all()[number]
    said = " ".join([chart.sentence, *(cell for row in chart.table.rows for cell in row[1:]), *_texts(chart)])
    numbers = set(
        re.findall(r"\d+", said.replace(",", "").replace("fewer than 5", "").replace("Fewer than 5", ""))
    )
    assert not numbers & {"3", "17", "1017", "1020", "2", "1", "9"}


def _texts(chart):
    return [one.text or "" for one in _parsed(chart).iter("text")]


def test_widths_of_hidden_cells_tell_nothing():
    one = bars.frequency_bars("q", "T", single.protect({"a": 620, "b": 3, MISSING: 17}), LABELS)
    other = bars.frequency_bars("q", "T", single.protect({"a": 620, "b": 1, MISSING: 19}), LABELS)
    assert one == other


def test_parts_of_scales_that_are_hidden_are_equally_wide():
    many, few = {"p1": 41, "p2": 33, "p3": 18}, {"p4": 3, MISSING: 9}
    drawn = [
        stacked.likert_bars("q", "T", {"r1": single.protect(many | rest)}, ROWS, POINTS)
        for rest in (few, {"p4": 1, MISSING: 11})
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0].key == [
        ("ch-p0", "sehr unsicher"),
        ("ch-p2", "eher unsicher"),
        ("ch-p4", "eher sicher"),
        ("ch-p6", "sehr sicher"),
        ("ch-held", "not shown"),
    ]


def test_nothing_to_show():
    chart = bars.frequency_bars("q", "T", single.protect({"a": 2, MISSING: 1}), LABELS)
    assert chart.sentence.startswith("There are too few answers")


def test_order_of_options_is_kept_where_it_means_something():
    table = openly({"a": 1, "b": 2, MISSING: 0}, 3)
    assert _texts(bars.frequency_bars("q", "T", table, LABELS))[0] == "zu schnelle Autos"
    assert (
        _texts(bars.frequency_bars("q", "T", table, LABELS, ranked=False))[0] == "Autos, die vor der Schule"
    )


@pytest.mark.parametrize(
    ("size", "tones"), [(1, [3]), (2, [0, 6]), (4, [0, 2, 4, 6]), (5, [0, 2, 3, 4, 6]), (7, list(range(7)))]
)
def test_scales_spread_over_the_tones(size, tones):
    assert [stacked._tone(place, size) for place in range(size)] == tones


def test_an_empty_scale_is_drawn():
    empty = Table(0, 5, dict.fromkeys([*POINTS, MISSING], HELD))
    assert _parsed(stacked.likert_bars("q", "T", {"r1": empty}, ROWS, POINTS)).find("rect") is not None


def test_german():
    folder = Path(baukasten_survey.__file__).parent
    with i18n.speaking(i18n.Catalogues({"survey": folder}).translator("de")):
        assert words.frequencies(TABLE, LABELS) == (
            "62\u00a0% nennen „Autos, die vor der Schule halten“, 34\u00a0% „zu schnelle Autos“, "
            "4\u00a0% „zu wenig Licht“. "
            "Je unter 5 Menschen: „<b>“. Weitere Zahlen sind zurückgehalten, damit niemand erkennbar wird. "
            "1.000 Antworten."
        )
        assert words.people(TABLE.cells["d"], 5) == "unter 5"


def test_squares_have_names():
    assert [places.square_name(square) for square in [(0, 0), (25, 3), (26, 9)]] == ["A1", "Z4", "AA10"]


def test_english_without_a_request():
    assert translator().language == "en"


def test_places_lie_on_the_picture_that_was_asked_with():
    picture = MediaRef(7, "picture", "Plan", "image/png", 9, 1600, 800, "", '/medien/7"', "/medien/7")
    seen = single.protect({"_answered": 90, MISSING: 10})
    told = spots.protect({(1, 2): 40}, seen)
    chart = places.places("q", "Wo", told, spots.Grid(10, 30, 100), picture, least=True)
    drawn = _parsed(chart)
    image = next(one for one in drawn.iter() if one.tag == "image")
    assert (image.attrib["href"], image.attrib["height"]) == ('/medien/7"', "240")
    assert drawn.attrib["viewBox"] == "0 0 480 240"
    assert chart.table.rows == [["B3", "at least 40"]]


@pytest.mark.parametrize("draw", [stacked.heat_table, stacked.likert_bars])
def test_the_name_of_a_row_stands_level_with_its_figures(draw):
    names = {"r1": "Schleusenstraße zwischen Markt und Brücke", "r2": "Kreisel"}
    chart = draw("q1", "Sicher", {key: SCALES[key] for key in names}, names, POINTS)
    heights = {one.text: float(one.attrib["y"]) for one in _parsed(chart).iter("text")}
    first, second = (words.percent(SCALES[key].share("p1") or 0) for key in names)
    assert heights["Kreisel"] == heights[second]
    assert (heights["Schleusenstraße zwischen"] + heights["Markt und Brücke"]) / 2 == heights[first]
