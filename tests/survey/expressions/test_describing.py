"""Conditions are told in words, in both languages."""

import pytest
from babel.messages.pofile import read_po

import baukasten_survey
from baukasten.plugin.text import translate
from baukasten_survey.expressions.describing import Words, describe
from baukasten_survey.expressions.parsing import parse

NAMES = {
    "q1": Words("Frage 1"),
    "q4": Words("Frage 4"),
    "q7": Words("Frage 7", {"a1": "zu Fuß", "a2": "mit dem Rad"}),
    "q8": Words("Frage 8", {"a1": "Spielplatz"}),
}


@pytest.fixture
def german():
    path = f"{baukasten_survey.__path__[0]}/translations/de/LC_MESSAGES/survey.po"
    with open(path, "rb") as file:  # noqa: PTH123 - read_po wants a file
        catalogue = {message.id: str(message.string) for message in read_po(file)}
    token = translate.set(lambda _domain, text: catalogue[text])
    yield
    translate.reset(token)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('q7 == "a1"', "Frage 7 „zu Fuß“ ist"),
        ('"a1" == q7', "Frage 7 „zu Fuß“ ist"),
        ('q7 != "a1"', "Frage 7 nicht „zu Fuß“ ist"),
        ('not q7 == "a1"', "Frage 7 nicht „zu Fuß“ ist"),
        (
            'q7 == "a1" and count(q8) >= 2',
            "Frage 7 „zu Fuß“ ist und bei Frage 8 mindestens 2 angekreuzt sind",
        ),
        ('q7 in ["a1", "a2"]', "Frage 7 „zu Fuß“ ist oder Frage 7 „mit dem Rad“ ist"),
        (
            'q7 in ["a1", "a2"] and answered(q1)',
            "(Frage 7 „zu Fuß“ ist oder Frage 7 „mit dem Rad“ ist) und Frage 1 beantwortet ist",
        ),
        ('"a1" in q8', "bei Frage 8 „Spielplatz“ angekreuzt ist"),
        ('contains(q8, "a1")', "bei Frage 8 „Spielplatz“ angekreuzt ist"),
        ('"a1" not in q8', "bei Frage 8 „Spielplatz“ nicht angekreuzt ist"),
        ("not answered(q1)", "Frage 1 nicht beantwortet ist"),
        ("q1 > 3", "Frage 1 größer als 3 ist"),
        ("3 > q1", "Frage 1 kleiner als 3 ist"),
        ("not q1 > 3", "Frage 1 höchstens 3 ist"),
        ("q1", "Frage 1 mit Ja beantwortet ist"),
        ("q1 == false", "Frage 1 mit Nein beantwortet ist"),
        ("not q1 and q4", "Frage 1 mit Nein beantwortet ist und Frage 4 mit Ja beantwortet ist"),
        ('q4 >= date("2026-01-31")', "Frage 4 mindestens 31.01.2026 ist"),
        ('q1 < time("07:30")', "Frage 1 kleiner als 07:30 ist"),
        (
            '(q7 == "a1" or q7 == "a2") and q1 >= 2.5',
            "(Frage 7 „zu Fuß“ ist oder Frage 7 „mit dem Rad“ ist) und Frage 1 mindestens 2.5 ist",
        ),
        ('q7 == "100 %s"', "Frage 7 „100 %s“ ist"),
    ],
)
def test_simple_conditions_are_said_in_words(german, text, words):
    assert describe(parse(text), NAMES) == f"Nur wenn {words}"


@pytest.mark.parametrize(
    "text",
    [
        "sum(q1, q4) > 3",
        'q99 == "a1"',
        'not (q7 == "a1" and q1 > 3)',
        "q1 + 1 > 3",
        'contains(q7, "Rad")',
        "if(q1, q4, false)",
        "q1 == q4",
        "true",
    ],
)
def test_what_words_would_not_make_simpler_stays_as_it_is(german, text):
    assert describe(parse(text), NAMES) == f"Nur wenn {text}"


def test_conditions_are_said_in_english_too():
    assert describe(parse('q7 == "a1" or "a1" in q8'), NAMES) == (
        "Only if Frage 7 is “zu Fuß” or “Spielplatz” is ticked in Frage 8"
    )
