"""Each node has its type, and what does not fit is told with its place."""

import pytest

from baukasten_survey.expressions.checking import check
from baukasten_survey.expressions.parsing import parse
from baukasten_survey.expressions.problems import ProblemKind
from baukasten_survey.expressions.types import Sort, Type

CODES = frozenset({"a1", "a2", "a3"})
TYPES = {
    "q1": Type(Sort.NUMBER),
    "q2": Type(Sort.TEXT),
    "q3": Type(Sort.BOOLEAN),
    "q4": Type(Sort.DATE),
    "q5": Type(Sort.TIME),
    "q6": Type(Sort.TEXT, CODES, (("a1", 1.0), ("a2", 2.0))),
    "q7": Type(Sort.TEXT, CODES),
    "q8": Type(Sort.SET, CODES),
    "q9.r1": Type(Sort.TEXT, frozenset({"b1"})),
}


def told(text, wanted=Sort.BOOLEAN):
    return [(str(one.kind), one.position, str(one)) for one in check(parse(text), TYPES, wanted).problems]


@pytest.mark.parametrize(
    "text",
    [
        'q7 == "a1" and count(q8) >= 2',
        "not answered(q1)",
        '"a3" in q8',
        'contains(q8, "a1") or contains(q2, "egal")',
        'q7 in ["a1", "a2"]',
        "q6 == q7",
        'q2 == "egal"',
        'if(q3, "a1", "a2") == q7',
        "value(q6) > 1",
        'q4 < date("2026-01-01") and q5 >= time("08:00")',
        "max(q4, today()) == q4",
        'matches(q2, "[a-z]+")',
        "default(q3, false)",
        "q3",
        "age(q4) >= 18",
        "length(join(q2, q7)) < 9",
        'part(q2, 1, 2) == "ab"',
    ],
)
def test_nothing_is_said_of_what_makes_sense(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "position", "sentence"),
    [
        ("q77 == 1", "name", 0, "There is nothing called “q77” here. Did you mean “q7”?"),
        ("answered(alter)", "name", 9, "There is nothing called “alter” here."),
        ("q9.r2 == q2", "name", 0, "There is nothing called “q9.r2” here. Did you mean “q9.r1”?"),
        ('q9.r1 == "b2"', "code", 9, "The question has no answer “b2”."),
        ('q9.r1 == "b11"', "code", 9, "The question has no answer “b11”. Did you mean “b1”?"),
        ('"nie" != q7', "code", 0, "The question has no answer “nie”."),
        ('"b1" in q8', "code", 0, "The question has no answer “b1”."),
        ('contains(q8, "zz")', "code", 13, "The question has no answer “zz”."),
        ('q7 in ["a1", "zz"]', "code", 7, "The question has no answer “zz”."),
        ('if(q3, "a1", "a2") == "zz"', "code", 22, "The question has no answer “zz”."),
        ('default(q7, "a2") == "zz"', "code", 21, "The question has no answer “zz”."),
        ('q1 == "1"', "type", 0, "“==” compares a number with a text."),
        ("q4 == q5", "type", 0, "“==” compares a date with a time."),
        ('q8 == "a1"', "type", 0, 'Several answers may be ticked here; ask with in: "a1" in q8.'),
        ("q8 < q8", "type", 0, "“<” takes a number, a text, a date or a time, not several answers."),
        ("q3 < q3", "type", 0, "“<” takes a number, a text, a date or a time, not a condition."),
        ("q1 in q8", "type", 0, "“in” takes a text, not a number."),
        ('"a1" in q7', "type", 8, "“in” takes several answers, not a text."),
        ("q1 and q3", "type", 0, "“and” takes a condition, not a number."),
        ("not q2", "type", 4, "“not” takes a condition, not a text."),
        ("q2 + 1 > 2", "type", 0, "“+” takes a number, not a text."),
        ("-q4 > 1", "type", 1, "“-” takes a number, not a date."),
        ("sum(q1, q2) > 1", "type", 8, "“sum” takes a number, not a text."),
        ("max(q1, q4) > 1", "type", 8, "“max” takes a number, not a date."),
        ('max("a", q1) > 1', "type", 4, "“max” takes a number, a date or a time, not a text."),
        ("contains(q1, q2)", "type", 9, "“contains” takes a text or several answers, not a number."),
        ("if(q1, q3, q3)", "type", 3, "“if” takes a condition, not a number."),
        ("if(q3, q3, q2)", "type", 11, "“if” takes a condition, not a text."),
        ("value(q7) > 1", "type", 0, "The answers of this question stand for no numbers."),
        ("q1 + 1", "type", 0, "This gives a number, but a condition is needed."),
        ("today()", "type", 0, "This gives a date, but a condition is needed."),
    ],
)
def test_what_makes_no_sense_gets_a_sentence_and_a_place(text, kind, position, sentence):
    assert (kind, position, sentence) in told(text)
    assert {one[0] for one in told(text)} <= {"type", "name", "code"}


def test_all_problems_are_told_at_once():
    assert [one[0] for one in told('q77 == 1 and q7 == "zz" or q1')] == ["name", "code", "type"]


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("q1 + 1", Sort.NUMBER),
        ('if(q3, "a", "b")', Sort.TEXT),
        ("min(q4, today())", Sort.DATE),
        ("q8", Sort.SET),
        ("max(q5)", Sort.TIME),
        ("q1 > 1", Sort.BOOLEAN),
        ("default(q1, 0)", Sort.NUMBER),
    ],
)
def test_the_sort_of_a_calculated_value_is_known(text, sort):
    found = check(parse(text), TYPES)
    assert (found.problems, found.type and found.type.sort) == ((), sort)


def test_a_calculated_choice_keeps_its_codes():
    assert check(parse('if(q3, "x", q7)'), TYPES).type == Type(Sort.TEXT, CODES | {"x"})
    assert check(parse('if(q3, "x", q2)'), TYPES).type == Type(Sort.TEXT)


def test_a_type_with_problems_is_not_guessed():
    found = check(parse("if(q3, q1, q2)"), TYPES)
    assert found.type is None
    assert check(parse("q77"), TYPES).type is None


def test_dead_conditions_are_no_errors():
    found = check(parse("q1 > 3 and q1 < 3"), TYPES, Sort.BOOLEAN)
    assert [(one.kind, str(one)) for one in found.problems] == [
        (ProblemKind.NEVER, "This is never true, whatever is answered.")
    ]
    assert found.errors == ()
    assert told("q7 == q9.r1") == [("never", 0, "This is never true, whatever is answered.")]
    assert told("true") == [("always", 0, "This is true whatever is answered.")]
