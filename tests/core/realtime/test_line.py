"""A line keeps the order with a peer that reads little by little, and gives up one that reads nothing."""

import socket
import struct
import time
from typing import Any

import gevent
import pytest

from baukasten.realtime import frames
from baukasten.realtime.line import MOST_BYTES, MOST_SECONDS, Line, Loss

SMALL = 4096
"""Bytes of buffer on each side, so that a few frames fill both."""


class Peer:
    """The other end, which reads only when asked to."""

    def __init__(self):
        mine, self.sock = socket.socketpair()
        for one in (mine, self.sock):
            one.settimeout(0)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        self.mine, self.read = mine, b""
        self.lost: list[Any] = []
        self.line = Line(mine, gevent.get_hub().loop, self.lost.append)

    def take(self, most=1_000_000):
        """Read what is there; false at the end of the stream."""
        try:
            data = self.sock.recv(most)
        except BlockingIOError:
            return True
        self.read += data
        return bool(data)

    def take_all(self):
        """Read until nothing waits at the other end, with the loop running in between."""
        while self.line.waiting:
            self.take()
            gevent.sleep(0)
        self.take()
        return self.read


@pytest.fixture
def peer():
    made = Peer()
    yield made
    made.line.end()
    made.mine.close()
    made.sock.close()


def numbered(count, size=500):
    """Give frames that differ, each of its own number again and again."""
    return [frames.frame(frames.TEXT, struct.pack(">I", at) * (size // 4)) for at in range(count)]


def test_what_fits_is_sent_at_once(peer):
    peer.line.send(b"one")
    peer.line.send(b"two")
    assert peer.line.waiting == 0
    peer.take()
    assert peer.read == b"onetwo"


def test_frames_stay_in_order_and_whole_behind_a_full_buffer(peer):
    sent = numbered(200)
    for one in sent:
        peer.line.send(one)
    assert peer.line.waiting > 0
    assert peer.take_all() == b"".join(sent)


def test_a_frame_sent_while_others_wait_waits_behind_them(peer):
    sent = numbered(100)
    for at, one in enumerate(sent):
        peer.line.send(one)
        if at % 3 == 0:
            # Room in the kernel's buffer again, before the loop had a turn to fill it.
            peer.take(1500)
    assert peer.take_all() == b"".join(sent)


def test_short_writes_of_a_byte_at_a_time_lose_nothing(peer):
    sent = [*numbered(30), frames.frame(frames.TEXT, b"x" * 70_000), *numbered(5)]
    for one in sent:
        peer.line.send(one)
    while peer.line.waiting:
        peer.take(777)
        gevent.sleep(0)
    assert peer.take_all() == b"".join(sent)


def test_pongs_and_farewells_wait_their_turn(peer):
    sent = [*numbered(60), frames.frame(frames.PONG, b"still here"), frames.close_frame(1000)]
    for one in sent:
        peer.line.send(one)
    peer.line.finish()
    assert peer.take_all() == b"".join(sent)
    gevent.sleep(0)
    assert not peer.take()


def test_after_the_farewell_nothing_is_taken(peer):
    peer.line.send(b"goodbye")
    peer.line.finish()
    peer.line.send(b"and another thing")
    peer.take()
    assert (peer.read, peer.take(), peer.lost) == (b"goodbye", False, [])


def test_no_watcher_stays_once_all_is_sent(peer):
    for one in numbered(60):
        peer.line.send(one)
    assert peer.line._watcher is not None
    peer.take_all()
    assert (peer.line._watcher, peer.line._queue) == (None, None)


def test_who_takes_nothing_is_lost_at_the_limit_of_bytes(peer):
    piece = b"x" * 10_000
    sent = 0
    while not peer.lost:
        peer.line.send(piece)
        sent += len(piece)
    # The kernel's two buffers take some too.
    assert MOST_BYTES < sent < MOST_BYTES + 64 * 1024
    assert (peer.lost, peer.line.over, peer.line.waiting) == ([Loss.SLOW], True, 0)
    peer.line.send(piece)
    assert peer.lost == [Loss.SLOW]


def test_one_frame_beyond_the_limit_is_sent_where_nothing_waits(peer):
    large = frames.frame(frames.TEXT, b"y" * (MOST_BYTES + 100_000))
    peer.line.send(large)
    assert peer.take_all() == large


def test_much_at_once_without_a_turn_for_the_loop_is_no_fault_of_the_peer(peer):
    sent = numbered(3 * MOST_BYTES // 500)
    for one in sent:
        peer.line.send(one)
        peer.take()
    assert (peer.take_all(), peer.lost) == (b"".join(sent), [])


def test_who_takes_nothing_for_long_is_lost(peer, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    for one in numbered(60):
        peer.line.send(one)
    assert peer.line.check(now + MOST_SECONDS)
    assert not peer.line.check(now + MOST_SECONDS + 1)
    assert peer.lost == [Loss.SLOW]


def test_who_takes_something_is_waited_for(peer, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    sent = numbered(400, 120)
    for one in sent:
        now[0] += 0.1
        peer.line.send(one)
        peer.take(200)
        gevent.sleep(0)
        assert peer.line.check(now[0])
    assert peer.take_all() == b"".join(sent)


def test_a_peer_that_is_gone_is_told_once(peer):
    peer.sock.close()
    for _ in range(3):
        peer.line.send(b"hello")
    assert (peer.lost, peer.line.over) == ([Loss.PEER], True)


def test_a_peer_that_goes_while_frames_wait_is_told_once(peer):
    for one in numbered(60):
        peer.line.send(one)
    peer.sock.close()
    gevent.sleep(0.01)
    peer.line.send(b"hello")
    assert (peer.lost, peer.line.waiting) == ([Loss.PEER], 0)


def test_an_end_while_frames_wait_leaves_nothing_behind(peer):
    for one in numbered(60):
        peer.line.send(one)
    peer.line.end()
    peer.line.end()
    gevent.sleep(0)
    peer.line.send(b"hello")
    assert (peer.line.waiting, peer.line._watcher, peer.lost) == (0, None, [])
