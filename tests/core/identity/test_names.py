"""Addresses and names in the form in which they are stored."""

import pytest

from baukasten.errors import Invalid
from baukasten.identity import names


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Martha@Post.Example ", "martha@post.example"),
        ("m@müller.example", "m@xn--mller-kva.example"),
    ],
)
def test_an_address_is_compared_in_one_form(typed, stored):
    assert names.address(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "martha", "a b@post.example", "a@b\nBcc: c@d.example", "a@" + "b" * 300]
)
def test_what_is_no_address(typed):
    with pytest.raises(Invalid) as refused:
        names.address(typed)
    assert list(refused.value.errors) == ["email"]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Martha   Klein ", "Martha Klein"),
        ("Jo\u0308rg", "Jörg"),
        ("O’Neill-Şahin 2", "O’Neill-Şahin 2"),
        ("علی\u200cرضا", "علی\u200cرضا"),
    ],
)
def test_a_name(typed, stored):
    assert names.display_name(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "A", "x" * 41, "<script>", "a@b", "Martha\u202egnal", "Mar\u200btha", "2026", "a/b", "{{ 7*7 }}"],
)
def test_what_is_no_name(typed):
    with pytest.raises(Invalid) as refused:
        names.display_name(typed)
    assert list(refused.value.errors) == ["display_name"]
