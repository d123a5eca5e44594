"""A migrated database for a test run: one server, one template, one copy a worker."""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

from baukasten import house
from baukasten.config import DatabaseUrls
from baukasten.db import embedded, migrate
from baukasten.db.rls import APP_ROLE, OPERATOR_ROLE, OWNER_ROLE
from baukasten.jobs import functions, schema

TEMPLATE_LOCK = 7_302_151
FEW_TOWNS = """
DO $$ BEGIN EXECUTE replace(
    pg_get_functiondef('platform.generations()'::regprocedure),
    'FROM platform.generation',
    'FROM platform.generation ORDER BY tenant_id DESC LIMIT 300'
); END $$
"""
DROP_PATIENCE = 60.0
"""Seconds that the last connections of a test run get to close."""


def server_folder() -> Path:
    """Give the folder of this checkout's test server; two checkouts never share one unless they are told to."""
    if told := os.environ.get("BAUKASTEN_TEST_SERVER"):
        return Path(told)
    mark = hashlib.sha256(f"{Path.cwd()}:{os.getuid()}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"baukasten-tests-{mark}"


def urls(server: embedded.Server, database: str) -> DatabaseUrls:
    """Give the three roles' URLs of a database."""
    return DatabaseUrls(
        server.url(OWNER_ROLE, database), server.url(APP_ROLE, database), server.url(OPERATOR_ROLE, database)
    )


def forget_old_towns(database_urls: DatabaseUrls) -> None:
    """Let processes ask for the generations of the newest towns alone.

    They ask after each commit, and each test opens a town: those of thousands of earlier tests would be most of the
    answer. Whoever asks for an older one keeps nothing of it, as while nothing is known.
    """
    owner = create_engine(database_urls.owner)
    with owner.begin() as connection:
        connection.exec_driver_sql(FEW_TOWNS)
    owner.dispose()


@contextmanager
def fresh(server: embedded.Server, name: str, chains: Sequence[migrate.Lineage]) -> Iterator[DatabaseUrls]:
    """Give a database of its own that went through the real migrations; gone afterwards.

    Workers share one template, named by what is in the migrations, so that only the first pays for them.
    """
    template = f"template_{_fingerprint(chains)}"
    admin = create_engine(server.url(OWNER_ROLE, "postgres"), isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": TEMPLATE_LOCK})
            if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = :n"), {"n": template}):
                _make_template(server, template, chains)
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": TEMPLATE_LOCK})
        yield urls(server, name)
    finally:
        _drop(admin, name)
        admin.dispose()


def _drop(admin: Engine, name: str) -> None:
    # Not by force, which the owner may not use on other roles: a closed connection is gone in a moment.
    until = time.monotonic() + DROP_PATIENCE
    while True:
        try:
            with admin.connect() as connection:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _make_template(server: embedded.Server, name: str, chains: Sequence[migrate.Lineage]) -> None:
    # A half-made template of a killed run must not look finished: it gets its name last.
    building = f"{name}_building"
    engine = create_engine(server.url(OWNER_ROLE, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)')
        connection.exec_driver_sql(f'CREATE DATABASE "{building}"')
        house.upgrade(urls(server, building), chains)
        connection.exec_driver_sql(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    engine.dispose()


def _fingerprint(chains: Sequence[migrate.Lineage]) -> str:
    mark = hashlib.sha256()
    for source in (
        Path(migrate.__file__).parent / "rls.py",
        *map(Path, (house.__file__, schema.__file__, functions.__file__)),
    ):
        mark.update(source.read_bytes())
    for chain in chains:
        for path in sorted(chain.folder.glob("*.py")):
            mark.update(path.name.encode() + path.read_bytes())
    return mark.hexdigest()[:16]
