"""Patterns are a safe part of regular expressions, and take linear time."""

import random
import re
import time

import pytest

from baukasten_survey.expressions.patterns import MAX_TEXT, Pattern, compile_pattern
from baukasten_survey.expressions.problems import Unparsable
from tests.survey.expressions.twin import TODAY, in_browser

PIECES = [
    "a",
    "b",
    "c",
    "(",
    ")",
    "(?:",
    "|",
    "*",
    "+",
    "?",
    "{2}",
    "{0,2}",
    "{1,}",
    "{,2}",
    "[ab]",
    "[^a]",
    "[a-c]",
]
PIECES += [".", "\\d", "\\W", "1", "\\.", "^", "$"]


def made_up(count):
    """Patterns that we read, with texts for each."""
    made = random.Random(3)  # noqa: S311 - cases, not secrets
    found: list[tuple[Pattern, list[str]]] = []
    while len(found) < count:
        source = "".join(made.choice(PIECES) for _piece in range(made.randint(1, 9)))
        try:
            pattern = compile_pattern(source)
        except Unparsable:
            continue
        found.append(
            (pattern, ["".join(made.choice("abc1.") for _sign in range(made.randint(0, 6))) for _ in "xxxx"])
        )
    return found


def test_patterns_mean_what_pythons_mean_and_the_browser_agrees():
    cases = made_up(1500)
    trees = [
        {"tree": ["matches", text, {"pattern": pattern.to_json()}], "today": TODAY.isoformat()}
        for pattern, texts in cases
        for text in texts
    ]

    browser = iter(in_browser(trees))

    hits = 0
    for pattern, texts in cases:
        for text in texts:
            expected = re.fullmatch(pattern.source, text, re.ASCII) is not None
            assert pattern.matches(text) is expected, (pattern.source, text)
            assert next(browser)["result"] is expected, (pattern.source, text)
            hits += expected
    assert hits > 400


@pytest.mark.parametrize(
    ("source", "fits", "fails"),
    [
        ("[0-9]{5}", ["12345"], ["1234", "123456", "12345\n", "٠١٢٣٤"]),
        ("^[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} \\d{1,4}$", ["MTK-A 12", "Ö-B 1"], ["MTKX-A 12", "mtk-A 12"]),
        ("(\\+49|0)[1-9][0-9 /-]{3,}", ["+496123", "069/123"], ["0012", "x069123"]),
        ("[^@ ]+@[^@ ]+\\.[a-z]{2,}", ["ada@example.org"], ["ada@example", "a@b@c.de"]),
        ("cost: \\$5", ["cost: $5"], ["cost: 5"]),
        ("\\$", ["$"], [""]),
        ("a\\\\$", ["a\\"], ["a"]),
        ("[\\]a-]+", ["]-a"], ["b"]),
        ("", [""], ["a"]),
        ("a{0}b", ["b"], ["ab"]),
        (".", ["a", "😀", "\u2028"], ["\n", "\r", ""]),
    ],
)
def test_examples(source, fits, fails):
    pattern = compile_pattern(source)
    assert [text for text in fits if not pattern.matches(text)] == []
    assert [text for text in fails if pattern.matches(text)] == []


@pytest.mark.parametrize(
    ("source", "sentence", "position"),
    [
        ("(a", "A bracket of the pattern is not closed.", 2),
        ("a)", "A bracket of the pattern closes that was never opened.", 1),
        ("[a", "A bracket of the pattern is not closed.", 2),
        ("[]", "Square brackets of the pattern are empty.", 2),
        ("[z-a]", "In a pattern, a stretch goes from a lower sign to a higher one: a-z.", 4),
        ("[\\d-z]", "In a pattern, a stretch goes from a lower sign to a higher one: a-z.", 5),
        ("*a", "A repetition of the pattern has nothing before it.", 0),
        ("a**", "Two repetitions stand one after the other in the pattern.", 2),
        ("a+?", "Two repetitions stand one after the other in the pattern.", 2),
        ("a{2,1}", "In a pattern, curly brackets hold how often: {2}, {2,} or {2,5}.", 2),
        ("a{x}", "In a pattern, curly brackets hold how often: {2}, {2,} or {2,5}.", 2),
        ("a{٣}", "In a pattern, curly brackets hold how often: {2}, {2,} or {2,5}.", 2),
        ("a{2", "In a pattern, curly brackets hold how often: {2}, {2,} or {2,5}.", 2),
        ("a$b", "A pattern means the whole text anyway; ^ and $ stand at its ends only.", 1),
        ("(?=a)", "Patterns cannot look ahead or behind.", 2),
        ("(?P<x>a)", "Patterns cannot look ahead or behind.", 2),
        ("(a)\\1", "Patterns do not know this sign after a backslash.", 4),
        ("\\b", "Patterns do not know this sign after a backslash.", 1),
        ("a\\", "Patterns do not know this sign after a backslash.", 2),
        ("a" * 401, "The pattern is longer than 400 signs.", 0),
        ("(" * 21 + ")" * 21, "Parts are nested more than 20 deep.", 21),
        ("a{1001}", "The pattern repeats too much.", 0),
        ("(a{99}){99}", "The pattern repeats too much.", 0),
        ("(" * 19 + ")" + "{999})" * 18 + "{999}", "The pattern repeats too much.", 0),
        ("a?" * 199, "The pattern repeats too much.", 0),
    ],
)
def test_what_is_no_pattern_gets_a_sentence(source, sentence, position):
    with pytest.raises(Unparsable) as caught:
        compile_pattern(source)
    assert (str(caught.value), caught.value.position) == (sentence, position)


@pytest.mark.parametrize(
    "source", ["(a+)+", "(a|a)*", "(a|aa)+", "(.*)*", "a*a*a*a*a*a*a*a*", "(a?){60}a{60}", "(([a-z])+.)+"]
)
def test_time_grows_with_the_text_only(source):
    pattern = compile_pattern(source)
    begin = time.thread_time()
    assert pattern.matches("a" * (MAX_TEXT - 1) + "!\n") is False
    assert pattern.matches("a" * (MAX_TEXT - 1) + "\n") is False
    assert time.thread_time() - begin < 0.5


def test_longer_texts_match_nothing():
    assert compile_pattern("a*").matches("a" * MAX_TEXT) is True
    assert compile_pattern("a*").matches("a" * (MAX_TEXT + 1)) is False
