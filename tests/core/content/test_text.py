"""Titles, previews and plain parts say the same words as the page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten.content.markdown import EDITORIAL, render
from baukasten.content.sanitize import SafeHtml
from baukasten.content.text import excerpt, plain, shorten, title_of

SOURCE = """# Mehr Bäume

Am **Markt** fehlt Schatten & Ruhe.
Zweite Zeile.

- Linden
- [Ahorn](https://a.example/x)

> Zitat"""


def test_plain_has_one_line_for_each_block() -> None:
    assert plain(render(SOURCE)) == (
        "Mehr Bäume\nAm Markt fehlt Schatten & Ruhe.\nZweite Zeile.\nLinden\nAhorn\nZitat"
    )


def test_plain_for_mails_has_bullets_and_addresses() -> None:
    assert plain(render(SOURCE), addresses=True) == (
        "Mehr Bäume\nAm Markt fehlt Schatten & Ruhe.\nZweite Zeile.\n"
        "- Linden\n- Ahorn (https://a.example/x)\nZitat"
    )


@pytest.mark.parametrize("source", ["https://a.example/x", "<amt@a.example>"])
def test_an_address_that_is_written_out_is_not_said_twice(source: str) -> None:
    assert plain(render(source), addresses=True) == source.strip("<>")


def test_items_with_paragraphs_keep_their_bullet() -> None:
    assert plain(render("- eins\n\n- zwei\n\n  drei"), addresses=True) == "- eins\n- zwei\ndrei"


def test_plain_gives_back_what_was_escaped_and_reads_tables() -> None:
    assert plain(render("<script>1 &amp; 2</script>")) == "<script>1 & 2</script>"
    assert plain(render("| a | b |\n|---|---|\n| 1 | 2 |", profile=EDITORIAL)) == "a\nb\n1\n2"
    assert plain(SafeHtml("")) == ""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("# Radweg\n\nText", "Radweg"),
        ("Wir brauchen Schatten. Und Wasser.", "Wir brauchen Schatten"),
        ("Wann kommt der Bus? Ich warte.", "Wann kommt der Bus?"),
        ("Nur 3.5 Meter breit", "Nur 3.5 Meter breit"),
        ("Sehr " * 30, "Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr Sehr…"),
        ("---", ""),
        ("", ""),
    ],
)
def test_title(source: str, expected: str) -> None:
    assert title_of(render(source)) == expected


def test_excerpt_is_one_line() -> None:
    assert excerpt(render(SOURCE), max_length=30) == "Mehr Bäume Am Markt fehlt…"
    assert excerpt(render("kurz\n\nund gut")) == "kurz und gut"


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [("genau zehn", 10, "genau zehn"), ("genau zehn!", 10, "genau…"), ("Donaudampfschiff", 10, "Donaudamp…"),
     ("a Donaudampfschiff", 10, "a Donauda…"), ("Haus, Hof und Garten", 6, "Haus…")],
)  # fmt: skip
def test_shorten(text: str, length: int, expected: str) -> None:
    assert shorten(text, length) == expected


@given(st.text(max_size=300), st.integers(min_value=2, max_value=120))
def test_nothing_is_ever_longer_than_asked(text: str, length: int) -> None:
    assert len(shorten(text, length)) <= length
