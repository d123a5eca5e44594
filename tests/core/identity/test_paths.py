"""Where signing in may lead."""

import pytest

from baukasten.identity import paths


@pytest.mark.parametrize("path", ["/", "/beteiligung/hafen/", "/en/konto/?a=b#c", "/a//b"])
def test_a_page_of_this_site(path):
    assert paths.local(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "konto",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: x=y",
        " //evil.example",
        "/" + "a" * 2_000,
        "/\x7f/evil.example",
    ],
)
def test_elsewhere(path):
    assert paths.local(path) == ""
