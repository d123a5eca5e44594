"""What somebody says gets the next number, once, and only what is in view is told to the room."""

import pytest

from baukasten_chat.messages.service import say


def test_a_message_gets_the_next_number_and_version(session, chat, anna, ben):
    first = say(session, anna, chat, body="Guten Abend")
    second = say(session, ben, chat, body="Hallo")
    assert (first.number, first.version) == (1, 1)
    assert (second.number, second.version) == (2, 2)
