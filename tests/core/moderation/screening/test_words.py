"""Lists of words: every spelling that reads the same is found, no other word is, and long texts cost no more."""

import time

import pytest

from baukasten.moderation.screening import words
from baukasten.moderation.screening.likeness import fingerprint


def found(lines, text):
    return words.Words(text).find(words.patterns(lines))


@pytest.mark.parametrize(
    ("line", "text", "hit"),
    [
        ("schrott", "So ein SCHROTT!", "SCHROTT"),
        ("schrott", "Schrottplatz", ""),
        ("schrott*", "Am Schrottplatz", "Schrottplatz"),
        ("*schrott", "Altschrott", "Altschrott"),
        ("*schrott*", "Altschrotthandel", "Altschrotthandel"),
        ("s*tt", "Schrott", "Schrott"),
        ("s*o*tt", "Schrott", "Schrott"),
        ("s*x*tt", "Schrott", ""),
        ("aa*aa", "aaa", ""),
        ("Straße", "strasse", "strasse"),
        ("strasse", "STRAẞE", "STRAẞE"),
        ("müll", "Muell", "Muell"),
        ("muell", "Mu\u0308ll", "Müll"),
        ("müll", "mull", ""),
        ("cafe", "Café", "Café"),
        ("schrott", "Schr\u00adott", "Schrott"),
        ("schrott", "S\u200bc\u200dh\ufeffrott", "Schrott"),
        ("schr\u00adott", "Schrott", "Schrott"),
        ("schrott", "Sch&shy;rott", "Schrott"),
        ("schrott", "**Sch**rott", "Schrott"),
        ("schrott", "S\u0336chrott", "Schrott"),
        ("schrott", "\uff33\uff23\uff28\uff32\uff2f\uff34\uff34", "SCHROTT"),
        ("jetzt kaufen", "Hier JETZT,\nkaufen!", "JETZT kaufen"),
        ("jetzt kaufen", "Kaufen Sie jetzt", ""),
        ("jetzt kauf*", "jetzt kaufe ich", "jetzt kaufe"),
        ("jetzt kaufen", "jetzt", ""),
        ("gut\nschrott", "Schrott", "Schrott"),
        ("", "Schrott", ""),
        ("*", "Schrott", ""),
        ("* *\n**\n", "Schrott", ""),
        ("a*", "aber", ""),
        ("schlecht.example", "https://schlecht.example/x", "schlecht example"),
    ],
)
def test_a_line_finds_every_spelling_that_reads_the_same(line, text, hit):
    assert found(line, text) == hit


@pytest.mark.parametrize("lines", ["", "gut", "gut\n\nschrott*", "jetzt kaufen", "ab"])
def test_lists_that_make_sense_are_taken(lines):
    assert words.problem(lines) is None


@pytest.mark.parametrize("lines", ["*", "gut\n*", "a*", "x", "..", "x" * 101, "gut\n" * 1_001])
def test_lines_that_would_hit_everything_are_named(lines):
    assert words.problem(lines) is not None


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ohne.", 0),
        ("https://a.example und HTTP://b.example", 2),
        ("[x](https://a.example) www.b.example", 2),
        ("https&#58;//a.example", 1),
        ("awww.schön", 0),
    ],
)
def test_links_are_counted(text, count):
    assert words.Words(text).links == count


HARD = {
    "a wildcard at each place": ("a*a*a*a*b", "a" * 10_000),
    "many words": ("*ab*ba*", "abab " * 2_000),
    "phrases that nearly fit": ("ja ja ja ja nein", "ja " * 3_000),
    "marks": ("schrott", "*_" * 5_000),
    "entities": ("schrott", "&shy" * 2_500),
    "links": ("schrott", "https:/" * 1_500),
    "strokes": ("schrott", "a" + "\u0336" * 10_000),
}


@pytest.mark.parametrize("name", HARD)
def test_twice_the_text_takes_about_twice_the_time(name):
    lines, text = HARD[name]

    def cost(length):
        best = 9.0
        for _ in range(5):
            begin = time.thread_time()
            for _ in range(2):
                found(lines, text * length)
            best = min(best, time.thread_time() - begin)
        return best

    assert cost(4) <= 2.5 * cost(2) + 0.002


def test_a_long_list_takes_time_in_step_with_its_lines():
    text = " ".join(f"wort{number} silbe" for number in range(1_500))

    def cost(lines):
        listed = words.patterns("\n".join(f"wo*{number}xy" for number in range(lines)))
        said = words.Words(text)
        begin = time.thread_time()
        assert said.find(listed) == ""
        return time.thread_time() - begin

    cost(500)
    assert cost(1_000) <= 2.5 * cost(500) + 0.005


def test_texts_of_the_same_words_have_one_fingerprint_in_a_town():
    text = "Am alten Hafen fehlt eine Treppe bis hinunter ans Wasser."
    other = "AM ALTEN  HAFEN fehlt: eine **Treppe** bis\nhinunter ans Wa\u00adsser"
    first = fingerprint(1, text)
    assert fingerprint(1, other) == first
    assert fingerprint(2, text) != first
    assert fingerprint(1, text + " Nicht") != first


def test_short_texts_have_none_unless_they_lead_elsewhere():
    assert fingerprint(1, "Hier fehlt eine Bank.") == ""
    assert fingerprint(1, "https://a.example") != ""
