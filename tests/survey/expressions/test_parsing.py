"""Texts become trees, and what cannot is named with its place."""

import time
from typing import Any

import pytest
from babel.messages.pofile import read_po

import baukasten_survey
from baukasten.plugin.text import translate
from baukasten_survey.expressions.nodes import (
    MAX_DEPTH,
    Binary,
    Call,
    Codes,
    Logic,
    Name,
    Node,
    Number,
    Text,
    TooDeep,
    Unary,
    questions,
    references,
)
from baukasten_survey.expressions.parsing import MAX_LENGTH, parse
from baukasten_survey.expressions.problems import Unparsable


def test_a_condition_becomes_a_tree():
    expected = Logic(
        "and",
        (
            Binary("==", Name("q7"), Text("a1")),
            Binary(">=", Call("count", (Name("q8"),)), Number(2.0)),
            Unary("not", Binary("in", Text("a3"), Name("q8"))),
        ),
    )
    assert parse('q7 == "a1" and count(q8) >= 2 and "a3" not in q8') == expected
    assert parse('  q7=="a1"\n\tand(count(q8))>=2 and not("a3"in q8)') == expected


def test_parts_know_where_they_stood():
    tree: Any = parse('q7 == "a1" and count(q8) >= 2')
    first, second = tree.parts
    assert (
        first.left.position,
        first.right.position,
        second.position,
        second.left.arguments[0].position,
    ) == (
        0,
        6,
        15,
        21,
    )


def test_names_are_known():
    node = parse('q7.other != "" and sum(q9.r1.a1, q9.r2.a1) > q1 or "a1" in ["a1"] or value(q5) > 1')
    assert references(node) == {"q7.other", "q9.r1.a1", "q9.r2.a1", "q1", "q5"}
    assert questions(node) == {"q7", "q9", "q1", "q5"}


def test_codes_are_listed_once():
    assert parse('["a2", "a1", "a2"]') == Codes(("a2", "a1"))


@pytest.mark.parametrize(
    ("text", "sentence", "position"),
    [
        ("", "The expression is empty.", 0),
        (" \n\t", "The expression is empty.", 0),
        ("q1 ==", "Something is missing at the end.", 5),
        ("(q1", "Something is missing at the end.", 3),
        ("q1)", "“)” does not fit here.", 2),
        ("q1 q2", "“q2” does not fit here.", 3),
        ("q1 = 2", "Two equals signs compare: q1 == 2.", 3),
        ("q1 && q2", "Write “and” between two conditions.", 3),
        ("q1 || q2", "Write “or” between two conditions.", 3),
        ("!q1", "Write “not” before a condition, and != between two values.", 0),
        ("q7 == “a1”", 'Text stands between straight quotation marks: "a1".', 6),
        ("q7 == „a1“", 'Text stands between straight quotation marks: "a1".', 6),
        ('"abc', "The text that begins here does not end, or holds a sign that it may not.", 0),
        ('"a\\n"', "The text that begins here does not end, or holds a sign that it may not.", 0),
        ("1 < 2 < 3", "“<” does not fit here.", 6),
        ("1 == 2 == 3", "“==” does not fit here.", 7),
        ("ä > 1", "“ä” does not fit here.", 0),
        ("q1 > 1\x00", "“U+0000” does not fit here.", 6),
        ("\ud800", "“U+D800” does not fit here.", 0),
        ("true == in", "“in” does not fit here.", 8),
        ("or", "“or” does not fit here.", 0),
        ("q1.", "“.” does not fit here.", 2),
        ("q1._none", "“.” does not fit here.", 2),
        (".5", "“.” does not fit here.", 0),
        ("1.2.3", "“.” does not fit here.", 3),
        ("12x", "“x” does not fit here.", 2),
        ("[1]", "“1” does not fit here.", 1),
        ("[]", "“]” does not fit here.", 1),
        ("q1; q2", "“;” does not fit here.", 2),
        ("1" * 22, "A number has at most 20 digits.", 0),
        ("0." + "1" * 1000, "A number has at most 20 digits.", 0),
        ("countt(q1)", "There is no function “countt”. Did you mean “count”?", 0),
        ("1 + zufall(1)", "There is no function “zufall”.", 4),
        ("__import__", "“_” does not fit here.", 0),
        ("constructor(1)", "There is no function “constructor”.", 0),
        ("q1.count(1)", "There is no function “q1.count”. Did you mean “count”?", 0),
        ("count()", "count() has too few or too many arguments.", 0),
        ("round(1, 2, 3)", "round() has too few or too many arguments.", 0),
        ("today(1)", "today() has too few or too many arguments.", 0),
        ("if(true, 1)", "if() has too few or too many arguments.", 0),
        ('date("2026-02-30")', 'A date is written as date("2026-01-31").', 0),
        ("date(q1)", 'A date is written as date("2026-01-31").', 0),
        ('date("٢٠٢٦-01-01")', 'A date is written as date("2026-01-31").', 0),
        ('time("24:00")', 'A time is written as time("07:30").', 0),
        ('time("7:30")', 'A time is written as time("07:30").', 0),
        ("value(1)", "value() takes the code of a question.", 0),
        ("matches(q1, q2)", "The pattern of matches() has to be written out between quotation marks.", 0),
        ('matches(q1, "(a")', "A bracket of the pattern is not closed.", 14),
    ],
)
def test_what_is_no_expression_gets_a_sentence_and_a_place(text, sentence, position):
    with pytest.raises(Unparsable) as caught:
        parse(text)
    assert (str(caught.value), caught.value.position) == (sentence, position)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000,
        "(" * 10_000 + "1" + ")" * 10_000,
        "x" * 1_000_000,
        "\x00" * 1_000_000,
        '"' + "a" * 1_000_000,
        "(" * 3900,
        "[" * 3900,
        "-" * 3900 + "1",
        "not " * 900 + "true",
        "1" + "+1" * 1900,
        "abs(" * 900 + "1" + ")" * 900,
        "if(true, " * 400 + "1",
        '"' + "\\" * 3900,
        "1 and " * 600,
        "q" + ".a" * 1900 + ".",
    ],
    ids=lambda text: f"{text[:8]!r}…{len(text)}",
)
def test_bombs_are_refused_quickly(text):
    begin = time.thread_time()
    with pytest.raises(Unparsable) as caught:
        parse(text)
    assert time.thread_time() - begin < 1
    assert 0 <= caught.value.position <= MAX_LENGTH
    assert len(str(caught.value)) < 200


def test_brackets_around_brackets_are_no_depth():
    assert parse("(" * 500 + "q1" + ")" * 500) == Name("q1")


def test_a_long_list_of_conditions_is_no_depth():
    text = " or ".join(f'q9.r{number} == "a1"' for number in range(150))
    assert len(parse(text).children()) == 150


def test_no_tree_is_deeper_than_can_be_walked():
    node: Node = Name("q1")
    for _level in range(MAX_DEPTH - 1):
        node = Unary("-", node)
    assert node.depth == MAX_DEPTH
    with pytest.raises(TooDeep):
        Unary("-", node)
    with pytest.raises(Unparsable, match=r"Parts are nested more than 60 deep\."):
        parse("-" * 60 + "q1")


def test_refusals_are_told_in_german():
    path = f"{baukasten_survey.__path__[0]}/translations/de/LC_MESSAGES/survey.po"
    with open(path, "rb") as file:  # noqa: PTH123 - read_po wants a file
        german = {message.id: str(message.string) for message in read_po(file)}
    with pytest.raises(Unparsable) as caught:
        parse("countt(q1)")
    token = translate.set(lambda _domain, text: german[text])
    try:
        assert str(caught.value) == "Eine Funktion „countt“ gibt es nicht. Meinten Sie „count“?"
    finally:
        translate.reset(token)
