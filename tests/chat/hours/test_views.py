"""The pages about a room's hours: what everybody reads, what calendars fetch, what the town plans there."""

import datetime as dt

import pytest

from baukasten_chat import rooms
from baukasten_chat.hours import service
from baukasten_chat.hours.plans import Plan
from baukasten_chat.keys import STEER
from tests.chat.conftest import NOW, open_chat

BERLIN = "Europe/Berlin"
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def hour(evening, database, town):
    """A question hour in a public project; it is the evening before it opens."""
    return open_chat(database, town, form="questions")


@pytest.fixture
def send(browse):
    """Sends a form below the room as somebody, with the token of a page that has one."""

    def do(member, module, goal, page="termine", **values):
        browser = browse(member)
        token = browser.token(f"{module.path}{page}")
        return browser.post(f"{module.path}{goal}", data={**values, "_token": token})

    return do


OPENING = {"day": "2035-03-27", "begins": "19:00", "ends": "20:00", "title": "Mit der Stadtplanung"}


def test_nobody_has_planned_anything_yet(browse, hour):
    page = browse().get(f"{hour.path}termine").text
    assert "Es ist kein Termin geplant." in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]


def test_an_admin_plans_an_opening_and_everybody_reads_it(browse, send, hour, admin):
    answer = send(admin, hour, "termine", **OPENING)
    assert (answer.status_code, answer.location) == (303, f"{hour.path}termine")
    page = browse().get(f"{hour.path}termine").text
    assert "Dienstag, 27. März, 19:00 bis 20:00" in page
    assert "Mit der Stadtplanung" in page


def test_what_is_wrong_stands_beside_what_was_typed(send, hour, admin):
    answer = send(admin, hour, "termine", **{**OPENING, "begins": "25 Uhr"})
    assert answer.status_code == 422
    assert "Schreiben Sie eine Uhrzeit" in answer.text
    assert 'value="25 Uhr"' in answer.text
    assert 'value="2035-03-27"' in answer.text
