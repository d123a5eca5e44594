"""Host names are parted from ports and refused where they can be none."""

import pytest

from baukasten.errors import Invalid
from baukasten.tenants.hosts import base_host, check_host


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("mitreden.example", ("mitreden.example", "")),
        ("Mitreden.EXAMPLE.:8000", ("mitreden.example", ":8000")),
        ("a.localhost:80", ("a.localhost", ":80")),
        ("", ("", "")),
    ],
)
def test_base_host(given, wanted):
    assert base_host(given) == wanted


def test_name_is_stored_in_small_letters_without_the_last_dot():
    assert check_host(" Mitreden.Example. ") == "mitreden.example"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "a..b",
        "-a.example",
        "a-.example",
        "a_b.example",
        "https://a.example",
        "a.example/b",
        "a.example:80",
        "a" * 64 + ".example",
        "a." * 126 + "ab",
        "müde.example",
        "a b.example",
        "a.example\nb",
    ],
)
def test_what_can_be_no_host_is_refused(name):
    with pytest.raises(Invalid) as refused:
        check_host(name)
    assert refused.value.errors.keys() == {"host"}
