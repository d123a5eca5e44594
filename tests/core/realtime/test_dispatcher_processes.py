"""Two live processes behind a proxy without sticky sessions, and pages with the official client."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import baukasten
from baukasten import house
from baukasten.realtime import exchange
from baukasten.realtime.bell import ring
from baukasten.testing.wire import WireClient
from baukasten.web.assets.build import node_command
from tests.core.realtime.murmur import contract
from tests.house.tree import ROOT

HERE = Path(__file__).parent
CORE = Path(baukasten.__file__).parent
MODULES = CORE / "web" / "assets" / "node_modules"
SCRIPT = CORE / "static" / "js" / "live.js"
PEOPLE = 10


class Speaker:
    """A command that answers each line with one."""

    def __init__(self, *command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ
        )
        self.to, self.of = self.process.stdin, self.process.stdout

    def read(self):
        line = self.of.readline() if self.of else ""
        assert line, "the command ended"
        return json.loads(line)

    def ask(self, verb, **values):
        if self.to:
            self.to.write(json.dumps({"verb": verb, **values}) + "\n")
            self.to.flush()
        return self.read()

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def start(database_urls, base_config, tmp_path_factory):
    """Run live processes on the database; each with its port."""
    started = []
    told = {
        "data": str(tmp_path_factory.mktemp("live")),
        "secret": base_config.secret_key,
        "live_url": "",
        "database": dataclasses.asdict(database_urls),
    }

    def do(count):
        made = [
            Speaker(sys.executable, "-m", "tests.core.realtime.process", json.dumps(told))
            for _ in range(count)
        ]
        started.extend(made)
        return [(one, one.read()) for one in made]

    yield do
    for one in started:
        one.end()


@pytest.fixture(scope="module")
def served(start):
    """Give the port of a live process."""
    return start(1)[0][1]


@pytest.fixture
def ports(start, served):
    """Run a second live process beside the first, and give what ends it with the ports of both."""
    [(process, port)] = start(1)
    return process.process.terminate, [port, served]


@pytest.fixture
def pages(database_urls, base_config):
    """Give the database as a process of pages has it, which rings over the bus."""
    opened = house.open_database(database_urls, contract())
    exchange.install(opened, dataclasses.replace(base_config, live_url=""))
    yield opened
    opened.close()


def test_everybody_hears_everything_once_and_in_order_whichever_process_they_came_to(ports, pages, put, town):
    node = node_command()
    if not (MODULES / "socket.io-client").is_dir():
        pytest.skip("the official client is not installed; make assets does that")
    module, (end_first, both) = put(slug="here"), ports
    told = {
        "modules": str(MODULES / "x.js"),
        "script": str(SCRIPT),
        "ports": both,
        "host": town.host,
        "kind": "murmur",
        "room": module.id,
    }
    # Each goes where the other did not: nothing sticks to a process.
    clients = Speaker(node, str(HERE / "clients.mjs"), json.dumps(told))
    try:
        assert clients.read() == {"ready": True}
        opened = clients.ask("open", count=PEOPLE)
        assert opened == {"ok": True, "passed": [PEOPLE // 2] * 2, "gone": [], "connected": True}
        answers = clients.ask("call", name="listen", data={"n": 1})["answers"]
        assert [one["data"]["town"] for one in answers] == [town.slug] * PEOPLE
        _ring(pages, town, module, range(20))
        assert clients.ask("rings", count=20) == {"ok": True, "rings": [list(range(20))] * PEOPLE}
        end_first()
        again = clients.ask("again")
        assert again["ok"]
        assert sorted(again["entered"]) == [1] * (PEOPLE // 2) + [2] * (PEOPLE // 2)
        _ring(pages, town, module, range(20, 25))
        assert clients.ask("rings", count=25) == {"ok": True, "rings": [list(range(25))] * PEOPLE}
        refused = clients.ask("refused", headers={"Origin": "https://evil.example"})
        assert refused["entered"] == 0
        assert "connected" not in refused["states"]
    finally:
        clients.end()


def _ring(pages, town, module, numbers):
    for number in numbers:
        with pages.session(town.id) as session:
            ring(session, "murmur", module.id, {"said": number})
            session.commit()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://{town}"},
        {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"},
        {"Origin": "https://{other}", "X-Forwarded-Host": "{other}"},
        {"Origin": "https://{town}", "Sec-Fetch-Site": "cross-site"},
        {},
    ],
)
def test_a_server_opens_no_socket_to_a_foreign_page(served, town, other_town, headers):
    named = {name: value.format(town=town.host, other=other_town.host) for name, value in headers.items()}
    with pytest.raises(ConnectionError), WireClient(served, town.host, headers=named) as client:
        client.join()


def test_a_server_opens_sockets_to_its_own_pages(served, town):
    with WireClient(served, town.host, headers={"Origin": f"https://{town.host}"}) as client:
        assert client.join()
