"""Columns: one for each thing that can be answered, also where a later version no longer asks it."""

from baukasten_survey.datasets.columns import Measure, Sort, columns_of
from baukasten_survey.definition.parsing import parse
from tests.survey.conftest import definition, options, page, question

ROWS = [{"code": "r1", "title": {"de": "Kreisel"}}, {"code": "r2"}]
EVERYTHING = definition(
    page(
        "p1",
        question("single", "single", options=options("a", "b"), other={"de": "anders"}, no_answer=True),
        question("multi", "multiple", options=options("a", "b"), other={"de": "anders"}),
        question("yes", "yes_no"),
        question("text", "long"),
        question("number", "number"),
        question("day", "date"),
        question("time", "time"),
        question("likert", "scale", style="likert", options=options("a")),
        question("nps", "scale", style="nps"),
        question("diff", "scale", style="differential", rows=ROWS),
        question("ms", "matrix_single", options=options("c"), rows=ROWS),
        question("mm", "matrix_multiple", options=options("c", "d"), rows=ROWS[:1]),
        question("mn", "matrix_number", options=options("c"), rows=ROWS[:1]),
        question("mt", "matrix_text", options=options("c"), rows=ROWS[:1]),
        question("rank", "ranking", options=options("a", "b")),
        question("file", "file"),
        question("map", "map"),
        question("info", "info"),
        question("double", "calculated", expression="number * 2"),
        question("adult", "calculated", expression="number > 17"),
        question("hidden", "hidden"),
    )
)
ANSWERS = {
    "single": "_other",
    "single.other": "Boot",
    "multi": ["b", "_other"],
    "multi.other": "Roller",
    "yes": False,
    "text": "so",
    "number": 21.5,
    "day": "2035-03-20",
    "time": "07:30",
    "likert": "a",
    "nps": "_none",
    "diff": {"r1": 3},
    "ms": {"r1": "c"},
    "mm": {"r1": ["d"]},
    "mn": {"r1": {"c": 4}},
    "mt": {"r1": {"c": "gut"}},
    "rank": ["b"],
    "file": [{"name": "plan.pdf"}, {"name": "bild.jpg"}],
    "map": {
        "shapes": [
            {"type": "Point", "coordinates": [8.5, 53]},
            {"type": "LineString", "coordinates": [[0, 0], [1, 1]]},
            {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
        ],
        "text": "",
    },
    "double": 43.0,
    "adult": True,
    "hidden": "plakat",
}


def test_every_kind_has_its_columns_and_cells():
    columns = columns_of([parse(EVERYTHING)], "de")
    assert {column.name: column.cell(ANSWERS) for column in columns} == {
        "single": "_other",
        "single.other": "Boot",
        "multi.a": False,
        "multi.b": True,
        "multi._other": True,
        "multi.other": "Roller",
        "yes": False,
        "text": "so",
        "number": 21.5,
        "day": "2035-03-20",
        "time": "07:30",
        "likert": "a",
        "nps": None,
        "diff.r1": 3,
        "diff.r2": None,
        "ms.r1": "c",
        "ms.r2": None,
        "mm.r1.c": False,
        "mm.r1.d": True,
        "mn.r1.c": 4,
        "mt.r1.c": "gut",
        "rank.1": "b",
        "rank.2": None,
        "file": "plan.pdf, bild.jpg",
        "map.shapes": "POINT (8.5 53); LINESTRING (0 0, 1 1); POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "map.text": None,
        "double": 43.0,
        "adult": True,
        "hidden": "plakat",
    }
    assert all(column.cell({}) is None for column in columns)


def test_columns_say_what_their_values_mean():
    columns = {column.name: column for column in columns_of([parse(EVERYTHING)], "de")}
    assert columns["single"].labels == (
        ("a", "Antwort a"),
        ("b", "Antwort b"),
        ("_other", "anders"),
        ("_none", "No answer"),
    )
    assert columns["ms.r1"].label == "Frage ms: Kreisel"
    assert columns["mm.r1.d"].label == "Frage mm: Kreisel: Antwort d"
    assert columns["rank.2"].label == "Frage rank: place 2"
    assert columns["yes"].labels == (("0", "No"), ("1", "Yes"))
    sorts = {name: (column.sort, column.measure) for name, column in columns.items()}
    assert sorts["double"] == (Sort.NUMBER, Measure.SCALE)
    assert sorts["adult"] == (Sort.TRUTH, Measure.NOMINAL)
    assert sorts["likert"] == (Sort.CODE, Measure.ORDINAL)
    assert sorts["day"] == (Sort.DAY, Measure.NOMINAL)


def test_what_only_an_older_version_asked_stays():
    first = definition(
        page("p1", question("q1", "single", options=options("a", "b")), question("old", "short"))
    )
    newer = definition(
        page(
            "p1",
            question("q1", "single", options=options("b", "c")),
            question("new", "short"),
            question("q2", "long"),
        )
    )
    columns = columns_of([parse(newer), parse(first)], "de")
    assert [column.name for column in columns] == ["q1", "new", "q2", "old"]
    assert [code for code, _words in columns[0].labels] == ["b", "c", "a"]
