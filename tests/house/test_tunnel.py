"""Trains in tunnels: whoever loses the network, and whatever is killed meanwhile, all hear the same in the end."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import threading
import time

import psycopg
import pytest

from baukasten.db import embedded
from baukasten.testing.wire import WireClient
from bench.load import free_port
from tests.house import tunnel as tunnels
from tests.house.tunnel import HOST, ORIGIN, Listener

SECONDS, RATE, MOST = 600, 5, 4_000
"""How long the full storm lasts, how many sentences a second are said in it, and how many at most in any test."""


def speak(tunnel, *, every, until):
    """Say one sentence after another at an even rate until something has happened."""
    begun, before = time.monotonic(), tunnel.said
    while not until():
        assert tunnel.said < MOST, "it never happened"
        tunnel.say(tunnel.said + 1)
        tunnel.said += 1
        time.sleep(max(0.0, begun + (tunnel.said - before) * every - time.monotonic()))


def finish(tunnel):
    """Tell the listeners what there is to hear."""
    version, complete = 0, False
    while not complete:
        told = tunnel.get(f"seit/{version}")
        version, complete = told["version"], told["complete"]
    tunnel.version = version


def herd(tunnel, size):
    """Let so many come at once and stay until all are in the room; gives who was turned away, and the seconds."""
    arrived, errors = threading.Semaphore(0), list[str]()

    def come():
        try:
            with WireClient(tunnel.live.port, HOST, headers=ORIGIN) as wire:
                wire.join()
                entered = wire.call("enter", "chat", tunnel.room_id)
                if not entered["ok"]:
                    errors.append(entered["code"])
                arrived.release()
                stay.wait()
        except OSError as error:
            errors.append(repr(error))
            arrived.release()

    stay, begun = threading.Event(), time.monotonic()
    people = [threading.Thread(target=come, daemon=True) for _ in range(size)]
    for person in people:
        person.start()
    for _ in people:
        arrived.acquire()
    took = time.monotonic() - begun
    stay.set()
    return errors, took


def test_all_hear_the_same_after_outages_and_a_kill(server, tmp_path):
    with tunnels.fresh(server, "tunnel", tmp_path) as tunnel:
        listeners = [Listener(tunnel, seed, (0.05, 0.3), 0.4) for seed in range(8)]
        for one in listeners:
            one.start()
        speak(tunnel, every=0.02, until=lambda: all(one.outages for one in listeners))
        tunnel.live.kill()
        unheard = tunnel.said + 10
        speak(tunnel, every=0.0, until=lambda: tunnel.said >= unheard)
        tunnel.live.again()
        speak(tunnel, every=0.02, until=lambda: all(one.outages > 1 for one in listeners))
        finish(tunnel)
        tunnels.identical(tunnel, listeners)
    assert tunnel.refused == []


def test_a_herd_comes_back_after_a_restart(server, tmp_path):
    with tunnels.fresh(server, "herd", tmp_path) as tunnel:
        assert herd(tunnel, 60)[0] == []
        tunnel.live.kill()
        tunnel.live.again()
        assert herd(tunnel, 60)[0] == []


@pytest.mark.soak
def test_a_herd_of_a_thousand_comes_back_within_five_seconds(server, tmp_path):
    with tunnels.fresh(server, "herd", tmp_path) as tunnel:
        before, _took = herd(tunnel, 1_000)
        tunnel.live.kill()
        tunnel.live.again()
        after, took = herd(tunnel, 1_000)
    print(f"a thousand were back after {took:.1f} s")  # noqa: T201 - a soak says what it saw
    assert (before, after) == ([], [])
    assert took < 5.0


@pytest.fixture
def redis():
    """A Redis server of our own; gives its address and the process."""
    command = shutil.which("redis-server")
    if command is None:
        pytest.skip("no redis-server on this machine")
    port = free_port()
    started = subprocess.Popen(
        [command, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0", started
    started.kill()
    started.wait()


@pytest.mark.soak
@pytest.mark.parametrize("bus", ["postgresql", "redis"])
def test_two_hundred_lose_the_network_for_ten_minutes(tmp_path, bus, request):
    """The live process is killed twice, PostgreSQL crashes and restarts once, Redis stands still for half a minute."""
    live_url, broker = request.getfixturevalue("redis") if bus == "redis" else ("", None)
    with (
        embedded.running(tmp_path / "server") as server,
        tunnels.fresh(server, "tunnel", tmp_path / "data", live_url) as tunnel,
    ):
        listeners = [Listener(tunnel, seed, (1.0, 120.0), 45.0) for seed in range(200)]
        for one in listeners:
            one.start()
        all_of_it = {"every": 1 / RATE, "until": lambda: tunnel.said >= SECONDS * RATE}
        speaking = threading.Thread(target=speak, args=(tunnel,), kwargs=all_of_it)
        speaking.start()
        chance = random.Random(7)  # noqa: S311 - moments that can be had again, not secrets
        for what in ("live", "database", "live", "redis"):
            time.sleep(SECONDS / 6 + chance.uniform(0, 10))
            assert speaking.is_alive(), "all was said before it was disturbed"
            disturb(what, tunnel, server, broker)
        speaking.join()
        finish(tunnel)
        tunnels.identical(tunnel, listeners)
    assert sum(one.outages for one in listeners) > SECONDS
    assert tunnel.refused == []


def crash(server):
    """Let PostgreSQL lose a process, upon which it throws everybody out and begins anew from its log."""
    address = server.url("postgres", "postgres").replace("+psycopg", "")
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(address) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        os.kill(row[0], signal.SIGKILL)


def disturb(what, tunnel, server, broker):
    if what == "live":
        tunnel.live.kill()
        time.sleep(2)
        tunnel.live.again()
    elif what == "database":
        crash(server)
    elif broker is not None:
        broker.send_signal(signal.SIGSTOP)
        time.sleep(30)
        broker.send_signal(signal.SIGCONT)
