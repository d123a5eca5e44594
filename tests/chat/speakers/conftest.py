"""A consultation hour with people who want to speak."""

import pytest

from baukasten_chat import rooms
from baukasten_chat.speakers import lists, service
from tests.chat.conftest import open_chat


@pytest.fixture
def hall(evening, database, town):
    """A consultation hour in which people ask for the floor."""
    return open_chat(database, town, form="consultation", speaking_minutes=3)


@pytest.fixture
def queue(session, hall):
    """Names of who waits, in their order."""

    def give():
        rows = lists.load(session, rooms.of_module(session, hall).id)
        return [row.shown for row in lists.waiting(rows)]

    return give


@pytest.fixture
def floor(session, hall):
    """Who speaks, if anybody does."""
    return lambda: lists.on_floor(lists.load(session, rooms.of_module(session, hall).id))


@pytest.fixture
def spoke(session, hall, moderator):
    """Lets members speak once, one after the other."""

    def do(*members):
        for member in members:
            service.join(session, member, hall)
            service.call(session, moderator, hall)
            service.finish(session, moderator, hall)

    return do
