"""A house with the ledger, a town with two modules of it, and a worker that makes the files."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from baukasten.app import create_app, end
from baukasten.db.session import Database
from baukasten.jobs.worker import Worker
from baukasten.plugin.refs import ModuleRef, TenantRef
from baukasten.projects import placing
from baukasten.testing.fixtures import Browser
from baukasten.workshop import surroundings
from tests.core.exports import ledger
from tests.core.houses import drop_jobs, house_with, switch_on


@pytest.fixture(scope="session")
def house(database, base_config) -> Iterator[Database]:
    """Give the run's database as a process with the ledger sees it."""
    with house_with(database, ledger, base_config) as opened:
        yield opened


@pytest.fixture(scope="session")
def house_app(house, base_config) -> Iterator[Flask]:
    made = create_app(base_config, house)
    yield made
    end(made)


@pytest.fixture
def home(house, town: TenantRef) -> TenantRef:
    ledger.Book.empty()
    drop_jobs(house)
    furnish(house, town)
    return town


def furnish(house: Database, town: TenantRef) -> None:
    switch_on(house, town, "ledger")


@pytest.fixture
def put(house, home) -> Callable[..., ModuleRef]:
    """Place a ledger on the site of a town."""

    def make(title: str, where: TenantRef = home) -> ModuleRef:
        with house.session(where.id) as session:
            placed: ModuleRef = placing.place_module(session, None, "ledger", title=title, slug=title.lower())
            session.commit()
        return placed

    return make


@pytest.fixture
def module(put) -> ModuleRef:
    placed: ModuleRef = put("Kasse")
    return placed


@pytest.fixture
def scope(house, home):
    with house.session(home.id) as session:
        yield session


@pytest.fixture
def worker(house, home, base_config) -> Worker:
    around = surroundings(base_config, house)
    return Worker(house, around, concurrency=1, pause=lambda _attempt: dt.timedelta(0))


@pytest.fixture
def browser(house_app, home) -> Callable[..., FlaskClient]:
    """Give browsers at the town, or at another."""

    def make(where: TenantRef = home) -> FlaskClient:
        client = Browser(house_app, house_app.response_class)
        client.host = where.host
        return client

    return make
