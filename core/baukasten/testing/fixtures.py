"""Fixtures: a database, fresh towns, members and signed-in clients."""

import contextlib
import ipaddress
import itertools
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from baukasten import house
from baukasten.access import members
from baukasten.app import create_app, end
from baukasten.config import Config, DatabaseUrls
from baukasten.db import embedded
from baukasten.db.session import Database, Scope
from baukasten.identity import passwords, sessions
from baukasten.identity import service as identity
from baukasten.jobs.run import Surroundings
from baukasten.jobs.worker import Worker
from baukasten.mail import line
from baukasten.mail.post import TOOL, Post
from baukasten.mail.transport import FileTransport, StoredMail
from baukasten.plugin.contract import Contract
from baukasten.plugin.refs import MemberRef, ModuleRef, Role, TenantRef
from baukasten.projects import placing
from baukasten.tenants import plugins, service
from baukasten.testing import database as databases
from baukasten.testing.towns import open_town
from baukasten.web import i18n, templating
from baukasten.web.visitors import SESSION_COOKIE

_numbers = itertools.count(1)
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TOKEN = re.compile(r'name="_token" value="([^"]+)"')
HASTY = {"least_seconds": 0, "proof_of_work": False, "per_ten_minutes": 1_000, "per_day": 5_000}
"""Tests write as fast and as much as machines, and are none."""
NETWORKS = ipaddress.IPv4Address("10.0.0.0")
LEFT_OVER = text("DELETE FROM jobs.procrastinate_jobs WHERE (args ->> 'tenant_id')::bigint < :town")


class Browser(FlaskClient):
    """A client that stays at one host, over https, with its own cookies."""

    host = "localhost"

    def at(self, host: str, network: str) -> "Browser":
        """Turn to a host, from a network; gives the browser."""
        self.host, self.environ_base["REMOTE_ADDR"] = host, network
        return self

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Ask the host for a page."""
        options.setdefault("base_url", f"https://{self.host}")
        return super().open(*args, **options)

    def send(self, address: str, **values: Any) -> TestResponse:
        """Open a page with a form, fill it in and send it; raises LookupError for a page without one."""
        return self.post(address, data={**values, "_token": self.token(address)})

    def token(self, address: str) -> str:
        """Open a page and give its forms' token; raises LookupError for a page without a form."""
        found = TOKEN.search(self.get(address).text)
        if found is None:
            raise LookupError(f"{address} shows no form")
        return found[1]


@pytest.fixture(autouse=True)
def speaks_english_first() -> Iterator[None]:
    """Let each test begin in the language of the source, whatever the last request spoke."""
    with i18n.speaking(i18n.translator("en")):
        yield


@pytest.fixture(scope="session", autouse=True)
def costly_hasher() -> Iterator[PasswordHasher]:
    """Let passwords cost next to nothing in this process, and give what makes them costly, for whoever proves that."""
    costly, passwords.HASHER = (
        passwords.HASHER,
        PasswordHasher(time_cost=1, memory_cost=16, parallelism=1),
    )
    yield costly
    passwords.HASHER = costly


@pytest.fixture(scope="session")
def server() -> Iterator[embedded.Server]:
    """Give the run's PostgreSQL server; the last worker that uses it stops it."""
    with embedded.running(databases.server_folder(), fast=True) as running:
        yield running


@pytest.fixture(scope="session")
def extra_plugins() -> tuple[str, ...]:
    """Name plugin modules to load beside the installed ones; override it in a conftest."""
    return ()


@pytest.fixture(scope="session")
def base_config(tmp_path_factory: pytest.TempPathFactory, extra_plugins: tuple[str, ...]) -> Config:
    """Give settings with a data folder of their own and the operator's console on ``betrieb.test``."""
    return Config(
        data_dir=Path(tmp_path_factory.mktemp("data")),
        secret_key="only-for-tests",
        operator_host="betrieb.test",
        demo_host="demo.test",
        live_url="local:",
        plugins=extra_plugins,
    )


@pytest.fixture(scope="session")
def contract(base_config: Config) -> Contract:
    """Give the plugins and what they declare."""
    return house.load_contract(base_config)


@pytest.fixture(scope="session")
def database_urls(server: embedded.Server, contract: Contract) -> Iterator[DatabaseUrls]:
    """Give the URLs of this worker's database, made by the real migrations."""
    with databases.fresh(server, f"test_{WORKER}_{os.getpid()}", house.lineages(contract)) as urls:
        databases.forget_old_towns(urls)
        yield urls


@pytest.fixture(scope="session")
def database(database_urls: DatabaseUrls, contract: Contract) -> Iterator[Database]:
    """Give the serving roles' connections."""
    opened = house.open_database(database_urls, contract)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def app(base_config: Config, database: Database) -> Iterator[Flask]:
    """Give the application as production builds it; its caches are asked anew before each test."""
    made = create_app(base_config, database)
    made.testing = False
    yield made
    end(made)


@pytest.fixture
def new_town(database: Database, contract: Contract) -> Callable[..., TenantRef]:
    """Open a town with all plugins granted and switched on; each call gives another one."""

    def make(name: str = "", **options: str) -> TenantRef:
        number = next(_numbers)
        slug = f"stadt-{WORKER}-{number}"
        chosen = {"moderation.screening": HASTY}
        return open_town(database, contract, slug, name or f"Stadt {number}", chosen, **options)

    return make


@pytest.fixture
def town(new_town: Callable[..., TenantRef]) -> TenantRef:
    """Give a fresh town, so that tests never meet each other's rows."""
    return new_town()


@pytest.fixture
def other_town(new_town: Callable[..., TenantRef]) -> TenantRef:
    """Give a second fresh town, for what must not cross over."""
    return new_town()


@pytest.fixture
def session(database: Database, town: TenantRef) -> Iterator[Scope]:
    """Give a session of the app's role in the town's scope."""
    with database.session(town.id) as opened:
        yield opened


@pytest.fixture
def place(database: Database, town: TenantRef) -> Callable[..., ModuleRef]:
    """Place a kind of module on the town's site: ``place("forum", slug="forum", settings={…})``."""

    def make(kind: str, **options: Any) -> ModuleRef:
        with database.session(town.id) as session:
            placed = placing.place_module(session, None, kind, **options)
            session.commit()
        return placed

    return make


@pytest.fixture
def client_of(app: Flask) -> Callable[[TenantRef | str], FlaskClient]:
    """Give a browser without cookies at a town or host; redirects are not followed.

    All browsers of one test share a network that no other test has: what is counted of a network begins at nothing.
    """
    network = str(NETWORKS + next(_numbers))

    def make(where: TenantRef | str) -> FlaskClient:
        host = where if isinstance(where, str) else where.host
        return Browser(app, app.response_class).at(host, network)

    return make


@pytest.fixture
def client(client_of: Callable[[TenantRef | str], FlaskClient], town: TenantRef) -> FlaskClient:
    """Give a guest's browser at the town."""
    return client_of(town)


@pytest.fixture
def new_account(database: Database) -> Callable[..., int]:
    """Make a confirmed account and give its id; without a password hash nobody signs in by form."""

    def make(name: str = "", email: str = "", password_hash: str | None = None) -> int:
        number = next(_numbers)
        address = email or f"person-{WORKER}-{number}@post.example"
        with database.session(None) as session:
            account_id = identity.create_account(session, address, password_hash, name or f"Person {number}")
            session.commit()
        return account_id

    return make


@pytest.fixture
def new_member(
    database: Database, town: TenantRef, new_account: Callable[..., int]
) -> Callable[..., MemberRef]:
    """Make a member with the given roles beside citizen, in the town unless said otherwise."""

    def make(*roles: Role, name: str = "", where: TenantRef | None = None, account: int = 0) -> MemberRef:
        place = where or town
        account_id = account or new_account(name)
        with database.session(place.id) as session:
            member = members.appoint(session, account_id, name or f"Person {account_id}", roles)
            session.commit()
        return member

    return make


@pytest.fixture
def sign_in(database: Database, town: TenantRef) -> Callable[..., str]:
    """Sign a browser in as a member of the town, or of another one; gives the cookie's secret."""

    def do(client: FlaskClient, member: MemberRef, where: TenantRef | None = None) -> str:
        place = where or town
        with database.session(place.id) as session:
            account_id = members.get(session, member.id).account_id
            if account_id is None:
                raise LookupError("an erased member cannot sign in")
            secret = sessions.start(session, account_id, host=place.host, user_agent="tests")
            session.commit()
        client.set_cookie(SESSION_COOKIE, secret, domain=place.host, secure=True)
        return secret

    return do


@pytest.fixture
def at_console(
    client_of: Callable[[TenantRef | str], FlaskClient], base_config: Config, database: Database
) -> Callable[[int], FlaskClient]:
    """Give a browser at the operator's host with an account's cookie; only operators are let in by it."""

    def make(account_id: int) -> FlaskClient:
        host = base_config.operator_host
        with database.session(None) as session:
            secret = sessions.start(session, account_id, host=host, user_agent="tests")
            session.commit()
        browser = client_of(host)
        browser.set_cookie(SESSION_COOKIE, secret, domain=host, secure=True)
        return browser

    return make


@pytest.fixture
def operator(
    at_console: Callable[[int], FlaskClient], new_account: Callable[..., int], database: Database
) -> FlaskClient:
    """Give an operator's browser at the console."""
    account_id = new_account("Operatorin")
    with database.operator_session() as session:
        identity.appoint_operator(session, account_id)
        session.commit()
    return at_console(account_id)


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The mails of one test, and the worker that writes them."""

    worker: Worker
    transport: FileTransport
    tools: Mapping[str, Any]

    def deliver(self) -> None:
        """Run all jobs that wait, those that write mails among them."""
        self.worker.run_pending()

    def to(self, address: str) -> list[StoredMail]:
        """Run the waiting jobs and give the mails to an address, newest first."""
        self.deliver()
        return self.transport.list(to=address)


def drop_left_over(database: Database, town: TenantRef) -> None:
    """Drop the jobs that towns of earlier tests left, so that a worker does those of this test alone."""
    with database.operator_session() as session:
        session.execute(LEFT_OVER, {"town": town.id})
        session.commit()


@pytest.fixture
def mailbox(app: Flask, base_config: Config, database: Database, tmp_path: Path, town: TenantRef) -> Mailbox:
    """Give a worker with the process's tools, whose mails stay in a folder of the test."""
    drop_left_over(database, town)
    transport = FileTransport(tmp_path / "mail")
    templates = app.extensions[templating.EXTENSION]
    post = Post(base_config, database.contract, templates, i18n.translator, transport)
    tools = {TOOL: post, line.TOOL: line.outgoing_of(transport, base_config.operator_host)}
    around = Surroundings(
        service.by_id,
        plugins.active,
        lambda town: (
            i18n.speaking(i18n.translator(town.language, town.time_zone))
            if town
            else contextlib.nullcontext()
        ),
        tools,
    )
    return Mailbox(Worker(database, around, concurrency=1), transport, tools)
