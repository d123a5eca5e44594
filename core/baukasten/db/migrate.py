"""Migrations: one lineage a plugin, each with a version table of its own, under time limits."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from baukasten.db.base import PLATFORM, Base
from baukasten.db.rls import APP_ROLE, FOUNDATION
from baukasten.errors import BaukastenError

CORE = "core"
CORE_MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 7_302_150
"""Key of the advisory lock under which one upgrade at a time runs."""
LOCK_TIMEOUT = "100ms"
"""A migration that waits longer for a table would stall its readers; it gives up and tries again."""
STATEMENT_TIMEOUT = "15min"
LOCK_TRIES = 50


class MigrationError(BaukastenError):
    """The database and the code do not fit together; the message says how and what helps."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The migrations of the core or of one plugin."""

    name: str
    folder: Path

    @property
    def version_table(self) -> str:
        """Table that remembers how far this lineage got."""
        return f"alembic_version_{self.name}"

    def script(self) -> ScriptDirectory:
        """Give the chain of this lineage's revisions."""
        return ScriptDirectory(str(self.folder), version_locations=[str(self.folder)])

    def head(self) -> str | None:
        """Give the newest revision that the code knows."""
        return self.script().get_current_head()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a lineage is: what the database has and what the code wants."""

    lineage: str
    database: str | None
    code: str | None

    @property
    def current(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.database == self.code


CORE_LINEAGE = Lineage(CORE, CORE_MIGRATIONS)


def upgrade(engine: Engine, lineages: Sequence[Lineage], said: Callable[[str], None] = print) -> None:
    """Bring the lineages up to date, in this order, as the owner; safe to run again and at the same time.

    Raises MigrationError where the database is newer than the code, or a lock cannot be had.
    """
    with _alone(engine) as guard:
        with engine.begin() as connection:
            connection.exec_driver_sql(FOUNDATION)
        for lineage in lineages:
            before = standing(guard, lineage)
            guard.commit()  # a snapshot held open would keep concurrent index builds waiting for ever
            refuse_newer(lineage, before)
            if not before.current:
                _with_patience(partial(_run, engine, lineage, "head"))
                _let_app_check(engine, lineage)
                said(f"{lineage.name}: {before.database or 'empty'} → {lineage.head()}")


def _let_app_check(engine: Engine, lineage: Lineage) -> None:
    """Let the serving role see how far the database is, so that it needs no other role to refuse to start."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"GRANT SELECT ON {PLATFORM}.{lineage.version_table} TO {APP_ROLE}")


def drop(engine: Engine, lineage: Lineage) -> None:
    """Take a plugin's tables away with their rows, and the memory of its migrations; never the core's."""
    if lineage.name == CORE:
        raise MigrationError("the core cannot be dropped; drop the database instead")
    with _alone(engine):
        _with_patience(lambda: _run(engine, lineage, "base"))
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {PLATFORM}.{lineage.version_table}")


def standing(connection: Connection, lineage: Lineage) -> Standing:
    """Compare what the database has with what the code wants."""
    context = MigrationContext.configure(
        connection, opts={"version_table": lineage.version_table, "version_table_schema": PLATFORM}
    )
    return Standing(lineage.name, context.get_current_revision(), lineage.head())


def check(engine: Engine, lineages: Sequence[Lineage]) -> None:
    """Refuse to go on unless every lineage is exactly where the code wants it; raises MigrationError."""
    with engine.connect() as connection:
        for lineage in lineages:
            found = standing(connection, lineage)
            refuse_newer(lineage, found)
            if not found.current:
                raise MigrationError(
                    f"the database's {found.lineage} is at {found.database or 'nothing'}, the code wants "
                    f"{found.code}: run `baukasten db upgrade`"
                )


def refuse_newer(lineage: Lineage, found: Standing) -> None:
    """Raise MigrationError when the database has a revision that this code has never heard of."""
    known = {revision.revision for revision in lineage.script().walk_revisions()}
    if found.database is not None and found.database not in known:
        raise MigrationError(
            f"the database's {lineage.name} is at revision {found.database}, which this version of the code does "
            "not know: the database is newer. Start the newer code, or restore an older backup"
        )


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Hold the lock under which one process at a time changes the database's shape."""
    with engine.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": UPGRADE_LOCK})
        guard.commit()
        try:
            yield guard
        finally:
            # The lock belongs to the connection, which goes back to the pool alive.
            guard.rollback()
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": UPGRADE_LOCK})
            guard.commit()


def _run(engine: Engine, lineage: Lineage, target: str) -> None:
    script = lineage.script()

    def step(revision: Any, _context: Any) -> Any:
        if target == "base":
            return script._downgrade_revs("base", revision)  # noqa: SLF001 - what alembic's own command calls
        return script._upgrade_revs(target, revision)  # noqa: SLF001 - what alembic's own command calls

    with engine.connect() as connection, EnvironmentContext(Config(), script, fn=step) as environment:
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        connection.exec_driver_sql(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
        connection.commit()
        environment.configure(
            connection=connection,
            target_metadata=Base.metadata,
            version_table=lineage.version_table,
            version_table_schema=PLATFORM,
            transaction_per_migration=True,
        )
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()
        connection.invalidate()  # its time limits must not reach the next user of the pool


def _with_patience(work: Callable[[], None]) -> None:
    """Try again when a lock was not to be had, so that a long reader delays the migration, not other readers."""
    for attempt in range(LOCK_TRIES):
        try:
            work()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != "55P03" or attempt == LOCK_TRIES - 1:
                raise
            time.sleep(min(0.2 * (attempt + 1), 2.0))
        else:
            return
