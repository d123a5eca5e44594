"""A message is made once for everybody in a room; people come, go and lag without anybody else noticing."""

import socket
from typing import Any

import gevent
import pytest
import socketio

from baukasten.realtime import frames
from baukasten.realtime.fanout import Fanout
from baukasten.realtime.line import MOST_BYTES, Line

HELLO = frames.text_frame('42["ring",{"n":1}]')


class Ear:
    """Takes what a line would send."""

    def __init__(self):
        self.heard = []

    def send(self, frame):
        self.heard.append(frame)


class House:
    """A fan-out with people whose ears are lists."""

    def __init__(self):
        self.ears: dict[str, Any] = {}
        self.parted: list[str] = []
        self.posted: list[tuple[str, str]] = []
        self.people = Fanout(self.ears.get, self.parted.append)
        self.server = socketio.Server(async_mode="threading", client_manager=self.people)
        self.server._send_eio_packet = lambda engine, packet: self.posted.append((engine, packet.encode()))

    def come(self, engine, *rooms, ear=None, namespace="/"):
        self.ears[engine] = ear or Ear()
        sid = self.people.pre_connect(engine, namespace)
        assert sid is not None
        self.people.connect(sid, namespace)
        for room in rooms:
            self.people.enter_room(sid, namespace, room)
        return sid

    def heard(self, engine):
        return self.ears[engine].heard

    def ring(self, **where):
        self.server.emit("ring", {"n": 1}, **where)


@pytest.fixture
def house():
    return House()


def test_all_in_a_room_get_the_same_frame_and_nobody_else(house):
    for engine in "abc":
        house.come(engine, "room")
    house.come("d", "other")
    house.ring(to="room")
    assert [house.heard(engine) for engine in "abcd"] == [[HELLO], [HELLO], [HELLO], []]
    # The very same object, not a copy for each.
    assert len({id(house.heard(engine)[0]) for engine in "abc"}) == 1


@pytest.mark.parametrize("length", [100, 125, 126, 300, 65_000, 65_536, 200_000])
def test_frames_of_every_length_are_whole(house, length):
    house.come("a", "room")
    house.server.emit("ring", "x" * length, to="room")
    text = f'42["ring","{"x" * length}"]'.encode()
    assert house.heard("a") == [frames.frame(frames.TEXT, text)]


def test_words_of_any_language_are_counted_in_bytes(house):
    house.come("a", "room")
    house.server.emit("ring", "Moin, Grüße, 日本語", to="room")
    (frame,) = house.heard("a")
    assert frame[1] == len(frame) - 2


def test_arguments_are_those_of_the_library(house):
    house.come("a", "room")
    for data in (None, (), (1, 2), [1, 2], "x"):
        house.server.emit("ring", data, to="room")
    texts = ['42["ring"]', '42["ring"]', '42["ring",1,2]', '42["ring",[1,2]]', '42["ring","x"]']
    assert house.heard("a") == [frames.text_frame(text) for text in texts]


def test_one_person_several_rooms_and_everybody(house):
    one = house.come("a", "red", "blue")
    house.come("b", "blue")
    house.come("c")
    house.ring(to=one)
    assert [len(house.heard(engine)) for engine in "abc"] == [1, 0, 0]
    house.ring(to=["red", "blue", "green"])
    assert [len(house.heard(engine)) for engine in "abc"] == [2, 1, 0]
    house.ring()
    assert [len(house.heard(engine)) for engine in "abc"] == [3, 2, 1]


def test_who_is_skipped_hears_nothing(house):
    one, two = house.come("a", "room"), house.come("b", "room")
    house.come("c", "room")
    house.ring(to="room", skip_sid=one)
    house.ring(to="room", skip_sid=[one, two])
    assert [len(house.heard(engine)) for engine in "abc"] == [0, 1, 2]


def test_a_question_has_a_number_of_its_own_for_each(house):
    one = house.come("a", "room")
    answers: list[str] = []
    sent = []
    house.server._send_packet = lambda engine, packet: sent.append((engine, packet.encode()))
    house.ring(to=one, callback=answers.append)
    house.ring(to=one, callback=answers.append)
    assert sent == [("a", '421["ring",{"n":1}]'[1:]), ("a", '422["ring",{"n":1}]'[1:])]
    house.people.trigger_callback(one, 2, ["yes"])
    assert answers == ["yes"]


def test_bytes_follow_their_message(house):
    house.come("a", "room")
    house.server.emit("ring", b"\x00\x01", to="room")
    first = frames.text_frame('451-["ring",{"_placeholder":true,"num":0}]')
    assert house.heard("a") == [first + frames.frame(frames.BINARY, b"\x00\x01")]


def test_other_kinds_of_sockets_get_packets(house):
    house.come("a", "room")
    del house.ears["a"]
    house.ring(to="room")
    assert house.posted == [("a", '42["ring",{"n":1}]')]


def test_a_room_begins_with_the_first_and_ends_with_the_last(house):
    one, two = house.come("a", "room"), house.come("b", "room", "room")
    assert (house.people.count("room"), house.people.occupied()) == (2, ["room"])
    house.people.leave_room(one, "/", "room")
    house.people.leave_room(one, "/", "room")
    assert (house.people.count("room"), house.people.get_rooms(one, "/")) == (1, [one])
    house.people.disconnect(two, "/")
    assert (house.people.count("room"), house.people.occupied()) == (0, [])
    house.ring(to="room")
    assert [house.heard(engine) for engine in "ab"] == [[], []]


def test_who_leaves_between_two_messages_hears_the_first_alone(house):
    one = house.come("a", "room")
    house.come("b", "room")
    house.ring(to="room")
    house.people.leave_room(one, "/", "room")
    house.come("c", "room")
    house.ring(to="room")
    assert [len(house.heard(engine)) for engine in "abc"] == [1, 2, 1]


def test_who_comes_or_goes_in_the_middle_of_a_message_disturbs_nobody(house):
    sids: dict[str, str] = {}

    class Restless(Ear):
        """Somebody whose line breaks while a message is handed round; others come and go because of it."""

        def send(self, frame):
            super().send(frame)
            house.people.disconnect(sids["b"], "/")
            house.people.disconnect(sids["c"], "/")
            house.people.close_room("room", "/")
            house.come("e", "room")

    for engine in "abcd":
        sids[engine] = house.come(engine, "room", ear=Restless() if engine == "b" else None)
    house.ring(to="room")
    assert [len(house.heard(engine)) for engine in "abcde"] == [1, 1, 1, 1, 0]
    assert house.people.count("room") == 1
    assert house.parted == ["b", "c"]


def test_the_gone_enter_nothing(house):
    one = house.come("a", "room")
    house.people.pre_disconnect(one, "/")
    house.people.enter_room(one, "/", "other")
    house.people.disconnect(one, "/")
    house.people.enter_room(one, "/", "room")
    house.people.enter_room("nobody", "/", "room")
    house.people.leave_room("nobody", "/", "room")
    assert (house.people.occupied(), house.people.get_rooms(one, "/")) == ([], [])


def test_nobody_enters_what_is_somebodys_own(house):
    one, two = house.come("a"), house.come("b")
    with pytest.raises(ValueError, match="one person"):
        house.people.enter_room(two, "/", one)


def test_coming_in_has_three_steps(house):
    people = house.people
    sid = people.pre_connect("a", "/")
    assert (people.is_pre_connected(sid, "/"), people.is_connected(sid, "/"), people.knows("a")) == (
        True,
        False,
        False,
    )
    assert people.pre_connect("a", "/") is None
    people.connect(sid, "/")
    assert (people.is_pre_connected(sid, "/"), people.is_connected(sid, "/"), people.knows("a")) == (
        False,
        True,
        True,
    )
    assert people.pre_disconnect(sid, "/") == "a"
    assert (people.is_connected(sid, "/"), people.eio_sid_from_sid(sid, "/")) == (False, "a")
    people.disconnect(sid, "/")
    people.disconnect(sid, "/")
    assert (people.get_namespaces(), people.sid_from_eio_sid("a", "/"), house.parted) == ([], None, ["a"])


def test_a_socket_parts_with_its_last_namespace(house):
    one, two = house.come("a"), house.come("a", namespace="/two")
    house.people.disconnect(one, "/")
    assert house.parted == []
    house.people.disconnect(two, "/two")
    assert house.parted == ["a"]


def test_who_went_before_being_let_in_is_forgotten(house):
    sid = house.people.pre_connect("a", "/")
    house.people.enter_room(sid, "/", "room")
    house.people.forget("a")
    house.people.forget("a")
    assert (house.people.get_namespaces(), house.parted) == ([], ["a"])


def test_one_slow_and_one_gone_leave_the_order_of_the_others(house):
    pairs = {engine: socket.socketpair() for engine in "abcd"}
    lost: list[tuple[str, str]] = []

    def losing(engine):
        return lambda loss: lost.append((engine, str(loss)))

    for engine, (mine, theirs) in pairs.items():
        mine.settimeout(0)
        theirs.settimeout(0)
        mine.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        line = Line(mine, gevent.get_hub().loop, losing(engine))
        house.come(engine, "room", ear=line)
    pairs["c"][1].close()
    heard = {"a": b"", "b": b""}
    words = "x" * 700
    count = MOST_BYTES // 700 + 40
    for number in range(count):
        house.server.emit("ring", [number, words], to="room")
        gevent.sleep(0)
        for engine in heard:
            heard[engine] += pairs[engine][1].recv(100_000)
    everything = b"".join(frames.text_frame(f'42["ring",[{number},"{words}"]]') for number in range(count))
    assert (heard["a"], heard["b"]) == (everything, everything)
    assert lost == [("c", "the peer is gone"), ("d", "the peer is slow")]
    # What the slow one got is in order and without a gap, as far as it goes.
    got = pairs["d"][1].recv(1_000_000)
    assert got
    assert everything.startswith(got)
    for engine, pair in pairs.items():
        house.ears[engine].end()
        for one in pair:
            one.close()
