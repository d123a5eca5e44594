"""Each request has a number and one line in the log, which tells nothing about people."""

import json
import logging
import sys

import pytest

from baukasten.web.requests import HEADER, JsonLines
from tests.core.web.conftest import Probe


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "baukasten.request")
    return lambda: [record for record in caplog.records if record.name == "baukasten.request"]


def test_each_request_has_its_own_number(guest):
    numbers = [guest.get("/probe/not-kept").headers[HEADER] for _twice in range(2)]
    assert len(set(numbers)) == 2
    assert {len(number) for number in numbers} == {16}


def test_a_number_from_outside_is_not_taken(guest):
    assert guest.get("/probe/form", headers={HEADER: "evil\tline"}).headers[HEADER] != "evil\tline"


def test_one_line_says_where_and_how_long_but_not_who(guest, town, lines):
    answer = guest.get("/probe/form?name=Erika&mail=erika@post.example", headers={"User-Agent": "Spy/1"})
    (record,) = lines()
    line = json.loads(JsonLines().format(record))
    assert line.pop("milliseconds") >= 0
    assert line.pop("at")
    assert line == {
        "level": "INFO",
        "message": "request",
        "request_id": answer.headers[HEADER],
        "tenant": town.slug,
        "endpoint": "probe.form",
        "method": "GET",
        "status": 200,
    }


def test_refusals_and_accidents_are_lines_too(guest, lines):
    guest.get("/nirgends/hier")
    Probe.error = RuntimeError("x")
    guest.get("/probe/error")
    assert [(record.endpoint, record.status) for record in lines()] == [
        ("projects.module_on_site", 404),
        ("probe.error", 500),
    ]


def test_a_traceback_is_a_field_of_its_line():
    try:
        int("broken\nin two lines")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "an accident", (), sys.exc_info())
    text = JsonLines().format(record)
    assert len(text.splitlines()) == 1
    assert "ValueError: invalid literal" in json.loads(text)["traceback"]
