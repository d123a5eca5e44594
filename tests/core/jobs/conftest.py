"""A process of its own with two made-up plugins, over the run's database."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from types import MappingProxyType

import pytest
from sqlalchemy import text

from baukasten.db.session import Database, connect
from baukasten.jobs import hooks
from baukasten.jobs.run import Surroundings
from baukasten.jobs.worker import Worker
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.manager import PluginManager
from baukasten.plugin.refs import TenantRef
from baukasten.tenants import plugins, service
from tests.core.jobs.made import Diary, module


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.fixture
def queue(database, diary) -> Iterator[Database]:
    """Give the database as a process with the plugins alpha and beta sees it; its queue is empty."""
    manager = PluginManager([Plugin.of(module(name, diary)) for name in ("alpha", "beta")], {"jobs": hooks})
    contract = Contract(manager, registry.build(manager))
    opened = connect(
        database.app.url.render_as_string(hide_password=False),
        database.operator.url.render_as_string(hide_password=False),
        contract,
    )
    with opened.operator_session() as session:
        session.execute(text("DELETE FROM jobs.procrastinate_jobs"))
        session.execute(text("DELETE FROM jobs.procrastinate_periodic_defers"))
        session.commit()
    yield opened
    opened.close()


@pytest.fixture
def home(queue, new_town) -> TenantRef:
    """Give a town with both plugins switched on."""
    return furnish(queue, new_town())


def furnish(queue: Database, town: TenantRef) -> TenantRef:
    with queue.operator_session() as session:
        for name in ("alpha", "beta"):
            plugins.grant(session, town.id, name)
        session.commit()
    with queue.session(town.id) as session:
        for name in ("alpha", "beta"):
            plugins.switch_on(session, town, name)
        session.commit()
    return town


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings(
        find_town=service.by_id,
        active=plugins.active,
        speaking=lambda _town: contextlib.nullcontext(),
        tools=MappingProxyType({"pen": "ink"}),
    )


@pytest.fixture
def make_worker(queue, surroundings) -> Iterator[Callable[..., Worker]]:
    """Give workers that retry without a pause; those still running are stopped."""
    made: list[Worker] = []

    def make(*, concurrency: int = 4, pause: dt.timedelta = dt.timedelta(0)) -> Worker:
        worker = Worker(queue, surroundings, concurrency=concurrency, pause=lambda _attempt: pause)
        made.append(worker)
        return worker

    yield make
    for worker in made:
        worker.stop()


@pytest.fixture
def worker(make_worker):
    return make_worker()


@pytest.fixture
def waiting(queue) -> Callable[[], list[tuple[str, str]]]:
    """Tell the key and the status of each job in the queue."""

    def look() -> list[tuple[str, str]]:
        with queue.operator_session() as session:
            rows = session.execute(
                text("SELECT args ->> 'key', status::text FROM jobs.procrastinate_jobs ORDER BY id")
            )
            return [(key, status) for key, status in rows]

    return look
