"""A process of its own for the tests of the worker: ``process MODE APP_URL OPERATOR_URL TOWN``."""

import contextlib
import os
import sys
import threading
import time

from baukasten.db.session import Database, connect
from baukasten.jobs import hooks
from baukasten.jobs.queue import enqueue
from baukasten.jobs.run import Surroundings
from baukasten.jobs.worker import Worker
from baukasten.plugin import registry
from baukasten.plugin.contract import Contract
from baukasten.plugin.discovery import Plugin
from baukasten.plugin.manager import PluginManager
from baukasten.tenants import plugins, service
from tests.core.jobs.made import Diary, module

PATIENCE = 60.0


def work(database: Database, diary: Diary, town: int) -> None:
    """Work in the main thread until a signal."""
    make_worker(database).run()


def die_after_commit(database: Database, diary: Diary, town: int) -> None:
    """Queue a job and die before anything else happens."""
    with database.session(town) as session:
        enqueue(session, "alpha.write", word="acknowledged")
        session.commit()
        os._exit(9)


def share(database: Database, diary: Diary, town: int) -> None:
    """Work beside something else in one process, as the demo does, and say what happened."""
    worker = make_worker(database)
    worker.start()
    with database.session(town) as session:
        for number in range(5):
            enqueue(session, "alpha.write", word=f"job {number}")
        session.commit()
    until = time.monotonic() + PATIENCE
    turns = 0
    while len(diary.words) < 5 and time.monotonic() < until:
        time.sleep(0.01)
        turns += 1
    worker.stop()
    names = {thread.name for thread in threading.enumerate()}
    print(sorted(diary.words), turns > 0, "worker" in names)  # noqa: T201


def make_worker(database: Database) -> Worker:
    """Give a worker as the process would build it."""
    around = Surroundings(service.by_id, plugins.active, lambda _town: contextlib.nullcontext())
    return Worker(database, around)


def main() -> None:
    """Do what the mode says."""
    mode, app, operator, town = sys.argv[1:]
    diary = Diary()
    manager = PluginManager([Plugin.of(module(name, diary)) for name in ("alpha", "beta")], {"jobs": hooks})
    database = connect(app, operator, Contract(manager, registry.build(manager)))
    {"work": work, "die-after-commit": die_after_commit, "share": share}[mode](database, diary, int(town))
    database.close()


if __name__ == "__main__":
    main()
