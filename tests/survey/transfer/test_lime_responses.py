"""Responses of archives: every type of question, value by value, there and back."""

import datetime as dt

import pytest

from baukasten_survey.keys import Kind
from baukasten_survey.transfer.importing import read_survey
from baukasten_survey.transfer.lime import read_structure
from baukasten_survey.transfer.lime_responses import columns_of
from baukasten_survey.transfer.reports import Refused, Report
from tests.survey.transfer.lime_files import Made, archive, column, responses, structure
from tests.survey.transfer.lime_rows import sent, written

ONE, TWO = ["A1", "A2", "3"], ["SQ1", "2"]
EVERY: list[tuple[Made, dict[str, str], dict[str, object]]] = [
    (Made("q1", "L", answers=ONE, other=True), {"": "A2"}, {"q1": "A2"}),
    (Made("q2", "L", answers=ONE, other=True), {"": "-oth-", "other": "own"}, {"q2": "_other", "q2.other": "own"}),
    (Made("q3", "!", answers=ONE), {"": "3"}, {"q3": "a3"}),
    (Made("q4", "O", answers=ONE), {"": "A1", "comment": "so"}, {"q4": "A1", "q4_comment": "so"}),
    (Made("q5", "5"), {"": "4"}, {"q5": "a4"}),
    (Made("q6", "G"), {"": "M"}, {"q6": "M"}),
    (Made("q7", "Y"), {"": "N"}, {"q7": False}),
    (Made("q8", "I"), {"": "en"}, {"q8": "en"}),
    (Made("q9", "N"), {"": "12.5000000000"}, {"q9": 12.5}),
    (Made("q10", "S"), {"": 'short; "text"'}, {"q10": 'short; "text"'}),
    (Made("q11", "T"), {"": "two\nlines"}, {"q11": "two\nlines"}),
    (Made("q12", "U"), {"": "<b>&amp;"}, {"q12": "<b>&amp;"}),
    (Made("q13", "D"), {"": "2024-02-29 00:00:00"}, {"q13": "2024-02-29"}),
    (Made("q14", "D", attributes={"date_format": "dd.mm.yyyy HH:MM"}), {"": "2024-02-29 07:30:00"},
     {"q14": "2024-02-29", "q14_time": "07:30"}),
    (Made("q15", "D", attributes={"date_format": "HH:MM"}), {"": "1970-01-01 23:59:00"}, {"q15": "23:59"}),
    (Made("q16", "M", subs=TWO, other=True), {"SQ1": "Y", "other": "own"},
     {"q16": ["SQ1", "_other"], "q16.other": "own"}),
    (Made("q17", "P", subs=TWO, other=True),
     {"2": "Y", "2comment": "why", "other": "own", "othercomment": "too"},
     {"q17": ["a2", "_other"], "q17.other": "own", "q17_comment": {"r2": {"text": "why"}, "other": {"text": "too"}}}),
    (Made("q18", "K", subs=TWO), {"SQ1": "-3.25", "2": "7"}, {"q18": {"SQ1": {"value": -3.25}, "r2": {"value": 7.0}}}),
    (Made("q19", "Q", subs=TWO), {"SQ1": "x", "2": "y"}, {"q19": {"SQ1": {"text": "x"}, "r2": {"text": "y"}}}),
    (Made("q20", "A", subs=TWO), {"SQ1": "5", "2": "1"}, {"q20": {"SQ1": "a5", "r2": "a1"}}),
    (Made("q21", "B", subs=TWO), {"SQ1": "10"}, {"q21": {"SQ1": "a10"}}),
    (Made("q22", "C", subs=TWO), {"SQ1": "U", "2": "Y"}, {"q22": {"SQ1": "U", "r2": "Y"}}),
    (Made("q23", "E", subs=TWO), {"SQ1": "I", "2": "D"}, {"q23": {"SQ1": "I", "r2": "D"}}),
    (Made("q24", "F", subs=TWO, answers=ONE), {"SQ1": "3"}, {"q24": {"SQ1": "a3"}}),
    (Made("q25", "H", subs=TWO, answers=ONE), {"2": "A1"}, {"q25": {"r2": "A1"}}),
    (Made("q26", "1", subs=TWO, answers=ONE, seconds=["x", "y"]), {"SQ1#0": "A2", "SQ1#1": "y", "2#1": "x"},
     {"q26": {"SQ1": "A2"}, "q26_2": {"SQ1": "y", "r2": "x"}}),
    (Made("q27", ":", subs=TWO, columns=["c", "d"]), {"SQ1_c": "4", "2_d": "0.5"},
     {"q27": {"SQ1": {"c": 4.0}, "r2": {"d": 0.5}}}),
    (Made("q28", ":", subs=TWO, columns=["c", "d"], attributes={"multiflexible_checkbox": "1"}),
     {"SQ1_c": "1", "SQ1_d": "1"}, {"q28": {"SQ1": ["c", "d"]}}),
    (Made("q29", ";", subs=TWO, columns=["c", "d"]), {"SQ1_d": "words"}, {"q29": {"SQ1": {"d": "words"}}}),
    (Made("q30", "R", answers=ONE), {"1": "3", "2": "A1"}, {"q30": ["a3", "A1"]}),
    (Made("q31", "*", attributes={"equation": "{q9 * 2}"}), {"": "25"}, {"q31": 25.0}),
    (Made("q32", "S", attributes={"location_mapservice": "100"}), {"": "52.5;13.4;Berlin;10115"},
     {"q32": {"shapes": [{"type": "Point", "coordinates": [13.4, 52.5]}], "text": "52.5;13.4;Berlin;10115"}}),
    (Made("q33", "A", subs=["warm"], attributes={}), {"warm": "2"}, {"q33": {"warm": "a2"}}),
    (Made("q34", "X"), {}, {}),
]  # fmt: skip


def _read(*questions, rows, version=493):
    data = archive(structure(*questions, version=version), responses(*rows, version=version))
    found = read_survey("x.lsa", data)
    report = Report()
    made = read_structure(iter([structure(*questions, version=version)]), report)
    return list(found.responses or ()), columns_of(made.plans, made.source.languages)


@pytest.mark.parametrize("version", [146, 359, 493])
def test_every_type_is_read_and_written_back_value_by_value(version):
    questions = [made for made, _row, _answers in EVERY]
    row = {"id": "1", "submitdate": "2024-05-06 10:11:12", "startlanguage": "en"}
    row |= {
        column(at, suffix): value
        for at, (_made, cells, _answers) in enumerate(EVERY, 1)
        for suffix, value in cells.items()
    }
    (filled,), columns = _read(*questions, rows=[row], version=version)
    assert filled.answers == {key: value for _made, _row, answers in EVERY for key, value in answers.items()}
    assert (filled.lost, filled.day, filled.done) == ((), dt.date(2024, 5, 6), True)
    assert written(columns, filled.answers) == sent(row)


def test_what_was_not_answered_is_not_there_and_never_nought():
    row = {
        "id": "1",
        "submitdate": None,
        column(1): None,
        column(2): "",
        column(3, "SQ1"): "",
        column(3, "2"): None,
    }
    (filled,), _columns = _read(Made("n", "N"), Made("s", "S"), Made("m", "M", subs=TWO), rows=[row])
    assert (filled.answers, filled.done, filled.day, filled.lost) == ({}, False, None, ())


def test_the_day_of_anonymous_responses_is_none():
    (filled,), _columns = _read(
        Made("n", "N"), rows=[{"id": "1", "submitdate": "1980-01-01 00:00:00", column(1): "3"}]
    )
    assert (filled.day, filled.done) == (None, True)


@pytest.mark.parametrize(
    ("made", "value"),
    [
        (Made("q", "N"), "many"),
        (Made("q", "N"), "9007199254740993"),
        (Made("q", "L", answers=ONE), "A9"),
        (Made("q", "Y"), "maybe"),
        (Made("q", "D"), "2024-02-30 00:00:00"),
        (Made("q", "D"), "2024-02-28 10:00:00"),
        (Made("q", "|"), "{"),
    ],
)
def test_a_value_that_has_no_place_is_named_rather_than_bent(made, value):
    (filled,), _columns = _read(made, rows=[{"id": "1", column(1): value}])
    assert (filled.answers, filled.lost) == ({}, (column(1),))


def test_columns_of_version_seven_are_found():
    made = [
        Made("l", "L", answers=ONE, other=True),
        Made("f", "F", subs=TWO, answers=ONE),
        Made("g", ";", subs=TWO, columns=["c"]),
    ]
    row = {"id": "1", "Q1": "-oth-", "Q1_Cother": "own", "Q2_S2000": "A1", "Q3_S3001_S3100": "words"}
    (filled,), _columns = _read(*made, rows=[row])
    assert filled.answers == {
        "l": "_other",
        "l.other": "own",
        "f": {"SQ1": "A1"},
        "g": {"r2": {"c": "words"}},
    }


def test_files_keep_their_names_without_the_files():
    value = '[{"title":"t","comment":"c","size":12.5,"name":"a%20b.pdf","filename":"fu_x","ext":"pdf"}]'
    (filled,), _columns = _read(
        Made("q", "|"), rows=[{"id": "1", column(1): value, column(1, "_filecount"): "1"}]
    )
    kept = {"id": None, "name": "a%20b.pdf", "size": 12.5, "type": "pdf", "title": "t", "comment": "c"}
    assert filled.answers == {"q": [kept]}


def test_a_differential_holds_numbers():
    survey = structure(Made("q", "A", subs=["s"])).replace(b"Line s", b"cold|warm")
    found = read_survey("x.lsa", archive(survey, responses({"id": "1", column(1, "s"): "4"})))
    question = found.definition["pages"][0]["groups"][0]["questions"][0]
    assert (question["kind"], question["style"], question["maximum"]) == (Kind.SCALE, "differential", 5.0)
    assert question["rows"] == [{"code": "s", "title": {"en": "cold"}, "high": {"en": "warm"}}]
    assert [one.answers for one in found.responses or ()] == [{"q": {"s": 4.0}}]


def test_responses_that_break_off_are_refused_where_they_do():
    whole = responses(*({"id": str(at), column(1): "3"} for at in range(20_000)))
    found = read_survey("x.lsa", archive(structure(Made("n", "N")), whole[: len(whole) // 2]))
    read: list[object] = []
    with pytest.raises(Refused, match="damaged"):
        read.extend(one.answers for one in found.responses or ())


def test_invited_people_are_counted_and_left_behind():
    people = b"<document><LimeSurveyDocType>Tokens</LimeSurveyDocType><tokens><rows>" + b"".join(
        b"<row><tid>%d</tid><email>a@b.example</email></row>" % at for at in range(3)
    ) + b"</rows></tokens></document>"  # fmt: skip
    found = read_survey("x.lsa", archive(structure(Made("n", "N")), None, **{"tokens.lst": people}))
    assert [note.text for note in found.notes] == [
        "The archive names 3 invited people; their names and addresses were not taken."
    ]
    assert found.responses is None
