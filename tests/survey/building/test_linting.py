"""What the check before publishing finds, rule by rule."""

import pytest

from baukasten_survey.building.findings import Setting
from baukasten_survey.building.linting import gathered, lint, minutes
from baukasten_survey.definition.parsing import parse
from baukasten_survey.keys import Anonymity
from tests.survey.conftest import definition, options, page, question

NAMED, SEALED = Setting(Anonymity.NAMED), Setting(Anonymity.SEPARATED)
TWO = options("a1", "a2")


def found(data, setting=NAMED):
    """Where something is said, whether it stops, and which field."""
    return [(one.what, one.code, one.field, one.stops) for one in lint(parse(data), setting)]


def one(*questions, **more):
    """What is said of questions on one page."""
    return found(definition(page("p1", *questions)), **more)


def test_a_good_survey_needs_no_word():
    good = definition(
        page("p1", question("q1", "single", options=TWO, required=True), question("q2", "number")),
        page("p2", question("q3", "long", relevance='q1 == "a2" and q2 > 3')),
    )
    assert found(good) == []


def test_a_survey_that_asks_nothing_or_has_no_title_is_stopped():
    empty = {"languages": ["de"], "pages": [{"code": "p1"}]}
    assert found(empty) == [
        ("survey", "", "", True),
        ("survey", "", "title", True),
        ("page", "p1", "", False),
    ]
    assert one(question("q1", "info")) == [("survey", "", "", True)]


@pytest.mark.parametrize(
    ("made", "field"),
    [
        ({"code": "q", "kind": "short"}, "title"),
        (question("q", "single", options=options("a1")), "options"),
        (question("q", "single", options=[{"code": "a1"}, *options("a2", "a3")]), "options"),
        (question("q", "matrix_single", options=TWO), "rows"),
        (question("q", "matrix_single", options=TWO, rows=[{"code": "r1"}]), "rows"),
        (question("q", "scale", style="differential", rows=[{"code": "r1", "title": {"de": "laut"}}]), "rows"),
        (question("q", "number", minimum=5, maximum=5), "minimum"),
        (question("q", "number", step=0), "step"),
        (question("q", "slider", minimum=1), "minimum"),
        (question("q", "multiple", options=TWO, min_answers=2, max_answers=1), "min_answers"),
        (question("q", "multiple", options=TWO, min_answers=3), "min_answers"),
        (question("q", "short", max_length=0), "max_length"),
        (question("q", "short", pattern="(a+)+\\1["), "pattern"),
        (question("q", "map"), "shapes"),
        (question("q", "hidden"), "parameter"),
        (question("q", "calculated"), "expression"),
        (question("and", "short"), "code"),
        (question("q", "short", relevance="q9 == 1"), "relevance"),
        (question("q", "short", relevance="1 + "), "relevance"),
        (question("q", "number", rules=[{"expression": "q + 1"}]), "rules/0/expression"),
        (question("q", "number", rules=[{"expression": "1 == 2"}]), "rules/0/expression"),
        (question("q", "single", options=[*TWO, {"code": "a3", "title": {"de": "x"}, "relevance": "x == 1"}]),
         "options/a3/relevance"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_stopped(made, field):
    told = one(question("first", "short"), made)
    assert ("question", made["code"], field, True) in told, told


def test_pictures_need_to_be_there_and_to_be_said_in_words():
    picture = {"code": "a1", "title": {"de": "Park"}, "picture": 7, "alt": {"de": "Bäume"}}
    gone = {"code": "a2", "title": {"de": "Hof"}, "picture": 8}
    data = definition(page("p1", question("q1", "image", options=[picture, gone])))
    setting = Setting(Anonymity.NAMED, pictures=frozenset({7}))
    texts = [one.text for one in lint(parse(data), setting)]
    assert texts == ["The picture of a2 is gone.", "Say in words what the picture of a2 shows."]


def test_circles_are_found_wherever_they_run():
    circle = definition(
        page(
            "p1",
            question("q1", "short", relevance="answered(q2)"),
            question("q2", "short", relevance="answered(q1)"),
        )
    )
    assert ("question", "q1", "relevance", True) in found(circle)
    itself = definition(page("p1", question("q1", "short"), relevance="answered(q1)"))
    assert ("question", "q1", "relevance", True) in found(itself)
    calculated = definition(
        page("p1", question("n", "number"), question("c", "calculated", expression="n + d"),
             question("d", "calculated", expression="c * 2"))
    )  # fmt: skip
    assert ("question", "c", "relevance", True) in found(calculated)
    rule = definition(page("p1", question("q1", "number", rules=[{"expression": "q1 > 3"}])))
    assert found(rule) == []


def test_later_pages_cannot_be_asked_about():
    data = definition(
        page("p1", question("q1", "short", relevance="answered(q3)"), question("q2", "short")),
        page("p2", question("q3", "short"), question("c", "calculated", expression="length(q3)")),
    )
    assert found(data) == [("question", "q1", "relevance", True)]
    same = definition(page("p1", question("q1", "short", relevance="answered(q2)"), question("q2", "short")))
    assert found(same) == []


def test_what_is_never_or_always_shown_is_said():
    choice = question("q1", "single", options=TWO)
    never = question("q2", "short", relevance='q1 == "a1" and q1 == "a2"')
    assert one(choice, never) == [("question", "q2", "relevance", False)]
    data = definition(
        page("p1", choice),
        page("p2", question("q2", "short", required=True, relevance='q1 == "a2"'), relevance='q1 == "a1"'),
    )
    assert found(data) == [("question", "q2", "relevance", False)]
    assert one(question("q1", "short", relevance="1 == 1")) == [("question", "q1", "relevance", False)]


def test_sealed_levels_ask_for_no_files_and_have_no_quotas():
    file = definition(page("p1", question("q1", "file")))
    assert found(file) == []
    assert found(file, SEALED) == [("question", "q1", "kind", True)]
    hidden = definition(page("p1", question("q1", "hidden", parameter="from"), question("q2", "short")))
    assert found(hidden) == []
    assert found(hidden, SEALED) == [("question", "q1", "options", True)]
    for count, stops in ((1, False), (20, False), (21, True)):
        values = options(*(f"v{at}" for at in range(count)))
        listed = question("q1", "hidden", parameter="from", options=values)
        asked = definition(page("p1", listed, question("q2", "short")))
        assert found(asked, SEALED) == [("question", "q1", "options", stops)]
        assert found(asked) == []
    quotas = (("jung", "q1 < 30"),)
    number = definition(page("p1", question("q1", "number")))
    assert found(number, Setting(Anonymity.NAMED, quotas)) == []
    assert found(number, Setting(Anonymity.BLIND, quotas)) == [("survey", "", "quotas", True)]


@pytest.mark.parametrize("expression", ["q9 < 30", "q1 +", "q1 + 1"])
def test_quotas_have_to_fit_the_questions(expression):
    number = definition(page("p1", question("q1", "number")))
    assert found(number, Setting(Anonymity.NAMED, (("jung", expression),))) == [
        ("survey", "", "quotas", True)
    ]


def test_texts_without_end_are_pointed_out_where_answers_are_sealed():
    long = definition(page("p1", *(question(f"q{at}", "long") for at in range(90))))
    assert found(long, SEALED) == [("survey", "", "", False)]
    short = definition(page("p1", *(question(f"q{at}", "long", max_length=50) for at in range(20))))
    assert found(short, SEALED) == []


def test_words_missing_in_a_language_are_pointed_out():
    data = definition(page("p1", question("q1", "single", options=TWO)), languages=("de", "en"))
    data["pages"][0]["groups"][0]["questions"][0]["title"]["en"] = "Question"
    places = [(one.what, one.field) for one in lint(parse(data), NAMED)]
    assert places == [("survey", "title"), ("question", "options/a1/title"), ("question", "options/a2/title")]
    assert not any(one.stops for one in lint(parse(data), NAMED))


def test_no_code_is_there_twice():
    data = definition(page("p1", question("p1", "short")))
    assert found(data) == [("question", "p1", "code", True)]


def test_hints_stop_nothing_and_come_last():
    told = one(
        question("q1", "info", required=True),
        question("q2", "short", required=True, soft=True),
        question("q3", "single", options=[{**option, "relevance": "answered(q2)"} for option in TWO]),
        {"code": "q4", "kind": "short"},
    )
    assert told == [
        ("question", "q4", "title", True),
        ("question", "q1", "required", False),
        ("question", "q2", "soft", False),
        ("question", "q3", "options", False),
    ]


def test_reading_and_deciding_take_time():
    short = parse(definition(page("p1", question("q1", "yes_no"))))
    assert minutes(short, "de") == 1
    words = {"de": "Wort " * 600}
    long = parse(definition(page("p1", question("q1", "long", help=words), question("q2", "map"))))
    assert minutes(long, "de") == 5


def test_a_list_says_once_how_many_texts_a_language_lacks():
    data = definition(
        page("p1", question("q1", "short"), question("q2", "short", minimum=1)), languages=("de", "en")
    )
    data["title"] = {"de": "Sicher", "en": "Safe"}
    findings = lint(parse(data), NAMED)
    listed = gathered(findings)
    assert [one.code for one in findings if "missing" in one.text] == ["q1", "q2"]
    assert [(one.code, one.field, one.text) for one in listed if "missing" in one.text] == [
        ("", "languages", "In en, 2 texts are missing.")
    ]
