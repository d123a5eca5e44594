"""Counts travel between processes, expire, and are told with the room's state."""

import dataclasses

import pytest

from baukasten.app import create_app, end
from baukasten.realtime import beat as beats
from baukasten.realtime import presence
from baukasten.realtime.bell import ring
from baukasten.realtime.bus import LONGEST, Follower, LocalBus
from baukasten.realtime.exchange import people_in
from baukasten.realtime.presence import Presence
from tests.core.realtime.murmur import WISHES, enter, received

ROOM = "t1:chat:7"


@pytest.fixture
def hands(monkeypatch):
    """Give hands of a clock to turn."""
    now = [1_000.0]
    monkeypatch.setattr("baukasten.realtime.presence.time.monotonic", lambda: now[0])
    return now


def test_counts_of_all_processes_add_up_and_expire(hands):
    bus = LocalBus()
    first, second, pages = Presence(bus), Presence(bus), Presence(bus)
    assert pages.people_in(ROOM) == 0
    first.announce("one", {ROOM: 12, "t2:chat:7": 1})
    second.announce("two", {ROOM: 30})
    assert pages.people_in(ROOM) == 42
    assert pages.people_in(ROOM, but="two") == 12
    second.announce("two", {ROOM: 0})
    assert pages.people_in(ROOM) == 12
    hands[0] += presence.EXPIRE_SECONDS
    assert pages.people_in(ROOM) == 0
    pages.tidy()
    assert pages._counts == {}


def test_many_rooms_are_announced_in_pieces_that_fit(hands):
    bus = LocalBus()
    news: list[str] = []
    bus.follow(presence.TOPIC, Follower(news.append, lambda: None))
    heard = Presence(bus)
    heard.listen()
    Presence(bus).announce("one", {f"t1:chat:{number}": number for number in range(1, 2_001)})
    assert len(news) > 1
    assert max(len(one.encode()) for one in news) <= LONGEST
    assert [heard.people_in(f"t1:chat:{number}") for number in (1, 999, 2_000)] == [1, 999, 2_000]


def test_a_process_hears_nothing_before_it_is_asked(hands):
    bus = LocalBus()
    idle = Presence(bus)
    Presence(bus).announce("one", {ROOM: 12})
    assert idle._counts == {}


def test_a_person_counts_once_and_a_guest_by_socket(connect, put, dispatcher, murmuring, town, new_member):
    module, member = put(slug="here"), new_member()
    clients = [connect(member), connect(member), connect(), connect()]
    for client in clients:
        enter(client, module.id)
    with murmuring.session(town.id) as session:
        assert people_in(session, "murmur", module.id) == 0
    dispatcher.beat.once(0.0)
    with murmuring.session(town.id) as session:
        assert people_in(session, "murmur", module.id) == 3
    for client, left in zip(clients, (3, 2, 1, 0), strict=True):
        client.emit("leave", "murmur", module.id, callback=True)
        dispatcher.beat.once(0.0)
        with murmuring.session(town.id) as session:
            assert people_in(session, "murmur", module.id) == left


def test_two_processes_count_together_and_know_when_one_ends(
    live, dispatcher, connect, put, murmuring, base_config, town, new_member
):
    module = put(slug="here")
    other = create_app(base_config, dataclasses.replace(murmuring, on_written=[]), live=True)
    far = other.extensions["baukasten.live"]
    far.beat.listen()
    WISHES.capacity[module.id] = 2
    enter(connect(), module.id)
    dispatcher.beat.once(0.0)
    headers = {"Host": town.host, "Origin": f"https://{town.host}"}
    client = far.socketio.test_client(other, headers=headers)
    assert enter(client, module.id)["count"] == 2
    late = far.socketio.test_client(other, headers=headers)
    assert enter(late, module.id) == {"ok": False, "code": "full"}
    far.beat.once(0.0)
    dispatcher.beat.tick()
    end(other)
    with murmuring.session(town.id) as session:
        assert people_in(session, "murmur", module.id) == 1


def test_a_tick_tells_count_and_state_to_each_room(connect, put, dispatcher, other_town):
    here, there = put(slug="here"), put(other_town, slug="there")
    WISHES.state[here.id], WISHES.state[there.id] = 7, 8
    first, second, outside = connect(), connect(where=other_town), connect()
    enter(first, here.id)
    enter(second, there.id)
    WISHES.state[here.id] = 9
    dispatcher.beat.tick()
    assert received(first, "tick") == [{"kind": "murmur", "id": here.id, "count": 1, "state": {"version": 9}}]
    assert received(second, "tick") == [
        {"kind": "murmur", "id": there.id, "count": 1, "state": {"version": 8}}
    ]
    assert received(outside, "tick") == []


def test_ticks_come_every_quarter_of_a_minute_and_after_news_were_missed(connect, put, dispatcher):
    client = connect()
    enter(client, put(slug="here").id)
    begun = dispatcher.beat._ticked_at
    ticks = []
    for seconds in (1, 14, 15, 16, 29, 30):
        dispatcher.beat.once(begun + seconds)
        ticks.append(len(received(client, "tick")))
    assert ticks == [0, 0, 1, 0, 0, 1]
    assert beats.TICK_SECONDS == 15
    dispatcher.beat.tick_soon()
    dispatcher.beat.once(begun + 31)
    assert len(received(client, "tick")) == 1


def test_the_state_is_asked_once_for_a_crowd_and_anew_after_a_ring(
    connect, put, statements, murmuring, town, monkeypatch
):
    module = put(slug="here")
    WISHES.state[module.id] = 1
    assert enter(connect(), module.id)["data"] == {"version": 1}
    WISHES.state[module.id] = 2
    assert enter(connect(), module.id)["data"] == {"version": 1}
    from_now_on = connect()
    with murmuring.session(town.id) as session:
        ring(session, "murmur", module.id, {})
        session.commit()
    assert enter(from_now_on, module.id)["data"] == {"version": 2}


def test_an_accident_of_one_room_does_not_silence_the_others(connect, put, dispatcher, caplog):
    here, there = put(slug="here"), put(slug="there")
    client = connect()
    enter(client, here.id)
    enter(client, there.id)
    WISHES.state[here.id] = {"no JSON"}  # type: ignore[assignment]
    dispatcher.beat.tick()
    told = {one["id"]: one["state"] for one in received(client, "tick")}
    assert told == {here.id: {}, there.id: {"version": 0}}
    assert "murmur" in caplog.text
