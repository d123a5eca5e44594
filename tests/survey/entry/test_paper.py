"""The questionnaire on paper: every question with what to tick, and in words when it is asked."""

import pytest

from baukasten.sdk import pdf_possible
from baukasten_survey.answers.flow import flow_of
from baukasten_survey.asking.sayings import Sayings
from baukasten_survey.definition.parsing import parse
from baukasten_survey.entry.paper import _pages
from tests.survey.conftest import NOW, definition, open_survey, options, page, question

ROWS = [{"code": "r1", "title": {"de": "Kreisel"}}]
ASKED = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2"), other={"de": "anders"}, no_answer=True),
        question("q2", "multiple", options=options("b1"), relevance='q1 == "a1"'),
        question("q3", "matrix_single", options=options("c1"), rows=ROWS),
        question("q4", "long"),
        question("q5", "scale", style="nps"),
        question("q6", "ranking", options=options("d1")),
        question("q7", "yes_no"),
        question("note", "info"),
        question("sum", "calculated", expression="1"),
        question("from", "hidden"),
        title={"de": "Ihr Weg"},
    )
)


def test_everything_that_paper_can_answer_is_printed():
    read = parse(ASKED)
    ((title, _text, printed),) = _pages(read, Sayings(flow_of(read).follow({}, NOW.date()), "de"))
    assert title == "Ihr Weg"
    assert [one.number for one in printed] == [1, 2, 3, 4, 5, 6, 7, 0]
    assert printed[0].boxes == ["Antwort a1", "Antwort a2", "anders: ______________________", "No answer"]
    assert printed[1].when == "Only if question 1 is “Antwort a1”."
    assert (printed[2].columns, printed[2].rows) == (["Antwort c1"], [("Kreisel", "")])
    assert [one.lines for one in printed] == [0, 0, 0, 5, 0, 0, 0, 0]
    assert printed[4].boxes == [str(number) for number in range(11)]
    assert [one.hint for one in printed[5:7]] == [
        "Please write 1 for the best, 2 for the next, and so on.",
        "Please tick one.",
    ]


@pytest.mark.skipif(not pdf_possible(), reason="the machine lacks Pango, which makes PDF")
def test_everybody_can_print_it(client, database, town):
    open_survey(database, town, ASKED)
    answer = client.get("/umfrage/fragebogen.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
