"""A house with the ledger, a town with two modules of it, and a worker that makes the files."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from baukasten.app import create_app, end
from baukasten.db.session import Database, connect
from baukasten.jobs.worker import Worker
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import ModuleRef, TenantRef
from baukasten.projects import placing
from baukasten.rooms import HOOKS
from baukasten.seal import Seal
from baukasten.tenants import plugins
from baukasten.testing.fixtures import Browser
from baukasten.workshop import surroundings
from tests.core.exports import ledger


@pytest.fixture(scope="session")
def house(database, base_config) -> Iterator[Database]:
    """Give the run's database as a process with the ledger sees it."""
    manager = PluginManager([Plugin.of(ledger)], HOOKS)
    contract = Contract(
        manager, registry.build(manager), base_config.data_dir, Seal.of(base_config.secret_key)
    )
    app, operator = (
        one.url.render_as_string(hide_password=False) for one in (database.app, database.operator)
    )
    opened = connect(app, operator, contract)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def house_app(house, base_config) -> Iterator[Flask]:
    made = create_app(base_config, house)
    yield made
    end(made)


@pytest.fixture
def home(house, town: TenantRef) -> TenantRef:
    ledger.Book.empty()
    with house.operator_session() as session:
        session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
        session.commit()
    furnish(house, town)
    return town


def furnish(house: Database, town: TenantRef) -> None:
    with house.operator_session() as session:
        plugins.grant(session, town.id, "ledger")
        session.commit()
    with house.session(town.id) as session:
        plugins.switch_on(session, town, "ledger")
        session.commit()


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
