"""The live process as a whole: many real sockets, one of them slow, ports, and a stop in good order."""

import resource
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from baukasten.realtime import frames
from baukasten.realtime.line import MOST_BYTES
from baukasten.realtime.serving import IDLE_SECONDS, listen, raise_limit
from baukasten.testing.wire import WireClient

PATIENCE = 60
PEOPLE, ROUNDS, SIZE = 50, 80, 8000


@pytest.fixture
def crowd():
    """Run a live process; gives its port and the process."""
    words = [sys.executable, str(Path(__file__).with_name("crowd.py"))]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.terminate()
            said, complained = process.communicate(timeout=PATIENCE)
            assert (process.returncode, said, complained) == (0, "stopped\n", "")


def test_fifty_hear_all_in_order_and_the_slow_one_is_dropped_alone(crowd):
    port, _process = crowd
    with ExitStack() as stack:
        people = [stack.enter_context(WireClient(port)) for _ in range(PEOPLE - 1)]
        slow = stack.enter_context(WireClient(port, buffer=4096))
        for one in [*people, slow]:
            one.join()
        counts = []
        for number in range(ROUNDS):
            speaker = people[number % len(people)]
            speaker.say(f'42{number}["call",{number},{SIZE}]')
            for one in people:
                assert one.event() == ["ring", [number, "x" * SIZE]]
            acknowledged = speaker.text()
            assert acknowledged.startswith(f"43{number}[")
            counts.append(int(acknowledged[len(f"43{number}[") : -1]))
        assert ROUNDS * SIZE > MOST_BYTES
        assert (counts[0], counts[-1]) == (PEOPLE, PEOPLE - 1)
        assert counts == sorted(counts, reverse=True)
        # What the slow one still finds is the beginning, in order; then the line is cut.
        for number, text in enumerate(texts_until_the_end(slow)):
            assert text.startswith(f'42["ring",[{number},')
        # It comes back, and is one of them again.
        with WireClient(port) as again:
            again.join()
            people[0].say('42["call","again"]')
            assert again.event() == ["ring", ["again", ""]]


def texts_until_the_end(client):
    while True:
        try:
            yield client.text()
        except ConnectionError:
            return


def test_a_herd_of_hundreds_is_let_in_without_a_refusal(crowd):
    port, _process = crowd
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(300)]
        for one in sockets:
            # All knock before the first is answered.
            one.settimeout(PATIENCE)
            one.connect(("127.0.0.1", port))
        request = (
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        for one in sockets:
            one.sendall(request.encode())
        answers = {one.recv(12) for one in sockets}
    assert answers == {b"HTTP/1.1 101"}


def test_a_stop_says_goodbye_and_ends_soon(crowd):
    port, process = crowd
    with WireClient(port) as client:
        client.join()
        begun = time.monotonic()
        process.terminate()
        assert client.frame() == (frames.CLOSE, frames.GOING_AWAY.to_bytes(2, "big"))
    process.wait(PATIENCE)
    assert time.monotonic() - begun < IDLE_SECONDS - 5


def test_who_says_nothing_delays_a_stop_by_little(crowd):
    port, process = crowd
    with socket.create_connection(("127.0.0.1", port)), WireClient(port) as deaf:
        deaf.join()
        begun = time.monotonic()
        process.terminate()
        process.wait(PATIENCE)
        assert time.monotonic() - begun < IDLE_SECONDS - 5


def test_a_taken_port_is_refused_and_left_as_it_was():
    with listen(("127.0.0.1", 0)) as door:
        with pytest.raises(OSError, match="in use"):
            listen(door.getsockname())
        knocks = [socket.create_connection(door.getsockname()) for _ in range(200)]
        for one in knocks:
            one.close()


def test_as_many_descriptors_as_the_system_gives():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(256, before[1]), before[1]))
        raise_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
