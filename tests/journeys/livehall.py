"""A town with a live room, served with real live connections by a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from baukasten import clock, house
from baukasten.access import members
from baukasten.config import Config
from baukasten.db import embedded
from baukasten.db.session import Database
from baukasten.identity import service as identity
from baukasten.identity import sessions
from baukasten.moderation.deciding import decide_content
from baukasten.moderation.models import Measure
from baukasten.moderation.steps import Step
from baukasten.plugin.refs import ContentRef, MemberRef, ModuleRef, Role, TenantRef
from baukasten.realtime import exchange
from baukasten.tenants import plugins, service, settings
from baukasten.testing import database as databases
from baukasten.testing.fixtures import HASTY, WORKER
from baukasten_chat.keys import MESSAGE_TYPE
from baukasten_chat.messages import service as messages
from baukasten_chat.models import Message
from tests.chat.conftest import open_chat

HOST = "gespraech.localhost"
ROOM = "/beteiligung/torfhafen/live/"
SECRET = "only-for-tests"


@dataclass(frozen=True, slots=True)
class Hall:
    """The served town, and what tests may reach behind its pages."""

    database: Database
    town: TenantRef
    module: ModuleRef
    port: int
    known: dict[str, MemberRef] = field(default_factory=dict)
    """People by name, whom tests let speak."""

    def url(self, path: str = ROOM) -> str:
        """Give the address of a page."""
        return f"http://{HOST}:{self.port}{path}"

    def newcomer(self, name: str, *roles: Role) -> tuple[MemberRef, str]:
        """Make a member and begin a session; gives the cookie's value too."""
        email = f"{name.lower().replace(' ', '.')}@post.example"
        with self.database.session(self.town.id) as session:
            account = identity.create_account(session, email, None, name)
            member = members.appoint(session, account, name, roles)
            secret = sessions.start(session, account, host=HOST, user_agent="journeys")
            session.commit()
        return member, secret

    def say(self, member: MemberRef, *bodies: str) -> None:
        """Say something behind the pages, all at once; the bell rings in the process that serves them."""
        with self.database.session(self.town.id) as session:
            for body in bodies:
                messages.say(session, member, self.module, body=body)
            session.commit()

    def decide(self, moderator: MemberRef, number: int, measure: Measure) -> None:
        """Decide about a message behind the pages."""
        with self.database.session(self.town.id) as session:
            row = session.scalars(select(Message.id).where(Message.number == number)).one()
            step = Step(measure, "Regel 3", "Greift jemanden an.", rule_key="respect")
            decide_content(session, moderator, ContentRef(MESSAGE_TYPE, row), step)
            session.commit()


@contextmanager
def opened(server: embedded.Server, folder: Path) -> Iterator[Hall]:
    """Found the town in a database of its own and serve it; both are gone afterwards."""
    config = Config(data_dir=folder, secret_key=SECRET, scheme="http")
    contract = house.load_contract(config)
    with databases.fresh(server, f"hall_{WORKER}_{os.getpid()}", house.lineages(contract)) as urls:
        database = house.open_database(urls, contract)
        # What is said behind the pages rings in the process that serves them.
        news = exchange.install(database, config)
        try:
            town = _found(database)
            module = open_chat(database, town, at=clock.now(), busy_per_minute=0)
            facts: dict[str, object] = {
                "port": None,
                "data_dir": str(folder),
                "secret_key": SECRET,
                "database": [urls.owner, urls.app, urls.operator],
            }
            with _served(facts) as port:
                yield Hall(database, town, module, port)
        finally:
            news.close()
            database.close()


def _found(database: Database) -> TenantRef:
    with database.operator_session() as session:
        town = service.create(session, slug="gespraech", name="Gesprächshausen", hosts=[HOST])
        for plugin in database.contract.manager.plugins:
            plugins.grant(session, town.id, plugin)
        session.commit()
    with database.session(town.id) as session:
        for plugin in database.contract.manager.plugins:
            plugins.switch_on(session, town, plugin)
        settings.write(session, "moderation.screening", HASTY)
        session.commit()
    return town


@contextmanager
def _served(facts: dict[str, object]) -> Iterator[int]:
    call = [sys.executable, "-m", "tests.journeys.live_process", json.dumps(facts)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            word, _, port = process.stdout.readline().partition(" ")
            assert word == "ready", "the process ended before it was ready"
            yield int(port)
        finally:
            process.stdin.close()
            process.wait(timeout=60)
