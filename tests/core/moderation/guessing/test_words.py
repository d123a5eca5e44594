"""Words are counted the same way in learning and in guessing, and a guess says what it rests on."""

import pytest

from baukasten.moderation.guessing.words import likelihood, telling, words


def test_words_are_different_small_and_in_order():
    assert words("Die Straße, die STRASSE und der Weg 12 ab") == ["der", "die", "strasse", "und", "weg"]


def test_a_long_text_costs_no_more_than_its_beginning():
    assert (
        len(
            words(
                " ".join(
                    f"wort{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}"
                    for n in range(5_000)
                )
            )
        )
        <= 2_000
    )


def test_a_guess_lies_between_never_and_always():
    weights = {"gut": -2.0, "idiot": 3.0}
    assert likelihood(0, weights, []) == 0.5
    assert likelihood(0, weights, ["idiot"]) > 0.9
    assert likelihood(0, weights, ["gut"]) < 0.2
    assert 0 < likelihood(-1e9, {}, []) < likelihood(1e9, {}, []) < 1


def test_it_names_the_words_that_speak_for_a_measure():
    weights = {"a": 0.5, "b": 2.0, "c": -3.0, "d": 1.0, "e": 0.7}
    assert telling(weights, ["a", "b", "c", "d", "e", "f"]) == ["b", "d", "e"]


@pytest.mark.parametrize("text", ["", "   ", "12 34", "\x00\u200b"])
def test_a_text_without_words_has_none(text):
    assert words(text) == []
