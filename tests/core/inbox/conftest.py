"""A house with a plugin that takes letters, and a town in which people answer."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from baukasten import clock
from baukasten.db.session import Database
from baukasten.inbox.door import Door
from baukasten.jobs.run import Surroundings
from baukasten.jobs.worker import Worker
from baukasten.mail.incoming import addresses
from baukasten.mail.post import TOOL
from baukasten.mail.transport import FileTransport
from baukasten.workshop import surroundings
from tests.core.houses import drop_jobs, house_with, switch_on
from tests.core.inbox.clerk import plugin as clerk
from tests.core.mail.letters import SERVER


@pytest.fixture(scope="session")
def house(database) -> Iterator[Database]:
    """Give the run's database as a process with the clerk sees it."""
    with house_with(database, clerk) as opened:
        yield opened


@pytest.fixture
def home(house, town):
    """Give a town with the clerk, in which no job waits and nothing was taken."""
    clerk.TOOK.clear()
    clerk.REPORTS.clear()
    drop_jobs(house)
    switch_on(house, town, "clerk")
    return town


@pytest.fixture
def scope(house, home):
    with house.session(home.id) as session:
        yield session


@pytest.fixture
def settings_of_mail(base_config):
    """Give settings with which towns take answers at their own hosts."""
    return dataclasses.replace(base_config, answers_to="towns", authserv_id=SERVER)


@pytest.fixture
def door(house, home, settings_of_mail):
    return Door(house, settings_of_mail)


@pytest.fixture
def anna(new_member, new_account, home):
    """A member with a known address."""
    address = f"anna.{home.id}@post.example"
    member = new_member(name="Anna Torf", account=new_account("Anna Torf", address))
    return SimpleNamespace(id=member.id, ref=member, address=address)


@pytest.fixture
def mark(home, settings_of_mail):
    """Gives the signed local part of a member's matter."""

    def make(member, matter, purpose="antwort", where=None):
        signed = addresses.Signed(purpose, (where or home).id, member.id if member else 0, matter)
        return addresses.local_part(settings_of_mail.secret_key, signed)

    return make


@pytest.fixture
def post(house, home, settings_of_mail, tmp_path):
    """Give a worker whose mails stay in a folder; ``mails`` runs what waits and gives them, oldest first."""
    usual = surroundings(settings_of_mail, house)
    transport = FileTransport(tmp_path / "mail")
    office = dataclasses.replace(usual.tools[TOOL], transport=transport)
    around = Surroundings(usual.find_town, usual.active, usual.speaking, {TOOL: office})
    worker = Worker(house, around, concurrency=1, pause=lambda _attempt: dt.timedelta(0))

    def mails():
        worker.run_pending()
        return transport.list()[::-1]

    return SimpleNamespace(mails=mails, office=office, folder=tmp_path / "mail")


@pytest.fixture
def noon():
    with clock.turned(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)) as moment:
        yield moment
