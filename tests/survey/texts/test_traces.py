"""What is found in a text that tells who wrote it, and what is left alone."""

import time

import pytest

from baukasten_survey.texts.traces import traces


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Schreiben Sie an ilse.moor@post.example bitte", ["ilse.moor@post.example"]),
        ("Ruft an: 04921 / 87 65 43!", ["04921 / 87 65 43"]),
        ("Oder +49 (0)4921 876543.", ["+49 (0)4921 876543"]),
        ("IBAN DE02 1203 0000 0000 2020 51", ["DE02 1203 0000 0000 2020 51"]),
        ("Ich wohne Am Deich, Mühlenstraße 12a, schön", ["Mühlenstraße 12a"]),
        ("Bahnhofstr. 3 ist laut", ["Bahnhofstr. 3"]),
        ("in 26721 Kranichsiel", ["26721 Kranichsiel"]),
        ("Frau Moor vom Amt und Dr. Siel", ["Frau Moor", "Dr. Siel"]),
        ("Ich heiße Ilse Moor.", ["Ilse Moor"]),
        ("Viele Grüße, Ilse", ["Grüße, Ilse"]),
        ("geboren am 03.04.1985", ["03.04.1985"]),
        ("siehe www.ilse.example/seite", ["www.ilse.example/seite"]),
        ("Um 8 Uhr fahren 120 Autos durch die Schulstraße.", []),
        ("Tempo 30 auf der B 210, seit 2019", []),
    ],
)
def test_traces_are_found(text, found):
    words = [one.words for one in traces(text)]
    assert all(any(wanted in word for word in words) for wanted in found), words
    assert bool(words) is bool(found), words


@pytest.mark.parametrize("piece", ["a@", "1 ", "Frau ", "straße ", "AB12 ", "www.", "ich heiße "])
def test_no_text_takes_long(piece):
    began = time.process_time()
    traces((piece * 20_000)[:20_000])
    assert time.process_time() - began < 2
