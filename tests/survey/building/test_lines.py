"""Answers and rows as lines of text."""

from typing import Any

from baukasten_survey.building import lines

OLD: list[dict[str, Any]] = [
    {"code": "a1", "title": {"de": "eins"}, "fixed": True},
    {"code": "a2", "title": {"de": "zwei"}},
]


def test_lines_are_what_was_read():
    assert lines.written(OLD, "de") == "a1 = eins\na2 = zwei"
    assert lines.written(OLD, "en") == "a1 = \na2 = "
    assert lines.read({"de": lines.written(OLD, "de")}, OLD, "a") == OLD


def test_codes_stay_when_words_and_order_change():
    found = lines.read({"de": "a2 = Zwei!\na1 = eins"}, OLD, "a")
    assert found == [{"code": "a2", "title": {"de": "Zwei!"}}, OLD[0]]


def test_new_lines_get_codes_that_nothing_ever_had():
    found = lines.read({"de": "neu\na2 = zwei\n\n  noch eins  "}, OLD, "a", taken={"a7"})
    assert [(one["code"], one["title"]["de"]) for one in found] == [
        ("a8", "neu"),
        ("a2", "zwei"),
        ("a9", "noch eins"),
    ]


def test_codes_may_be_given_and_twice_is_left_to_the_check():
    found = lines.read({"de": "ja = Ja\nja = Doch\n2x = Zwei mal"}, [], "a")
    assert [(one["code"], one["title"]["de"]) for one in found] == [
        ("ja", "Ja"),
        ("ja", "Doch"),
        ("a1", "2x = Zwei mal"),
    ]


def test_other_languages_mean_the_same_parts_by_code_or_place():
    texts = {"de": "a1 = eins\na2 = zwei", "en": "one\na2 = two", "fr": "a9 = neuf\nun"}
    found = lines.read(texts, OLD, "a")
    assert found[0]["title"] == {"de": "eins", "en": "one"}
    assert found[1]["title"] == {"de": "zwei", "en": "two", "fr": "un"}
    assert found[2] == {"code": "a9", "title": {"fr": "neuf"}}, "nothing that was typed is lost"


def test_both_ends_stand_in_one_line():
    found = lines.read({"de": "laut | leise\nr7 = grün|grau"}, [], "r", ends=True)
    assert found == [
        {"code": "r1", "title": {"de": "laut"}, "high": {"de": "leise"}},
        {"code": "r7", "title": {"de": "grün"}, "high": {"de": "grau"}},
    ]
    assert lines.written(found, "de", ends=True) == "r1 = laut | leise\nr7 = grün | grau"
