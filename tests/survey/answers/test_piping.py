"""Answers inside later texts, in words and never as markup."""

import datetime as dt

import pytest

from baukasten_survey.answers.flow import flow_of
from baukasten_survey.answers.piping import piped, piped_markdown
from baukasten_survey.answers.wording import Speaker
from baukasten_survey.definition.parsing import parse
from tests.survey.conftest import definition, options, page, question

DATA = definition(
    page(
        "p1",
        question("way", "single", options=options("a1"), other={"de": "anders"}),
        question("many", "multiple", options=options("a1", "a2")),
        question("name", "short"),
        question("far", "number", unit={"de": "km"}),
        question("day", "date"),
        question("yes", "yes_no"),
        question(
            "m", "matrix_single", options=options("c1"), rows=[{"code": "r1", "title": {"de": "Kreisel"}}]
        ),
        question(
            "n", "matrix_number", options=options("c1"), rows=[{"code": "r1", "title": {"de": "Kreisel"}}]
        ),
        question("where", "map"),
        question("docs", "file"),
        question("hidden", "short", relevance='name == "x"'),
    )
)
GIVEN = {
    "way": "_other",
    "way.other": "Boot",
    "many": ["a1", "a2"],
    "name": "*Anna* <b>{way}</b>",
    "far": 1234.5,
    "day": "2035-03-20",
    "yes": False,
    "m": {"r1": "c1"},
    "n": {"r1": {"c1": 3}},
    "where": {"shapes": [], "text": "Birkenweg"},
    "docs": [{"name": "plan.pdf"}],
    "hidden": "geheim",
}


@pytest.fixture
def path():
    return flow_of(parse(DATA)).follow(GIVEN, dt.date(2035, 3, 20))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{way}", "Boot"),
        ("{many}", "Antwort a1, Antwort a2"),
        ("{far}", "1.234,5 km"),
        ("{day}", "20. März 2035"),
        ("{yes}", "No"),
        ("{m}", "Kreisel: Antwort c1"),
        ("{n}", "Kreisel: Antwort c1 3"),
        ("{where}", "Birkenweg"),
        ("{docs}", "plan.pdf"),
        ("{hidden}", ""),
        ("{nobody} {", "{nobody} {"),
        ("Sie sind {name}.", "Sie sind *Anna* <b>{way}</b>."),
    ],
)
def test_each_kind_is_said_in_words(path, text, expected):
    assert piped(text, path, Speaker("de", "de")) == expected


def test_markdown_takes_an_answer_as_plain_words(path):
    assert piped_markdown("**{name}**", path, Speaker("de", "de")) == r"**\*Anna\* \<b\>\{way\}\</b\>**"
    assert piped_markdown("{nobody}", path, Speaker("de", "de")) == "{nobody}"


def test_an_unknown_language_is_said_in_the_one_of_origin(path):
    assert piped("{far}", path, Speaker("zz-ls", "de")) == "1.234,5 km"
    assert piped("{far}", path, Speaker("en", "de")) == "1,234.5 km"
