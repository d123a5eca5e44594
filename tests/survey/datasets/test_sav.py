"""SPSS files, read back by another program: values, labels, measures, long texts, days and times."""

import datetime as dt
import io

import pyreadstat
import pytest

from baukasten_survey.datasets.columns import Column, Measure, Sort
from baukasten_survey.datasets.sav import Content, write_sav

NOW = dt.datetime(2035, 3, 20, 8, 5, 9)  # noqa: DTZ001 - a file of SPSS knows no zones


def column(name, sort, measure=Measure.NOMINAL, labels=(), label=""):
    return Column(name, label or f"Frage {name}", name, sort, measure, lambda given: given, labels)


def read_back(tmp_path, columns, rows, title="Sicher zur Schule"):
    out = io.BytesIO()

    longest = {
        one.name: max((len((row[at] or "").encode()) for row in rows), default=0)
        for at, one in enumerate(columns)
        if one.sort is Sort.TEXT
    }
    assert write_sav(out, Content(title, columns, longest, iter(rows)), NOW) == len(rows)
    place = tmp_path / "data.sav"
    place.write_bytes(out.getvalue())
    return pyreadstat.read_sav(str(place), output_format="dict")


def test_each_sort_comes_back_as_it_was(tmp_path):
    columns = [
        column("way", Sort.CODE, labels=(("a1", "zu Fuß"), ("_none", "Keine Angabe"))),
        column("age", Sort.NUMBER, Measure.SCALE),
        column("day", Sort.DAY),
        column("time", Sort.TIME),
        column("yes", Sort.TRUTH, labels=(("0", "Nein"), ("1", "Ja"))),
        column("words", Sort.TEXT),
    ]
    rows = [
        ["a1", 42, "2035-03-20", "07:30", True, "Grüße 🚲"],
        ["_none", -3.75, dt.date(1999, 1, 1), "23:59", False, ""],
        ["unknown", 1e300, None, None, None, None],
    ]
    data, meta = read_back(tmp_path, columns, rows)
    assert data == {
        "way": [1, 2, None],
        "age": [42, -3.75, 1e300],
        "day": [dt.date(2035, 3, 20), dt.date(1999, 1, 1), None],
        "time": [dt.time(7, 30), dt.time(23, 59), None],
        "yes": [1, 0, None],
        "words": ["Grüße 🚲", "", ""],
    }
    assert meta.variable_value_labels == {
        "way": {1: "zu Fuß", 2: "Keine Angabe"},
        "yes": {0: "Nein", 1: "Ja"},
    }
    assert meta.variable_measure["age"] == "scale"
    assert (meta.file_label, meta.file_encoding, meta.number_rows) == ("Sicher zur Schule", "UTF-8", 3)
    assert meta.column_labels[0] == "Frage way"


@pytest.mark.parametrize("length", [1, 7, 8, 9, 254, 255, 256, 504, 505, 509, 510, 511, 1000, 5000])
def test_texts_of_any_length_come_back_whole(tmp_path, length):
    text = "".join(chr(97 + at % 26) for at in range(length))
    data, _meta = read_back(
        tmp_path, [column("t", Sort.TEXT), column("n", Sort.NUMBER)], [[text, 1], ["x", 2]]
    )
    assert data == {"t": [text, "x"], "n": [1, 2]}


def test_what_is_too_long_is_cut_between_signs(tmp_path):
    labels = tuple((f"c{at}", "ä" * 200) for at in range(3))
    columns = [column("t", Sort.TEXT, label="ö" * 300), column("c", Sort.CODE, labels=labels)]
    data, meta = read_back(tmp_path, columns, [["ü" * 40_000, "c2"]], title="ß" * 99)
    assert data == {"t": ["ü" * 16_000], "c": [3]}
    assert meta.column_labels[0] == "ö" * 127
    assert meta.variable_value_labels["c"][1] == "ä" * 60
    assert meta.file_label == "ß" * 32


def test_hundreds_of_columns_and_rows_keep_their_order(tmp_path):
    columns = [column(f"a_long_name_for_a_column.{at}", Sort.NUMBER) for at in range(300)]
    rows = [[(at * row) % 400 - 120 for at in range(300)] for row in range(50)]
    data, meta = read_back(tmp_path, columns, rows)
    assert meta.column_names == [one.name for one in columns]
    assert [[data[name][row] for name in meta.column_names] for row in range(50)] == rows


def test_an_empty_set_is_a_file_too(tmp_path):
    data, meta = read_back(tmp_path, [column("t", Sort.TEXT)], [])
    assert (data, meta.number_rows) == ({"t": []}, 0)
