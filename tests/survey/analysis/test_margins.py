"""Figures of the population: files in all the ways that towns write them, and what is said of bad ones."""

import pytest

from baukasten.sdk import Invalid
from baukasten_survey.analysis import margins, plan
from baukasten_survey.results.findings import Reader
from baukasten_survey.surveys import lookup
from tests.survey.conftest import definition, open_survey, options, page, question

SEX = [
    {"code": "m", "title": {"de": "Männlich", "en": "Male"}},
    {"code": "f", "title": {"de": "Weiblich", "en": "Female"}},
]
ASKED = definition(
    page(
        "p1",
        {
            **question("sex", "single", options=SEX, other={"de": "Divers"}),
            "title": {"de": "Geschlecht", "en": "Sex"},
        },
        question("car", "yes_no"),
        question("why", "long"),
        question("many", "multiple", options=options("m1", "m2")),
    ),
    languages=("de", "en"),
)


@pytest.fixture
def read(database, town, session):
    """Read a file for the survey."""
    module = open_survey(database, town, ASKED, anonymity="named")
    found = plan.of_survey(session, lookup.of_module(session, module.id))
    readers = [Reader([one.definition for one in found.editions], language) for language in ("de", "en")]

    def reading(words, encoding="utf-8"):
        data = words if isinstance(words, bytes) else words.encode(encoding)
        return margins.read_file(data, found, readers)

    return reading


@pytest.mark.parametrize(
    "words",
    [
        "sex;m;48,5\nsex;f;51,5\n",
        "\ufeffFrage;Antwort;Anteil\r\nGeschlecht;Männlich;48,5 %\r\nGeschlecht;Weiblich;51,5 %\r\n",
        "question,answer,share\nSex,male,48.5\nSEX,Female,51.5\n",
        "sex\tm\t48.5\n\n\nsex\tf\t51.5",
        '"sex";"m";"48,5";;\n;;;\n"sex";" f ";"51,5"',
    ],
)
def test_files_are_read_as_they_come(read, words):
    assert read(words) == {"sex": {"m": 48.5, "f": 51.5}}


def test_letters_of_old_spreadsheets_are_read(read):
    assert read("Geschlecht;Männlich;1\nGeschlecht;Divers;2\ncar;Ja;3\ncar;no;4", "cp1252") == {
        "sex": {"m": 1, "_other": 2},
        "car": {"true": 3, "false": 4},
    }


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("0.125", 0.125),
        ("12.345", 12345),
        ("1.234.567", 1234567),
        ("1 234,5", 1234.5),
        ("12,5 %", 12.5),
        ("-1", None),
        ("1e5", None),
        ("nan", None),
        ("", None),
        ("9" * 400, None),
        ("1.23.4", None),
    ],
)
def test_numbers_are_german_or_english(written, number):
    assert margins.number_of(written) == number


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("", "The file holds no line"),
        ("Frage;Antwort;Anteil", "The file holds no line"),
        ("sex;m", "Line 1: three columns are needed"),
        ("sex;m;1;2", "Line 1: three columns are needed"),
        ("sex;m;1\nwhy;x;1", "Line 2: there is no question “why”"),
        ("many;m1;1", "Line 1: there is no question “many”"),
        ("sex;x;1", "Line 1: the question has no answer “x”"),
        ("sex;m;1\nsex;f;viele", "Line 2: “viele” is no number"),
        ("sex;m;1\nsex;Männlich;2", "Line 2: “Männlich” was there before"),
        ("sex;m;1", "“Geschlecht” needs at least two answers"),
        ("sex;m;1\nsex;f;0", "“Geschlecht” needs at least two answers"),
        (b"PK\x03\x04\0\0", "This is no text file"),
        (b"sex;m;1\n\0", "This is no text file"),
        ("x" * (margins.LARGEST + 1), "The file is too long"),
        ("\n" * 2000, "The file is too long"),
        ('sex;"m;1\nsex;f;2', "Line 1: three columns are needed"),
    ],
)
def test_bad_files_are_told_line_by_line(read, words, sentence):
    with pytest.raises(Invalid) as refused:
        read(words)
    assert str(refused.value.errors["file"]).startswith(sentence)


def test_not_all_faults_of_a_long_file_are_listed(read):
    with pytest.raises(Invalid) as refused:
        read("\n".join("sex;x;1" for _line in range(500)))
    assert refused.value.errors["file"].count("Line") == 10
