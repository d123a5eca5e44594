"""A room says how many people fit in."""

from baukasten_chat import rooms
from baukasten_chat.limits import capacity
from tests.chat.conftest import open_chat


def test_a_room_has_the_size_that_the_town_gave_it(session, database, town):
    module = open_chat(database, town, capacity=40)
    assert capacity.of(session, rooms.of_module(session, module).id) == 40


def test_without_a_wish_a_thousand_fit_in(session, chat):
    assert capacity.of(session, rooms.of_module(session, chat).id) == 1_000
