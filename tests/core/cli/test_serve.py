"""Pages and jobs run in processes of their own, whose log is one JSON object a line, ours alone in detail."""

import http.client
import json
import logging
import os
import smtplib
import subprocess
import sys
import time
from unittest.mock import ANY

import pytest
from sqlalchemy import text

from baukasten.cli.serve import log_lines
from baukasten.jobs.queue import enqueue
from baukasten.testing.wire import WireClient
from bench.load import free_port


@pytest.fixture
def _quiet_again():
    root, ours = logging.getLogger(), logging.getLogger("baukasten")
    before = (root.level, ours.level, list(root.handlers))
    yield
    root.handlers[:] = before[2]
    root.setLevel(before[0])
    ours.setLevel(before[1])


@pytest.mark.usefixtures("_quiet_again")
def test_lines_are_json_and_others_are_silent_below_warnings(capfd):
    # As in a fresh process; pytest has put its own handlers there.
    logging.getLogger().handlers[:] = []
    log_lines()
    logging.getLogger("baukasten.request").info("request", extra={"status": 200})
    logging.getLogger("some.library").info("job with somebody@post.example")
    logging.getLogger("some.library").warning("the queue is slow")
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert [(line["message"], line.get("status")) for line in lines] == [
        ("request", 200),
        ("the queue is slow", None),
    ]


@pytest.fixture
def process(database_urls, tmp_path):
    """Start a command in a process of its own on the tests' database; it must end well."""
    environ = {
        **os.environ,
        "BAUKASTEN_DATA": str(tmp_path),
        "BAUKASTEN_DATABASE_URL": database_urls.app,
        "BAUKASTEN_OPERATOR_DATABASE_URL": database_urls.operator,
    }
    started = []

    def start(*words):
        command = [sys.executable, "-m", "baukasten", *words]
        started.append(subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for one in started:
        one.terminate()
        said = one.communicate(timeout=60)[1]
        assert one.returncode == 0, said


def until(answer):
    """Ask until there is an answer, a minute and a half at most: processes start slowly on a busy machine."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if found := answer():
            return found
        time.sleep(0.05)
    raise TimeoutError


def test_pages_are_served_from_processes_of_their_own(process, town):
    port = free_port()
    process("serve", "pages", "--port", str(port), "--workers", "1")

    def ask():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/", headers={"Host": town.host})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except ConnectionError:
            return None
        finally:
            connection.close()

    status, page = until(ask)
    assert (status, town.name in page) == (200, True)


def test_a_worker_does_what_waits(process, database):
    with database.session(None) as session:
        # What other tests left would be done before it.
        session.execute(text("DELETE FROM jobs.procrastinate_jobs WHERE status = 'todo'"))
        job_id = enqueue(session, "identity.tidy", tenant_id=None)
        session.commit()

    def state():
        with database.operator_session() as session:
            asked = text("SELECT status::text FROM jobs.procrastinate_jobs WHERE id = :id")
            return session.execute(asked, {"id": job_id}).scalar_one_or_none() in (None, "succeeded")

    process("worker")
    assert until(state)


def test_letters_are_taken_in_a_process_of_its_own(process, town):
    port = free_port()
    process("serve", "mail", "--port", str(port))

    def greet():
        try:
            return smtplib.LMTP("127.0.0.1", port, local_hostname="mx.stadt.example", timeout=60)
        except ConnectionError:
            return None

    with until(greet) as server:
        server.ehlo_or_helo_if_needed()
        server.mail("anna@post.example")
        # Without a domain for answers nobody is known.
        assert server.rcpt(f"beteiligung@{town.host}")[0] == 550


def test_live_connections_are_served_in_a_process_of_their_own(process, town):
    port = free_port()
    process("serve", "live", "--port", str(port))

    def knock():
        try:
            return WireClient(port, town.host, headers={"Origin": f"https://{town.host}"})
        except ConnectionRefusedError:
            return None

    with until(knock) as client:
        assert client.join()
        assert client.call("call", "nothing", "here", {}) == {
            "ok": False,
            "code": "not-found",
            "message": ANY,
        }
    with pytest.raises(ConnectionError, match="400"):
        WireClient(port, town.host, headers={"Origin": "https://evil.example"})
    # Pages would hold up everybody's connections.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/", headers={"Host": town.host})
    assert connection.getresponse().status == 404
    connection.close()
