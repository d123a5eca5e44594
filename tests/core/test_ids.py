"""Slugs are readable and safe, tokens are unguessable, digests are stable."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from baukasten import ids

SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mehr Bäume für die Straße", "mehr-baeume-fuer-die-strasse"),
        ("ÜBERGÄNGE & GROẞE PLÄTZE", "uebergaenge-und-grosse-plaetze"),
        ("Ba\u0308ume", "baeume"),
        ("Café à la Łódź", "cafe-a-la-lodz"),
        ("  Was -- nun?!  ", "was-nun"),
        ("Tempo 30 / Schulweg", "tempo-30-schulweg"),
        ("Marktplatz–Hafen", "marktplatz-hafen"),
        ("½ Preis", "1-2-preis"),
        ("Здравствуйте", "eintrag"),
        ("مرحبا", "eintrag"),
        ("../../etc/passwd\x00", "etc-passwd"),
        ("", "eintrag"),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert ids.slug(text) == expected


def test_a_long_slug_ends_with_a_whole_word() -> None:
    assert ids.slug("Radweg an der Hauptstrasse zur Schule", max_length=20) == "radweg-an-der"
    assert ids.slug("Radweg an der Hauptstrasse", max_length=13) == "radweg-an-der"


def test_one_endless_word_is_cut_hard() -> None:
    assert ids.slug("a" * 500, max_length=40) == "a" * 40
    assert ids.slug("zu " + "b" * 500, max_length=10) == "zu-bbbbbbb"


@given(st.text(max_size=200), st.integers(min_value=1, max_value=80))
def test_any_text_gives_a_slug_of_the_right_shape(text: str, length: int) -> None:
    found = ids.slug(text, max_length=length)
    assert SHAPE.fullmatch(found)
    assert len(found) <= length
    assert ids.slug(found, max_length=length) == found


def test_tokens_differ_and_fit_into_addresses() -> None:
    found = {ids.token() for _ in range(1_000)}
    assert len(found) == 1_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", one) for one in found)


def test_sha256_is_the_well_known_digest() -> None:
    assert ids.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
