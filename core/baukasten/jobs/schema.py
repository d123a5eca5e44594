"""The queue's own schema in the database: made, upgraded and granted by the owner."""

from importlib import resources
from typing import Any

from sqlalchemy import Connection, Engine, text

from baukasten.db.migrate import MigrationError
from baukasten.db.rls import APP_ROLE, OPERATOR_ROLE, definer
from baukasten.jobs.functions import FUNCTIONS

SEARCH_PATH = "public,jobs"
"""Procrastinate names its tables without a schema, so every connection of a worker needs this path."""

LOCK = 7_302_152
"""Key of the advisory lock under which one upgrade at a time runs."""

FOUNDATION = """
CREATE SCHEMA IF NOT EXISTS jobs;
CREATE TABLE IF NOT EXISTS jobs.applied (
    name text PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now()
);
"""

# The queue keeps no word about why a job failed, and operators need one.
FAILURE = """
CREATE TABLE IF NOT EXISTS jobs.failure (
    job_id bigint PRIMARY KEY REFERENCES jobs.procrastinate_jobs ON DELETE CASCADE,
    at timestamptz NOT NULL,
    attempt integer NOT NULL,
    error text NOT NULL
);
"""

GRANTS = """
GRANT USAGE ON SCHEMA jobs TO serving;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO serving;
REVOKE ALL ON jobs.applied FROM serving;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA jobs TO serving;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA jobs FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA jobs TO serving;
""".replace("serving", f"{APP_ROLE}, {OPERATOR_ROLE}")
# With a path of its own each function works from any session, and nobody's path can mislead it.
PIN_PATHS = """
DO $$ DECLARE one regprocedure; BEGIN
    FOR one IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'jobs'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s SET search_path = jobs, platform, public, pg_temp', one);
    END LOOP;
END $$;
"""
# The app's role sees one town at a time; periodic work must find them all.
TOWNS = definer(
    "jobs.open_towns",
    "owner text",
    "TABLE (id bigint)",
    """
    SELECT t.id FROM platform.tenant t WHERE t.state = 'active' AND (owner LIKE 'core.%' OR EXISTS (
        SELECT FROM public.plugin_switch s
        JOIN platform.plugin_grant g ON g.tenant_id = s.tenant_id AND g.plugin = s.plugin
        WHERE s.tenant_id = t.id AND s.plugin = owner
    )) ORDER BY t.id
    """,
)


def apply(owner: Engine) -> None:
    """Bring the queue's schema to where the installed procrastinate wants it; safe to run again.

    Runs after the core's migrations. Raises MigrationError where the database has seen a newer procrastinate.
    """
    files = _migrations()
    with owner.connect() as guard:
        guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        try:
            with owner.begin() as connection:
                _run(connection, FOUNDATION)
                applied = set(connection.scalars(text("SELECT name FROM jobs.applied")))
            _refuse_newer(applied, files)
            if not applied:
                _apply(owner, _schema(), list(files))
            for name in sorted(files.keys() - applied) if applied else ():
                _apply(owner, files[name], [name])
            with owner.begin() as connection:
                for statement in (FAILURE, *FUNCTIONS, *TOWNS, PIN_PATHS, GRANTS):
                    _run(connection, statement)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})


def _apply(owner: Engine, script: str, names: list[str]) -> None:
    """Run a script and remember it in one transaction, so that a crash leaves no half of it."""
    with owner.begin() as connection:
        _run(connection, "SET LOCAL search_path = jobs, public")
        _run(connection, script)
        connection.execute(
            text("INSERT INTO jobs.applied (name) VALUES (:name)"),
            [{"name": name} for name in names],
        )


def _run(connection: Connection, script: str) -> None:
    """Send a script of many statements as it is; SQLAlchemy would take its percent signs for placeholders."""
    driver: Any = connection.connection.driver_connection
    driver.execute(script)


def _schema() -> str:
    return (resources.files("procrastinate.sql") / "schema.sql").read_text(encoding="utf-8")


def _migrations() -> dict[str, str]:
    """Give the upgrade scripts that procrastinate ships, by name; their names sort in their order."""
    folder = resources.files("procrastinate.sql") / "migrations"
    found = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".sql")}
    return {name: found[name].read_text(encoding="utf-8") for name in sorted(found)}


def _refuse_newer(applied: set[str], files: dict[str, str]) -> None:
    unknown = sorted(applied - files.keys())
    if unknown:
        raise MigrationError(
            f"the job queue is at {unknown[-1]}, which the installed procrastinate does not know: the database is "
            "newer. Start the newer code, or restore an older backup"
        )
