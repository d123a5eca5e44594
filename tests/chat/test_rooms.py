"""A placed room has one row; its counters go up by one under its lock, whoever asks."""

import threading

import pytest

from baukasten.errors import NotFound
from baukasten_chat import rooms


def test_a_placed_room_has_a_row_and_no_second_one(session, chat):
    found = rooms.of_module(session, chat)
    rooms.place(session, chat)
    assert (found.version, found.number, found.question_number) == (0, 0, 0)
    assert rooms.of_module(session, chat).id == found.id


def test_each_change_takes_the_next_version(session, chat, room_of):
    room_id = room_of(chat).id
    taken = [
        rooms.advance(session, room_id),
        rooms.advance(session, room_id, messages=1),
        rooms.advance(session, room_id, questions=1),
    ]
    assert [(one.version, one.number, one.question_number) for one in taken] == [
        (1, 0, 0),
        (2, 1, 0),
        (3, 1, 1),
    ]


def test_another_towns_room_is_not_there(database, other_town, chat, room_of):
    room_id = room_of(chat).id
    with database.session(other_town.id) as elsewhere, pytest.raises(NotFound):
        rooms.advance(elsewhere, room_id)


def test_of_many_at_once_none_gets_the_same_number_and_none_is_skipped(database, town, chat, room_of):
    room_id, taken = room_of(chat).id, []

    def take():
        with database.session(town.id) as own:
            number = rooms.advance(own, room_id, messages=1).number
            own.commit()
        taken.append(number)

    people = [threading.Thread(target=take) for _ in range(20)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(taken) == list(range(1, 21))


def test_what_is_rolled_back_leaves_no_gap(database, town, chat, room_of):
    room_id = room_of(chat).id
    with database.session(town.id) as own:
        rooms.advance(own, room_id, messages=1)
        own.rollback()
        assert rooms.advance(own, room_id, messages=1).number == 1
