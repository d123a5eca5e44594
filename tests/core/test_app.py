"""The application guards every answer, refuses what nobody may open, and believes proxies as it is told."""

import dataclasses
import re
import threading

import pytest
from flask import Blueprint, Flask, request, session
from werkzeug.test import Client

from baukasten.app import create_app, end
from baukasten.web.headers import BASICS
from baukasten.web.here import Place
from baukasten.web.marks import UnmarkedRouteError, public

FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9, 198.51.100.7"}


@pytest.fixture
def app_behind(base_config, database):
    """Build the application for a number of proxies."""
    made: list[Flask] = []

    def build(proxies: int) -> Flask:
        made.append(create_app(dataclasses.replace(base_config, trusted_proxies=proxies), database))
        return made[-1]

    yield build
    for one in made:
        end(one)


@pytest.mark.parametrize(("proxies", "told"), [(0, False), (1, True)])
def test_https_is_believed_from_a_proxy_alone(app_behind, town, proxies, told):
    client = Client(app_behind(proxies))
    answer = client.get("/", base_url=f"http://{town.host}", headers=FORWARDED)
    assert ("Strict-Transport-Security" in answer.headers) is told


@pytest.mark.parametrize(("proxies", "address"), [(0, None), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_the_clients_address_is_counted_from_the_nearest_proxy(app_behind, town, proxies, address):
    app, seen = app_behind(proxies), list[str | None]()
    app.before_request_funcs[None].insert(0, lambda: seen.append(request.remote_addr))
    client = Client(app)
    client.get("/", base_url=f"http://{town.host}", headers=FORWARDED)
    assert seen == [address]


@pytest.mark.parametrize(
    ("host", "method", "path", "status"),
    [
        ("", "GET", "/", 200),
        ("", "HEAD", "/", 200),
        ("", "GET", "/en/", 200),
        ("", "GET", "/de/", 301),
        ("", "GET", "/konto/anmelden", 200),
        ("", "GET", "/konto/", 303),
        ("", "GET", "/nirgends/", 404),
        ("", "PUT", "/", 405),
        ("", "POST", "/konto/anmelden", 403),
        ("", "GET", "/verwaltung/", 303),
        ("", "GET", "/api/v1/projects", 200),
        ("", "GET", "/api/v1/nirgends", 404),
        ("", "GET", "/robots.txt", 200),
        ("betrieb.test", "GET", "/", 302),
        ("betrieb.test", "GET", "/betrieb/", 303),
        ("nirgends.test", "GET", "/", 404),
    ],
)
def test_every_answer_is_guarded_and_numbered(client_of, town, host, method, path, status):
    answer = client_of(host or town).open(path, method=method)
    assert answer.status_code == status
    assert dict(BASICS).items() <= dict(answer.headers).items()
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert ("Cache-Control" in answer.headers, "Set-Cookie" in answer.headers) == (True, False)


@pytest.mark.parametrize(("path", "status"), [("/static/0/nirgends.css", 404), ("/theme/nirgends.css", 404)])
def test_missing_files_are_refused_before_the_application(client, path, status):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (status, "nosniff")


def test_a_page_of_a_room_above_must_be_marked(database, base_config):
    blueprint = Blueprint("above", __name__)
    blueprint.add_url_rule("/oben", "page", lambda: "x")
    with pytest.raises(UnmarkedRouteError, match=r"the route above\.page has no access mark"):
        create_app(base_config, database, extra=[(blueprint, ())])


def test_an_application_that_has_ended_asks_the_database_no_more(database, base_config, town):
    blueprint = Blueprint("above", __name__)
    blueprint.add_url_rule("/oben", "page", public(lambda: "oben"))
    before = set(threading.enumerate())
    made = create_app(base_config, database, extra=[(blueprint, (Place.TOWN,))])
    begun = set(threading.enumerate()) - before
    assert {thread.name for thread in begun} == {"generations", "costs", "tallies"}
    end(made)
    for thread in begun:
        thread.join(60)
    assert not any(thread.is_alive() for thread in begun)
    # It may still answer, from the database alone.
    assert Client(made).get("/oben", base_url=f"https://{town.host}").text == "oben"


def test_flask_keeps_no_session_of_its_own(app):
    with app.test_request_context("/"), pytest.raises(RuntimeError, match="no secret key"):
        session["seen"] = True
