"""The command as a whole: it serves, comes back with its data in a moment, and leaves nothing behind."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest

from baukasten.config import ConfigError
from baukasten.db import embedded, embedded_process
from baukasten.db.embedded_files import home_of
from baukasten.demo import serving

PATIENCE = 90
BACK_AGAIN = 20
"""Seconds; on a quiet machine it is one or two, but the tests share theirs."""


def test_a_port_that_is_taken_is_refused_and_the_next_free_one_found():
    port, sockets = serving.listen(0)
    try:
        assert {door.getsockname()[:2] for door in sockets} <= {("127.0.0.1", port), ("::1", port)}
        with pytest.raises(ConfigError, match=f"port {port} is in use"):
            serving.listen(port)
    finally:
        for door in sockets:
            door.close()
    found, others = serving.listen(None)
    assert serving.FIRST_PORT <= found < serving.PAST_LAST_PORT
    for door in others:
        door.close()


@contextmanager
def demo(folder, *options):
    """Run the demo until the block ends, then stop it as Ctrl-C does."""
    words = [sys.executable, "-m", "baukasten", "demo", "--data", str(folder), "--port", "0", *options]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield process, read_until_ready(process)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=PATIENCE)


def read_until_ready(process):
    said: list[str] = []
    while not said or "Password for all" not in said[-1]:
        line = process.stdout.readline()
        assert line, "".join(said)
        said.append(line)
    return "".join(said)


def get(port, host, path="/"):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def found(pattern, said):
    match = re.search(pattern, said)
    assert match
    return match[1]


def port_in(said):
    return int(found(r"http://demo\.localhost:(\d+)/", said))


def database_of(folder):
    """Find the embedded server that runs for a demo, if one does."""
    return embedded_process.find(home_of(folder / "postgres"))


@pytest.fixture
def folder(tmp_path):
    """Give a folder for a demo, whose database goes with it."""
    yield tmp_path / "demo"
    embedded.remove(tmp_path / "demo" / "postgres")


def test_the_demo_serves_stops_cleanly_and_comes_back_with_its_data(folder):
    with demo(folder) as (process, said):
        port = port_in(said)
        for host, name in (("kranichsiel", "Alten"), ("dreibirken", "Sieben"), ("turmstedt", "Altstadt")):
            status, page = get(port, f"{host}.localhost")
            assert (status, name in page) == (200, True)
        assert get(port, "demo.localhost", "/demo/")[0] == 200
        password = found(r"Password for all: (\S+)", said)
        assert password in get(port, "demo.localhost", "/demo/")[1]
        second = subprocess.run(
            [sys.executable, "-m", "baukasten", "demo", "--data", str(folder)],
            capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        assert (second.returncode, "already runs" in second.stderr) == (1, True)
        assert database_of(folder) is not None
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=PATIENCE)[0]
    assert (process.returncode, "its data stay" in rest) == (0, True)
    assert "Traceback" not in said + rest
    with closing(socket.socket()) as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
    assert database_of(folder) is None
    begun = time.monotonic()
    with demo(folder) as (process, said):
        took = time.monotonic() - begun
        assert password in said
        assert "moves in" not in said
        # As a power cut would: nobody says goodbye.
        process.kill()
        process.communicate(timeout=PATIENCE)
    assert took < BACK_AGAIN
    with demo(folder) as (process, said):
        assert get(port_in(said), "kranichsiel.localhost", "/beteiligung/alter-torfhafen/ideen/")[0] == 200
    assert process.returncode == 0
    with demo(folder, "--fresh") as (process, said):
        assert password not in said
        assert said.count("moves in") == 3
    assert process.returncode == 0
