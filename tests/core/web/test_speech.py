"""A request is answered in the language of its address, and never in that of the request before."""

from collections.abc import Iterator
from typing import cast

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from baukasten.db.session import Database
from baukasten.errors import NotFound
from baukasten.plugin.refs import TenantRef
from baukasten.web.here import Here
from baukasten.web.i18n import Catalogues, current, speaking, translator
from baukasten.web.speech import speak, speak_default

TOWN = TenantRef(
    1, "a", "A", "a.example", language="de", time_zone="Europe/Lisbon", languages=("de", "en", "de-simple")
)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    with speaking(Catalogues({}).translator("en")):
        yield


def ask(asked: str | None, site: TenantRef | None = TOWN, method: str = "GET") -> tuple[Here, object]:
    place = Here(cast("Database", None), site=site)
    environ = {} if asked is None else {"baukasten.language": asked}
    with Flask(__name__).test_request_context("/pfad/?a=1", method=method, environ_overrides=environ):
        return place, speak(place)


@pytest.mark.parametrize(("asked", "expected"), [(None, "de"), ("en", "en"), ("de-simple", "de-simple")])
def test_the_address_decides(asked: str | None, expected: str) -> None:
    place, answer = ask(asked)
    assert (answer, place.language, current().language) == (None, expected, expected)
    assert current().formats.zone.key == "Europe/Lisbon"


@pytest.mark.parametrize(("method", "status"), [("GET", 301), ("HEAD", 301), ("POST", 308)])
def test_the_towns_own_language_leads_to_the_address_without(method: str, status: int) -> None:
    _place, answer = ask("de", method=method)
    assert isinstance(answer, Response)
    assert (answer.status_code, answer.headers["Location"]) == (status, "/pfad/?a=1")


def test_a_language_that_is_not_offered_does_not_exist_and_says_so_in_the_towns_own() -> None:
    with pytest.raises(NotFound):
        ask("fr")
    assert current().language == "de"


def test_hosts_of_the_platform_speak_german_and_english() -> None:
    assert ask("en", None)[0].language == "en"
    assert ask(None, None)[0].language == "de"
    with pytest.raises(NotFound):
        ask("de-simple", None)


def test_before_the_town_is_known_the_last_requests_language_is_forgotten() -> None:
    ask("en")
    speak_default()
    assert (current().language, current() is translator("de")) == ("de", True)
