"""The application believes as many proxies as it is told to, and none otherwise."""

import dataclasses

import pytest
from flask import Flask, request
from werkzeug.test import Client

from baukasten.app import create_app, end

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
