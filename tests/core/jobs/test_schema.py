"""The queue's schema: made once, upgraded from any older version, never taken back, safe from other paths."""

import os

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from baukasten import house
from baukasten.db.migrate import MigrationError
from baukasten.db.rls import OWNER_ROLE
from baukasten.jobs import schema
from baukasten.jobs.queue import enqueue
from baukasten.testing import database as databases

OLD = "03.00.00_50_post_cancel_notification.sql"
SHAPE = text(
    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'jobs' "
    "UNION ALL SELECT proname, pg_get_function_identity_arguments(oid), '' FROM pg_proc "
    "WHERE pronamespace = 'jobs'::regnamespace "
    "UNION ALL SELECT indexname, regexp_replace(indexdef, '.* USING', ''), '' FROM pg_indexes WHERE schemaname = 'jobs'"
)


@pytest.fixture
def fresh(server, contract):
    """Give the owner's engine on a database of its own, made like all others."""
    with databases.fresh(server, f"schema_{os.getpid()}", house.lineages(contract)) as urls:
        engine = create_engine(urls.owner)
        yield engine
        engine.dispose()


def shape(engine):
    with engine.connect() as connection:
        return {tuple(row) for row in connection.execute(SHAPE)}


def test_applying_again_changes_nothing(fresh):
    before = shape(fresh)
    schema.apply(fresh)

    assert shape(fresh) == before


def test_an_older_queue_is_upgraded_script_by_script(fresh):
    before = shape(fresh)
    files = schema._migrations()
    old = [name for name in files if name <= OLD]
    assert 0 < len(old) < len(files)
    with fresh.begin() as connection:
        connection.execute(text("DROP SCHEMA jobs CASCADE"))
        schema._run(connection, schema.FOUNDATION)
    for name in old:
        schema._apply(fresh, files[name], [name])
    schema.apply(fresh)

    # What came before is kept for workers of the version before, so the upgraded queue may hold more.
    assert before - shape(fresh) == set()


def test_a_queue_of_a_newer_procrastinate_is_refused(fresh):
    with fresh.begin() as connection:
        connection.execute(text("INSERT INTO jobs.applied (name) VALUES ('99.00.00_01_later.sql')"))

    with pytest.raises(MigrationError, match=r"99\.00\.00_01_later\.sql"):
        schema.apply(fresh)


def test_the_serving_roles_cannot_change_the_schema(queue, home):
    for statement in (
        "DROP TABLE jobs.failure",
        "SELECT * FROM jobs.applied",
        "CREATE TABLE jobs.x (id int)",
    ):
        with (
            queue.session(home.id) as session,
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        ):
            session.execute(text(statement))


def test_the_functions_work_from_any_path(queue, home, waiting):
    with queue.session(home.id) as session:
        session.execute(text("SET LOCAL search_path = pg_catalog"))
        enqueue(session, "alpha.write", word="x")
        session.commit()

    assert waiting() == [("alpha.write", "todo")]
    with queue.session(None) as session:
        unpinned = session.scalars(
            text(
                "SELECT proname FROM pg_proc WHERE pronamespace = 'jobs'::regnamespace "
                "AND NOT coalesce(proconfig[1] LIKE 'search_path=%', false)"
            )
        ).all()
    assert unpinned == []


def test_everything_in_the_schema_is_the_owners(queue):
    with queue.session(None) as session:
        owners = session.scalars(
            text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'jobs'")
        ).all()
    assert owners == [OWNER_ROLE]
