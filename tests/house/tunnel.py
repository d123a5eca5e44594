"""A live room whose listeners keep losing the network, and the processes that serve it, to be killed from outside."""

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from baukasten import clock, house
from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.config import Config, DatabaseUrls
from baukasten.db import embedded
from baukasten.identity import service as identity
from baukasten.plugin.refs import MemberRef, ModuleRef, Role, TenantRef
from baukasten.tenants import plugins, service, settings
from baukasten.testing import database as databases
from baukasten.testing.fixtures import HASTY
from baukasten.testing.wire import WireClient
from baukasten_chat import rooms
from baukasten_chat.messages import service as messages
from bench.load import free_port
from tests.chat.conftest import open_chat
from tests.house.tree import ROOT

HOST, SECRET = "tunnel.localhost", "only-for-tests"
ORIGIN = {"Origin": f"http://{HOST}"}
PATIENCE = 60.0
ROOMY = {"capacity": 5_000, "busy_per_minute": 0}
"""A room that neither turns anybody away nor slows itself."""


class LiveProcess:
    """``baukasten serve live`` on a port of its own, which dies and comes back."""

    def __init__(self, environ: dict[str, str]) -> None:
        """Start it."""
        self.port, self._environ = free_port(), {**os.environ, **environ}
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "baukasten", "serve", "live", "--port", str(self.port)]
        started = subprocess.Popen(command, cwd=ROOT, env=self._environ, stdout=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return started
            time.sleep(0.05)
        raise RuntimeError("the live process does not answer")

    def kill(self) -> None:
        """End it as a crash would; raises AssertionError where it had ended by itself."""
        assert self._process.poll() is None, "it ended before it was killed"
        self._process.kill()
        self._process.wait()

    def again(self) -> None:
        """Start it once more on the same port."""
        self._process = self._start()

    def close(self) -> None:
        """End it in good order."""
        self._process.terminate()
        self._process.wait(PATIENCE)


@dataclass
class Tunnel:
    """The room, the pages that tell what somebody missed, and the process with the sockets."""

    town: TenantRef
    module: ModuleRef
    room_id: int
    speaker: MemberRef
    live: LiveProcess
    get: Callable[[str], dict[str, Any]]
    say: Callable[[int], None]
    said: int = 0
    version: int | None = None
    """The room's last version, once everything is said."""
    dropped: int = 0
    refused: list[str] = field(default_factory=list)
    """Handshakes that were answered with an error of the server's own."""


@contextlib.contextmanager
def opened(urls: DatabaseUrls, folder: Path, live_url: str = "") -> Iterator[Tunnel]:
    """Found a town with a room in a fresh database and serve it."""
    config = Config(data_dir=folder, secret_key=SECRET, scheme="http", live_url=live_url)
    contract = house.load_contract(config)
    database = house.open_database(urls, contract)
    with database.operator_session() as session:
        town = service.create(session, slug="tunnel", name="Tunnelhausen", hosts=[HOST])
        for plugin in contract.manager.plugins:
            plugins.grant(session, town.id, plugin)
        session.commit()
    with database.session(town.id) as session:
        for plugin in contract.manager.plugins:
            plugins.switch_on(session, town, plugin)
        settings.write(session, "moderation.screening", HASTY)
        account = identity.create_account(session, "wer@post.example", None, "Wer Da")
        speaker = members.appoint(session, account, "Wer Da", [Role.ADMIN])
        session.commit()
    module = open_chat(database, town, at=clock.now(), **ROOMY)
    with database.session(town.id) as session:
        room_id = rooms.of_module(session, module).id
    app = create_app(config, database)
    environ = {
        "BAUKASTEN_DATA": str(folder),
        "BAUKASTEN_SECRET_KEY": SECRET,
        "BAUKASTEN_DATABASE_URL": urls.app,
        "BAUKASTEN_OPERATOR_DATABASE_URL": urls.operator,
        "BAUKASTEN_SCHEME": "http",
        "BAUKASTEN_LIVE_URL": live_url,
    }

    def get(path: str) -> dict[str, Any]:
        answer = app.test_client().get(f"{module.path}{path}", base_url=f"http://{HOST}")
        if answer.status_code != 200:
            raise ConnectionError(answer.status)
        told: dict[str, Any] = json.loads(answer.data)
        return told

    def say(number: int) -> None:
        """Say it until it is said: the mark tells that it was, whatever became of the answer."""
        while True:
            try:
                with database.session(town.id) as own:
                    messages.say(own, speaker, module, body=f"Satz {number}", nonce=f"satz-{number:08}")
                    own.commit()
            except DBAPIError:
                time.sleep(0.2)
            else:
                return

    live = LiveProcess(environ)
    try:
        yield Tunnel(town, module, room_id, speaker, live, get, say)
    finally:
        live.close()
        end(app)
        database.close()


class Listener(threading.Thread):
    """Somebody who listens, loses the network now and then, and makes up for it."""

    def __init__(self, tunnel: Tunnel, seed: int, outages: tuple[float, float], between: float) -> None:
        """Take how long outages last, from and to, and how many seconds lie between two of them on average."""
        super().__init__(daemon=True)
        self._tunnel, self._outages, self._between = tunnel, outages, between
        self._chance = random.Random(seed)  # noqa: S311 - moments that can be had again, not secrets
        self.heard: dict[int, str] = {}
        self.version = 0
        self.outages = 0

    @property
    def is_done(self) -> bool:
        """Whether everything was said and heard."""
        return self._tunnel.version is not None and self.version >= self._tunnel.version

    def run(self) -> None:
        """Listen until everything is heard."""
        while not self.is_done:
            try:
                with WireClient(self._tunnel.live.port, HOST, headers=ORIGIN) as wire:
                    self._listen(wire)
            except OSError as error:
                if "HTTP/1.1 5" in str(error):
                    self._tunnel.refused.append(str(error))
                time.sleep(self._chance.uniform(0.05, 0.5))

    def _listen(self, wire: WireClient) -> None:
        wire.join()
        entered = wire.call("enter", "chat", self._tunnel.room_id)
        if not entered["ok"]:
            raise ConnectionError(entered["code"])
        # What is rung from here on is in the socket already; what was before comes from the table.
        self._catch_up()
        lost_at = time.monotonic() + self._chance.uniform(0.5, 1.5) * self._between
        wire.sock.settimeout(0.25)
        while not self.is_done:
            if time.monotonic() > lost_at and self._tunnel.version is None:
                self._lose_the_network(wire)
                return
            with contextlib.suppress(TimeoutError):
                self._hear(wire.event())

    def _lose_the_network(self, wire: WireClient) -> None:
        """Hear nothing for a while: the far end may notice at once, or only when its buffers are full."""
        self.outages += 1
        if self._chance.random() < 0.5:
            wire.sock.close()
        until = time.monotonic() + self._chance.uniform(*self._outages)
        while time.monotonic() < until and self._tunnel.version is None:
            time.sleep(0.05)

    def _hear(self, event: list[object]) -> None:
        name, told = event[0], event[1]
        assert isinstance(told, dict)
        if name == "tick":
            if told["state"]["version"] > self.version:
                self._catch_up()
        elif name == "ring" and not told.get("look") and told.get("version") == self.version + 1:
            self._take(told.get("messages", ()))
            self.version += 1
        elif name == "ring" and (told.get("look") or told.get("version", 0) > self.version):
            self._catch_up()

    def _catch_up(self) -> None:
        while True:
            told = self._tunnel.get(f"seit/{self.version}")
            self._take(told["messages"])
            self.version = told["version"]
            if told["complete"]:
                return

    def _take(self, told: Iterable[dict[str, Any]]) -> None:
        # What is rung may have come from the table already: ranges overlap.
        for one in told:
            self.heard[one["number"]] = one["html"]


def identical(tunnel: Tunnel, listeners: list[Listener]) -> None:
    """Hold what everybody heard against what was said: each sentence once, in its place, for all."""
    expected = {number: f"Satz {number}" for number in range(1, tunnel.said + 1)}
    for one in listeners:
        one.join(PATIENCE)
        assert not one.is_alive(), f"heard {one.version} of {tunnel.version}"
    others = [(one.name, sorted(one.heard.items() ^ expected.items())[:5]) for one in listeners]
    assert [(name, differs) for name, differs in others if differs] == []


@contextlib.contextmanager
def fresh(server: embedded.Server, name: str, folder: Path, live_url: str = "") -> Iterator[Tunnel]:
    """Open a tunnel in a database of its own."""
    config = Config(data_dir=folder, secret_key=SECRET)
    lineages = house.lineages(house.load_contract(config))
    with (
        databases.fresh(server, f"{name}_{os.getpid()}", lineages) as urls,
        opened(urls, folder, live_url) as tunnel,
    ):
        yield tunnel
