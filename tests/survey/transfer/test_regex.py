"""Regular expressions of other programs as patterns."""

import pytest

from baukasten_survey.expressions.patterns import compile_pattern
from baukasten_survey.transfer.foreign import Untranslatable
from baukasten_survey.transfer.regex import pattern_of


@pytest.mark.parametrize(
    ("source", "fits", "fails"),
    [
        ("/^[0-9]{5}$/", ["12345"], ["1234", "a12345"]),
        ("/cat|dog/i", ["a CAT here", "Dog"], ["bird"]),
        ("^a(?:b|c)$", ["ab", "ac"], ["a", "xab"]),
        ("#^\\d+\\.\\d{2}$#", ["3.50"], ["3,50"]),
        ("/^a|b$/", ["a", "b"], ["ab"]),
        ("/^\\$?[a-z]+$/i", ["$abc", "ABC"], ["1"]),
    ],
)
def test_a_pattern_fits_the_same_texts(source, fits, fails):
    pattern = compile_pattern(pattern_of(source))
    assert [text for text in [*fits, *fails] if pattern.matches(text)] == fits


@pytest.mark.parametrize("source", ["/(a)\\1/", "/(?=a)b/", "/[/", "/a/x"])
def test_what_patterns_cannot_say_is_named(source):
    with pytest.raises(Untranslatable):
        pattern_of(source)
