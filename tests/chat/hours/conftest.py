"""Rooms with openings, and a wish for one as the town's form gives it."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from baukasten_chat import rooms
from baukasten_chat.hours import service
from baukasten_chat.hours.plans import Plan
from tests.chat.conftest import open_chat

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def hour(evening, database, town):
    """A question hour in a public project, on the twentieth of March 2035, at seven in the evening."""
    return open_chat(database, town, form="questions")


@pytest.fixture
def plan(session, hour, admin):
    """Plans openings: a week later from seven to eight unless said otherwise; gives their ids."""
    usual = Plan(dt.date(2035, 3, 27), dt.time(19), dt.time(20))

    def do(module=None, **wish):
        changed = dataclasses.replace(usual, **wish)
        return service.plan(session, admin, module or hour, changed, BERLIN)

    return do


@pytest.fixture
def windows(session, hour):
    """The openings of the hour that are not over."""
    return lambda: service.listed(session, rooms.of_module(session, hour).id)
