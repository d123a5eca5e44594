"""One question, page or group on a page of its own: all fields, other languages, mistakes, two who write at once."""

import io

import pytest
from PIL import Image

from tests.survey.building.conftest import BASE, draft, fields, press, stored
from tests.survey.conftest import definition, options, page, question

DATA = definition(
    page(
        "p1",
        question("q1", "single", options=options("a1", "a2")),
        question("q2", "number", relevance='q1 == "a2"', rules=[{"expression": "q2 > 3"}]),
        question("q3", "image", options=options("a1", "a2")),
    ),
    page("p2", question("q4", "scale", style="differential", rows=[{"code": "r1", "title": {"de": "laut"}}])),
    languages=("de", "en"),
)
Q1 = f"{BASE}frage/q1"


@pytest.fixture
def desk(browse, moderator, database, town):
    draft(database, town, DATA)
    return browse(moderator)


def question_of(session, code):
    """A question as it is written."""
    groups = (group for part in stored(session)["pages"] for group in part["groups"])
    return next(one for group in groups for one in group["questions"] if one["code"] == code)


def test_saving_what_is_there_changes_nothing(desk, session):
    for code in ("q1", "q2", "q3", "q4"):
        before = question_of(session, code)
        assert press(desk, f"{BASE}frage/{code}", "stay").status_code == 303
        assert question_of(session, code) == before


def test_answers_are_written_as_lines_in_several_languages(desk, session):
    typed = {
        "title.de": "Wie?",
        "title.en": "How?",
        "options.de": "a2 = zwei\r\nneu\r\na1 = eins",
        "options.en": "two\nnew",
        "has_other": "1",
        "other.de": "anders",
        "required": "1",
    }
    assert press(desk, Q1, "back", **typed).location == f"{BASE}?done=saved#question-q1"
    found = question_of(session, "q1")
    assert found["title"] == {"de": "Wie?", "en": "How?"}
    assert [(one["code"], one["title"]) for one in found["options"]] == [
        ("a2", {"de": "zwei", "en": "two"}),
        ("a3", {"de": "neu", "en": "new"}),
        ("a1", {"de": "eins"}),
    ]
    assert (found["other"], found["required"]) == ({"de": "anders"}, True)
    more = {"options.a3.exclusive": "1", "options.a3.fixed": "1", "options.a3.value": "2,5"}
    press(desk, Q1, "stay", **more)
    assert question_of(session, "q1")["options"][1] == {
        "code": "a3",
        "title": {"de": "neu", "en": "new"},
        "fixed": True,
        "exclusive": True,
        "value": 2.5,
    }


def test_another_kind_keeps_what_both_have(desk, session):
    press(desk, Q1, "stay", kind="multiple", required="1")
    found = question_of(session, "q1")
    assert (found["kind"], len(found["options"]), found["required"]) == ("multiple", 2, True)
    press(desk, Q1, "stay", kind="date")
    assert question_of(session, "q1") == {
        "code": "q1",
        "kind": "date",
        "title": {"de": "Frage q1"},
        "required": True,
    }
    press(desk, Q1, "stay", kind="scale")
    assert question_of(session, "q1")["style"] == "likert"


def test_rules_and_conditions_are_kept_and_said_in_plain_words(desk, session):
    url = f"{BASE}frage/q2"
    shown = desk.get(url).text
    assert "Nur wenn „Frage q1“ „Antwort a2“ ist" in shown or "Frage q1" in shown
    press(desk, url, "stay", **{"rules.1.expression": "q2 < 99", "rules.1.message.de": "Zu viel."})
    assert question_of(session, "q2")["rules"] == [
        {"expression": "q2 > 3"},
        {"expression": "q2 < 99", "message": {"de": "Zu viel."}},
    ]
    press(desk, url, "stay", **{"rules.0.expression": ""})
    assert [one["expression"] for one in question_of(session, "q2")["rules"]] == ["q2 < 99"]


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"code": "q2"}, "f-code"),
        ({"code": "2x"}, "f-code"),
        ({"options.de": "a1 = x\na1 = y"}, "f-options"),
        ({"title.de": "x" * 20_001}, "f-title"),
        ({"title.de": "a\0b"}, "f-title"),
        ({"options.a1.value": "viel"}, "f-options"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field_and_not_lost(desk, session, typed, place):
    before = stored(session)
    answer = press(desk, Q1, "stay", **{"help.de": "Eine Hilfe", **typed})
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.text
    assert "Eine Hilfe" in answer.text, "what else was typed is still there"
    assert stored(session) == before


def test_a_word_in_place_of_a_number_is_shown_again(desk, session):
    answer = press(desk, f"{BASE}frage/q2", "stay", minimum="drei")
    assert answer.status_code == 422
    assert 'value="drei"' in answer.text
    assert press(desk, f"{BASE}frage/q2", "stay", minimum="0,5", maximum="10").status_code == 303
    assert (question_of(session, "q2")["minimum"], question_of(session, "q2")["maximum"]) == (0.5, 10)


def test_two_who_write_notice_each_other_and_lose_nothing(desk, browse, admin, session):
    other = browse(admin)
    late = fields(other.get(Q1).text, "frage/q1")
    press(desk, Q1, "stay", **{"title.de": "Von Mo"})
    answer = other.post(Q1, data={**late, "title.de": "Von Ada", "do": "stay"})
    assert answer.status_code == 409
    assert "Von Ada" in answer.text
    assert question_of(session, "q1")["title"]["de"] == "Von Mo"
    again = other.post(Q1, data={**fields(answer.text, "frage/q1"), "do": "stay"})
    assert again.status_code == 303, "having been told, she may"
    assert question_of(session, "q1")["title"]["de"] == "Von Ada"


def test_words_of_a_deleted_question_are_still_shown(desk, browse, admin):
    other = browse(admin)
    late = fields(other.get(Q1).text, "frage/q1")
    press(desk, BASE, "delete:question:q1")
    for revision in (late["revision"], ["2"]):
        answer = other.post(Q1, data={**late, "revision": revision, "title.de": "Von Ada", "do": "stay"})
        assert answer.status_code in (404, 409)
        assert "Von Ada" in answer.text


def test_a_question_moves_to_another_page_by_its_form(desk, session):
    press(desk, Q1, "back", group="g_p2")
    assert [one["code"] for one in stored(session)["pages"][1]["groups"][0]["questions"]] == ["q4", "q1"]


def test_pictures_are_stored_and_need_words(desk, session):
    file = io.BytesIO()
    Image.new("RGB", (900, 300), "teal").save(file, "PNG")
    url = f"{BASE}frage/q3"
    picture = {"options.a1.file": (io.BytesIO(file.getvalue()), "park.png")}
    assert press(desk, url, "stay", picture, **{"options.a1.alt.de": "Ein Park"}).status_code == 303
    first = question_of(session, "q3")["options"][0]
    assert (first["alt"], isinstance(first["picture"], int)) == ({"de": "Ein Park"}, True)
    assert 'class="survey-picture"' in desk.get(url).text
    text = {"options.a1.file": (io.BytesIO(b"no picture"), "park.txt")}
    assert press(desk, url, "stay", text).status_code == 422
    press(desk, url, "stay", **{"options.a1.unpicture": "1"})
    assert "picture" not in question_of(session, "q3")["options"][0]


def test_rows_hold_both_ends(desk, session):
    press(
        desk,
        f"{BASE}frage/q4",
        "stay",
        **{"rows.de": "r1 = laut | leise\ngrau | grün", "minimum": "1", "maximum": "5"},
    )
    rows = question_of(session, "q4")["rows"]
    assert [(one["code"], one["title"]["de"], one["high"]["de"]) for one in rows] == [
        ("r1", "laut", "leise"),
        ("r2", "grau", "grün"),
    ]


@pytest.mark.parametrize("url", ["seite/p1", "gruppe/g_p1"])
def test_pages_and_groups_have_words_and_conditions(desk, session, url):
    typed = {"title.de": "Der Weg", "title.en": "The way", "random": "1", "relevance": "answered(q4)"}
    assert press(desk, f"{BASE}{url}", "back", **typed).status_code == 303
    part = stored(session)["pages"][0]
    part = part if url.startswith("seite") else part["groups"][0]
    assert (part["title"], part["random"]) == ({"de": "Der Weg", "en": "The way"}, True)
    shown = desk.get(f"{BASE}{url}").text
    assert "späteren Seite" in shown
    assert press(desk, f"{BASE}{url}", "stay", code="9").status_code == 422


def test_the_words_of_the_survey(desk, session):
    answer = press(desk, f"{BASE}texte", "", **{"title.de": "Neu", "intro.en": "Hello"})
    assert answer.status_code == 303
    assert (stored(session)["title"], stored(session)["intro"]) == ({"de": "Neu"}, {"en": "Hello"})
    assert press(desk, f"{BASE}texte", "", **{"title.de": "a\0"}).status_code == 422


@pytest.mark.parametrize(
    ("text", "words", "problems"),
    [
        ('q1 == "a1"', True, 0),
        ('q1 == "a9"', True, 1),
        ("q99 > 2", True, 1),
        ("1 +", False, 1),
        ("", False, 0),
    ],
)
def test_a_condition_is_judged_while_it_is_written(desk, text, words, problems):
    answer = desk.post(f"{BASE}bedingung", data={"_token": desk.token(BASE), "text": text})
    assert answer.status_code == 200
    assert (bool(answer.json["words"]), len(answer.json["problems"])) == (words, problems)
