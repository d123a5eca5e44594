"""The address names the language, and nothing else does."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from babel import Locale

from baukasten.errors import Invalid, NotFound
from baukasten.web.languages import (
    LANGUAGES,
    LanguageLink,
    LanguagePrefix,
    alternates,
    check_language,
    language,
    language_links,
)
from baukasten.web.reserved import RESERVED, refuse_reserved


def ask(path: str, script: str = "", query: str = "") -> tuple[str, str, str, str | None]:
    seen: dict[str, Any] = {}
    told: list[str] = []

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        seen.update(environ)
        start_response("200 OK", [])
        return ()

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        told.append(" ".join([status[:3], *(value for name, value in headers if name == "Location")]))

    environ = {
        "PATH_INFO": path, "SCRIPT_NAME": script, "QUERY_STRING": query, "baukasten.language": "fr"
    }  # fmt: skip
    LanguagePrefix(app)(environ, start)
    return told[0], seen.get("SCRIPT_NAME", ""), seen.get("PATH_INFO", ""), seen.get("baukasten.language")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", ("200", "", "/", None)),
        ("/beteiligung/", ("200", "", "/beteiligung/", None)),
        ("/en/", ("200", "/en", "/", "en")),
        ("/en/beteiligung/x", ("200", "/en", "/beteiligung/x", "en")),
        ("/de-simple/a\nb", ("200", "/de-simple", "/a\nb", "de-simple")),
        ("/en/de/", ("200", "/en", "/de/", "en")),
        ("/EN/", ("200", "", "/EN/", None)),
        ("/xx/", ("200", "", "/xx/", None)),
        ("/entwurf/", ("200", "", "/entwurf/", None)),
        ("//en/", ("200", "", "//en/", None)),
        ("", ("200", "", "", None)),
    ],
)
def test_the_prefix_moves_into_the_script_name(path: str, expected: tuple[str, str, str, str | None]) -> None:
    assert ask(path) == expected


def test_a_prefix_without_slash_leads_to_the_one_with() -> None:
    assert ask("/en", "/stadt", "q=1")[0] == "301 /stadt/en/?q=1"


def test_the_towns_own_language_has_one_address_only() -> None:
    assert check_language("de", ["de", "en"], None, "/x") is None
    assert check_language("de", ["de", "en"], "en", "/x") is None
    assert check_language("de", ["de", "en"], "de", "/straße/", "a=1&b=2") == "/stra%C3%9Fe/?a=1&b=2"
    assert check_language("en", ["de", "en"], "en", "/") == "/"
    with pytest.raises(NotFound):
        check_language("de", ["de", "en"], "fr", "/x")


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/\\evil.example/x", "/\\/evil.example/x", "evil.example/x"]
)
def test_the_redirect_never_leaves_the_host(path: str) -> None:
    assert check_language("de", ["de"], "de", path) == "/evil.example/x"


def test_links_to_the_same_page_in_other_languages() -> None:
    assert language_links("/a/", ["en", "de", "gone"], "de", "en") == [
        LanguageLink("de", "Deutsch", "/a/", current=False),
        LanguageLink("en", "English", "/en/a/", current=True),
    ]


def test_alternates_name_each_language_once_and_the_default_last() -> None:
    assert alternates("https://a.example", "/b/", ["de", "de-informal", "de-simple"], "de") == [
        ("de", "https://a.example/b/"),
        ("de-simple", "https://a.example/de-simple/b/"),
        ("x-default", "https://a.example/b/"),
    ]


def test_babel_knows_every_language_and_its_direction() -> None:
    for entry in LANGUAGES.values():
        assert Locale.parse(entry.locale).text_direction == entry.dir, entry.code
    assert [code for code, entry in LANGUAGES.items() if entry.dir == "rtl"] == ["ar", "fa", "he"]


def test_variants_come_last_and_unknown_codes_are_german() -> None:
    assert language("de-simple").catalogues == ("de", "de_SIMPLE")
    assert language("de-informal").lang == "de"
    assert language("tlh") == LANGUAGES["de"]


@pytest.mark.parametrize("slug", ["konto", "en", "de-simple", "Suche", "robots.txt"])
def test_the_houses_own_paths_are_refused(slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_reserved(slug, "address")
    assert list(refused.value.errors) == ["address"]


def test_ordinary_names_are_free() -> None:
    refuse_reserved("forum")
    assert {code for code in LANGUAGES if code not in RESERVED} == set()
