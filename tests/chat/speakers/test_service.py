"""People ask for the floor once at a time; those who speak for the first time come first; the server keeps the time."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from baukasten import clock
from baukasten.audit.models import AuditEntry
from baukasten.errors import Closed, Conflict, Denied, Invalid, NotFound
from baukasten_chat import rooms
from baukasten_chat.hours import facts
from baukasten_chat.hours import service as hours
from baukasten_chat.keys import SpeakerState
from baukasten_chat.models import Speaker
from baukasten_chat.speakers import lists, service
from tests.chat.conftest import open_chat

SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def cara(new_member):
    return new_member(name="Cara Kai")


def test_who_asks_first_speaks_first(session, hall, anna, ben, queue):
    service.join(session, anna, hall)
    service.join(session, ben, hall)
    assert queue() == ["Anna Torf", "Ben Hafen"]


def test_who_has_not_spoken_yet_comes_before_who_has(session, hall, anna, ben, cara, spoke, queue):
    spoke(anna, ben)
    for member in (anna, ben, cara):
        service.join(session, member, hall)
    assert queue() == ["Cara Kai", "Anna Torf", "Ben Hafen"]


def test_newcomers_stand_behind_newcomers(session, hall, anna, ben, cara, spoke, queue):
    spoke(anna)
    for member in (ben, anna, cara):
        service.join(session, member, hall)
    assert queue() == ["Ben Hafen", "Cara Kai", "Anna Torf"]


def test_who_left_while_waiting_has_not_spoken(session, hall, anna):
    service.join(session, anna, hall)
    service.leave(session, anna, hall)
    room = rooms.of_module(session, hall)
    assert lists.is_first(session, room.id, anna.id, "") is True


def test_one_asks_once_at_a_time(session, hall, anna):
    service.join(session, anna, hall)
    with pytest.raises(Conflict):
        service.join(session, anna, hall)


def test_of_two_forms_sent_at_once_one_counts(database, town, hall, anna):
    found: list[int | None] = []

    def ask():
        with database.session(town.id) as own:
            try:
                found.append(service.join(own, anna, hall))
                own.commit()
            except Conflict:
                found.append(None)

    people = [threading.Thread(target=ask) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sum(one is None for one in found) == 1


def test_one_steps_back_and_may_come_again(session, hall, anna, queue):
    service.join(session, anna, hall)
    service.leave(session, anna, hall)
    assert queue() == []
    service.join(session, anna, hall)
    assert queue() == ["Anna Torf"]


def test_who_is_not_on_the_list_cannot_leave_it(session, hall, anna):
    with pytest.raises(NotFound):
        service.leave(session, anna, hall)


def test_the_server_keeps_the_time_through_pauses(session, hall, anna, moderator, floor):
    service.join(session, anna, hall)
    service.call(session, moderator, hall)
    clock.forward(50 * SECOND)
    service.pause(session, moderator, hall)
    clock.forward(100 * SECOND)
    service.resume(session, moderator, hall)
    clock.forward(15 * SECOND)
    assert lists.spoken(floor(), clock.now()) == 65
    service.finish(session, moderator, hall)
    row = session.execute(select(Speaker.state, Speaker.seconds, Speaker.since)).one()
    assert row == (SpeakerState.DONE, 65, None)


def test_the_next_one_takes_the_floor_from_who_spoke(session, hall, anna, ben, moderator, floor, queue):
    service.join(session, anna, hall)
    service.join(session, ben, hall)
    service.call(session, moderator, hall)
    clock.forward(20 * SECOND)
    service.call(session, moderator, hall)
    assert (floor().shown, queue()) == ("Ben Hafen", [])
    states = dict(session.execute(select(Speaker.member_id, Speaker.seconds)).all())
    assert states == {anna.id: 20, ben.id: 0}


def test_who_speaks_gives_the_floor_back_by_leaving(session, hall, anna, moderator, floor):
    service.join(session, anna, hall)
    service.call(session, moderator, hall)
    clock.forward(5 * SECOND)
    service.leave(session, anna, hall)
    assert floor() is None
    assert session.execute(select(Speaker.state, Speaker.seconds)).one() == (SpeakerState.DONE, 5)


def test_staff_changes_the_order_and_calls_out_of_turn(
    session, hall, anna, ben, cara, moderator, queue, floor
):
    ids = [service.join(session, member, hall) for member in (anna, ben, cara)]
    service.move(session, moderator, hall, ids[2], up=True)
    moved = queue()
    service.move(session, moderator, hall, ids[0], up=False)
    service.move(session, moderator, hall, ids[1], up=False)
    assert (moved, queue()) == (
        ["Anna Torf", "Cara Kai", "Ben Hafen"],
        ["Cara Kai", "Anna Torf", "Ben Hafen"],
    )
    service.call(session, moderator, hall, ids[1])
    assert floor().shown == "Ben Hafen"


def test_people_in_the_hall_are_put_on_the_list_by_name(session, hall, anna, moderator, queue):
    service.join(session, anna, hall)
    service.add(session, moderator, hall, "  Frau   Müller ")
    assert queue() == ["Anna Torf", "Frau Müller"]


def test_in_the_hall_too_first_timers_are_known_by_name(session, hall, moderator, queue):
    service.add(session, moderator, hall, "Frau Müller")
    service.call(session, moderator, hall)
    service.finish(session, moderator, hall)
    service.add(session, moderator, hall, "Frau Müller")
    service.add(session, moderator, hall, "Herr Siel")
    assert queue() == ["Herr Siel", "Frau Müller"]


def test_staff_strikes_and_closes_the_list(session, hall, anna, ben, moderator, queue):
    struck = service.join(session, anna, hall)
    service.strike(session, moderator, hall, struck)
    service.close(session, moderator, hall, closed=True)
    with pytest.raises(Closed) as refused:
        service.join(session, ben, hall)
    assert (queue(), refused.value.reason) == ([], "The list is closed.")
    service.close(session, moderator, hall, closed=False)
    service.join(session, ben, hall)
    assert queue() == ["Ben Hafen"]


def test_only_those_who_lead_the_room_lead_the_list(session, hall, anna, ben):
    speaker_id = service.join(session, anna, hall)
    deeds = [
        lambda: service.add(session, ben, hall, "Frau Müller"),
        lambda: service.call(session, ben, hall),
        lambda: service.pause(session, ben, hall),
        lambda: service.resume(session, ben, hall),
        lambda: service.finish(session, ben, hall),
        lambda: service.move(session, ben, hall, speaker_id, up=True),
        lambda: service.strike(session, ben, hall, speaker_id),
        lambda: service.close(session, ben, hall, closed=True),
    ]
    refused = 0
    for deed in deeds:
        with pytest.raises(Denied):
            deed()
        refused += 1
    assert refused == 8


@pytest.mark.parametrize("deed", [service.call, service.pause, service.resume, service.finish])
def test_where_nobody_is_nothing_happens(session, hall, moderator, deed):
    with pytest.raises(Conflict):
        deed(session, moderator, hall)


def test_whoever_is_not_on_this_list_is_not_there(session, hall, moderator):
    with pytest.raises(NotFound):
        service.strike(session, moderator, hall, 4_711)


@pytest.mark.parametrize(("name", "field"), [("   ", "name"), ("x" * 81, "name")])
def test_a_name_must_be_one(session, hall, moderator, name, field):
    with pytest.raises(Invalid) as wrong:
        service.add(session, moderator, hall, name)
    assert list(wrong.value.errors) == [field]


def test_outside_of_the_hours_nobody_joins(session, hall, anna, moderator):
    hours.close(session, moderator, hall)
    with pytest.raises(Closed):
        service.join(session, anna, hall)


@pytest.mark.parametrize(
    ("chosen", "possible"),
    [
        ({"form": "consultation"}, True),
        ({"form": "open"}, False),
        ({"form": "questions"}, False),
        ({"form": "questions", "speakers": "also_questions"}, True),
        ({"form": "consultation", "speakers": "never"}, False),
    ],
)
def test_the_town_says_where_people_ask_for_the_floor(
    session, evening, database, town, anna, chosen, possible
):
    module = open_chat(database, town, **chosen)
    if possible:
        assert service.join(session, anna, module) > 0
    else:
        with pytest.raises(Closed):
            service.join(session, anna, module)


def test_each_change_is_a_version_and_another_mark(session, hall, anna, moderator):
    def state():
        room = rooms.of_module(session, hall)
        return room.version, facts.room_facts(session, hall, room)["speakers"]

    seen = [state()]
    service.join(session, anna, hall)
    seen.append(state())
    service.call(session, moderator, hall)
    seen.append(state())
    service.finish(session, moderator, hall)
    seen.append(state())
    assert [version for version, _mark in seen] == [0, 1, 2, 3]
    marks = [mark for _version, mark in seen]
    assert (marks[0], marks[3], len(set(marks))) == ("", "", 3)


def test_what_staff_does_stands_in_the_log(session, hall, anna, moderator):
    speaker_id = service.join(session, anna, hall)
    service.strike(session, moderator, hall, speaker_id)
    assert (
        session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()[-1] == "chat.speaker.strike"
    )
