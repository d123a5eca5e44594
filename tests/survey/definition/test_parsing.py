"""Definitions: what is read is given back equal, and every mistake is named with its place."""

import pytest

from baukasten_survey.definition.parsing import Malformed, dump, parse
from tests.survey.conftest import SMALL, definition, options, page, question


def refused(data):
    with pytest.raises(Malformed) as caught:
        parse(data)
    return {one.place: one.text for one in caught.value.problems}


def test_what_is_read_is_given_back_equal_and_without_what_needs_no_saying():
    rich = definition(
        page(
            "p1",
            question("q1", "single", options=options("a1", "a2"), other={"de": "anders"}, no_answer=True),
            question("q2", "slider", minimum=0, maximum=10, step=0.5, low={"de": "gar nicht"}),
            question("q3", "scale", style="nps"),
            question("q4", "map", shapes=["point", "area"], relevance='q1 == "a1"', keep_hidden=True),
            question("q5", "short", rules=[{"expression": "length(q5) > 2", "message": {"de": "länger"}}]),
            relevance="true",
        )
    )
    assert dump(parse(rich)) == rich
    assert parse(dump(parse(rich))) == parse(rich)
    assert dump(
        parse(definition(page("p1", question("q1", "info", required=False, random=False))))
    ) == definition(page("p1", question("q1", "info")))


def test_questions_are_found_by_code_and_page():
    read = parse(SMALL)
    assert list(read.questions) == ["q1", "q2"]
    assert dict(read.page_of) == {"q1": 0, "q2": 1}
    found = read.questions["q1"].option("a2")
    assert found is not None
    assert found.title == {"de": "Antwort a2"}
    assert read.questions["q1"].option("a9") is None


@pytest.mark.parametrize("data", [None, 1, "text", [], True])
def test_what_is_no_description_is_refused(data):
    assert refused(data) == {"/": "Here belongs a description with named parts."}


def test_every_mistake_is_named_where_it_is():
    data = definition(
        page(
            "p1", question("1q", "single", required="yes", min_answers=-1, minimum=1e300, title={"de": "\0"})
        ),
        {"code": "p2", "groups": {}, "colour": "red"},
    )
    first = "pages/0/groups/0/questions/0"
    assert refused(data) == {
        f"{first}/code": "A code begins with a letter and has up to 32 letters, digits and underscores.",
        f"{first}/title/de": "This holds signs that nobody can read.",
        f"{first}/required": "Here belongs yes or no.",
        f"{first}/min_answers": "Here belongs a whole number.",
        f"{first}/minimum": "This number is too large.",
        "pages/1/colour": "There is no such part.",
        "pages/1/groups": "Here belongs a list.",
    }


def test_codes_are_there_once():
    data = definition(
        page("p1", question("q1", "single", options=options("a1", "a1"))), page("p1", question("q1", "long"))
    )
    assert set(refused(data)) == {"pages/p1", "groups/g_p1", "questions/q1", "q1/options/a1"}


def test_a_description_cannot_grow_without_end():
    many = definition(*(page(f"p{number}", question(f"q{number}", "long")) for number in range(101)))
    assert refused(many) == {"pages": "These are too many; 100 are possible."}
    long = definition(page("p1", question("q1", "long", title={"de": "x" * 20_001})))
    assert list(refused(long).values()) == ["This is longer than 20000 signs."]


def test_wrong_kinds_and_languages_are_refused():
    data = definition(page("p1", question("q1", "telepathy")), languages=("de", "de"))
    assert refused(data) == {"pages/0/groups/0/questions/0/kind": "This is not among what is possible."}
    assert refused(definition(languages=("d",))) == {"languages/0": "This is no language."}
    assert refused(definition(languages=("de", "de"))) == {"languages/de": "The code de is there twice."}
