"""A house with a plugin that has something to tell."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from baukasten import clock
from baukasten.app import create_app, end
from baukasten.db.session import Database
from baukasten.jobs.run import Surroundings
from baukasten.jobs.worker import Worker
from baukasten.mail.message import Message
from baukasten.mail.post import TOOL, Post
from baukasten.mail.transport import FileTransport, StoredMail
from baukasten.plugin.refs import TenantRef
from baukasten.testing.fixtures import Browser
from baukasten.workshop import surroundings
from tests.core.houses import drop_jobs, house_with, switch_on
from tests.core.notify.herald import plugin as herald


@pytest.fixture(scope="session")
def house(database) -> Iterator[Database]:
    """Give the run's database as a process with the herald sees it."""
    with house_with(database, herald) as opened:
        yield opened


@pytest.fixture(scope="session")
def house_app(house, base_config) -> Iterator[Flask]:
    made = create_app(base_config, house)
    yield made
    end(made)


@pytest.fixture
def home(house, town: TenantRef) -> TenantRef:
    """Give a town with the herald, in which nothing is hidden and no job waits."""
    herald.HIDDEN.clear()
    herald.SILENCED.clear()
    drop_jobs(house)
    switch_on(house, town, "herald")
    return town


@pytest.fixture
def scope(house, home):
    with house.session(home.id) as session:
        yield session


class Unsteady(FileTransport):
    """Keeps mails in a folder; may fail, also after the other side has taken the mail."""

    before: Exception | None = None
    after: Exception | None = None

    def send(self, message: Message) -> str:
        if self.before is not None:
            raise self.before
        reference = super().send(message)
        if self.after is not None:
            raise self.after
        return reference


@pytest.fixture
def post(house, home, base_config, tmp_path) -> SimpleNamespace:
    """Give a worker whose mails stay in a folder, and a way to make waiting bursts due."""
    usual = surroundings(dataclasses.replace(base_config, answers_to="towns"), house)
    transport = Unsteady(tmp_path / "mail")
    office: Post = usual.tools[TOOL]
    mine = Post(office.config, office.contract, office.templates, office.speak, transport, office.sender_of)
    around = Surroundings(usual.find_town, usual.active, usual.speaking, {TOOL: mine})
    worker = Worker(house, around, concurrency=1, pause=lambda _attempt: dt.timedelta(0))

    def mails() -> list[StoredMail]:
        """Let the bursts' pauses be over, run what waits, and give all mails, oldest first."""
        with house.operator_session() as session:
            session.execute(
                text("UPDATE jobs.procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
            )
            session.commit()
        worker.run_pending()
        return transport.list()[::-1]

    return SimpleNamespace(mails=mails, transport=transport, office=mine)


@pytest.fixture
def browser(house_app, home) -> Callable[[], FlaskClient]:
    """Give browsers at the town."""

    def make() -> FlaskClient:
        client = Browser(house_app, house_app.response_class)
        client.host = home.host
        return client

    return make


@pytest.fixture
def noon() -> Iterator[dt.datetime]:
    with clock.turned(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)) as moment:
        yield moment
