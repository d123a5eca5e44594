"""Migrations run by lineage, one process at a time, patient with readers, and refuse what they do not know."""

import itertools
import os
import shutil
import threading
import time

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from baukasten.db import migrate
from baukasten.db.migrate import CORE_LINEAGE, Lineage, MigrationError
from baukasten.testing import database as databases

FILE = '''"""Made up."""

from alembic import op

revision = "{revision}"
down_revision = {down!r}
branch_labels = None
depends_on = None


def upgrade():
    op.execute("{up}")


def downgrade():
    op.execute("{back}")
'''
numbers = itertools.count(1)


@pytest.fixture
def engine(server):
    """Give the owner's engine on a database with the core's tables."""
    with databases.fresh(server, f"migrate_{os.getpid()}_{next(numbers)}", [CORE_LINEAGE]) as urls:
        made = create_engine(urls.owner)
        yield made
        made.dispose()


@pytest.fixture
def lineage(tmp_path):
    return made_lineage(tmp_path, "alpha")


def made_lineage(folder, name):
    chain = Lineage(name, folder / name)
    chain.folder.mkdir()
    add(chain, "1", None, f"CREATE TABLE {name}_thing (id int)", f"DROP TABLE {name}_thing")
    return chain


def add(chain, revision, down, up, back="SELECT 1"):
    path = chain.folder / f"{revision}_made.py"
    path.write_text(FILE.format(revision=revision, down=down, up=up, back=back), encoding="utf-8")


def standing(engine, chain):
    with engine.connect() as connection:
        return migrate.standing(connection, chain).database


def exists(engine, table):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT to_regclass(:table) IS NOT NULL"), {"table": table})


def test_upgrade_runs_what_is_new_and_says_so_once(engine, lineage):
    said: list[str] = []
    migrate.upgrade(engine, [lineage], said.append)
    add(lineage, "2", "1", "ALTER TABLE alpha_thing ADD name text")
    add(lineage, "3", "2", "ALTER TABLE alpha_thing ADD place text")
    for _ in range(2):
        migrate.upgrade(engine, [CORE_LINEAGE, lineage], said.append)
    assert said == ["alpha: empty → 1", "alpha: 1 → 3"]
    assert standing(engine, lineage) == "3"


def test_check_names_what_is_missing_and_what_helps(engine, lineage):
    with pytest.raises(MigrationError) as refused:
        migrate.check(engine, [CORE_LINEAGE, lineage])
    assert str(refused.value) == (
        "the database's alpha is at nothing, the code wants 1: run `baukasten db upgrade`"
    )
    migrate.upgrade(engine, [lineage])
    migrate.check(engine, [CORE_LINEAGE, lineage])


def test_newer_database_is_refused_with_a_clear_sentence(engine, lineage):
    add(lineage, "2", "1", "SELECT 1")
    migrate.upgrade(engine, [lineage])
    (lineage.folder / "2_made.py").unlink()
    for verb in (migrate.check, migrate.upgrade):
        with pytest.raises(MigrationError) as refused:
            verb(engine, [lineage])
        assert str(refused.value) == (
            "the database's alpha is at revision 2, which this version of the code does not know: the database is "
            "newer. Start the newer code, or restore an older backup"
        )
    assert standing(engine, lineage) == "2"


def test_drop_takes_one_lineage_away_and_never_the_core(engine, lineage, tmp_path):
    other = made_lineage(tmp_path, "beta")
    migrate.upgrade(engine, [lineage, other])
    migrate.drop(engine, lineage)
    assert [exists(engine, name) for name in ("alpha_thing", "platform.alembic_version_alpha")] == [
        False,
        False,
    ]
    assert [exists(engine, name) for name in ("beta_thing", "platform.alembic_version_beta")] == [True, True]
    with pytest.raises(MigrationError, match="the core cannot be dropped"):
        migrate.drop(engine, CORE_LINEAGE)
    migrate.upgrade(engine, [lineage])
    assert exists(engine, "alpha_thing")


def test_lineage_goes_on_when_another_ones_files_are_gone(engine, lineage, tmp_path):
    other = made_lineage(tmp_path, "beta")
    migrate.upgrade(engine, [lineage, other])
    shutil.rmtree(other.folder)
    add(lineage, "2", "1", "ALTER TABLE alpha_thing ADD name text")
    migrate.upgrade(engine, [CORE_LINEAGE, lineage])
    migrate.check(engine, [CORE_LINEAGE, lineage])
    assert standing(engine, lineage) == "2"
    assert exists(engine, "beta_thing")


def test_broken_step_leaves_the_steps_before_it(engine, lineage):
    add(lineage, "2", "1", "ALTER TABLE alpha_thing ADD name text")
    add(lineage, "3", "2", "ALTER TABLE missing ADD name text")
    with pytest.raises(ProgrammingError):
        migrate.upgrade(engine, [lineage])
    assert standing(engine, lineage) == "2"
    add(lineage, "3", "2", "SELECT 1")
    migrate.upgrade(engine, [lineage])
    assert standing(engine, lineage) == "3"


def test_two_upgrades_at_once_run_each_step_once(engine, lineage):
    said: list[str] = []
    # Slow enough for both to be inside at once if nothing kept them apart.
    add(lineage, "2", "1", "CREATE TABLE alpha_other AS SELECT 1 AS one FROM pg_sleep(0.2)")
    engines = [create_engine(engine.url) for _ in range(3)]
    threads = [
        threading.Thread(target=migrate.upgrade, args=(one, [lineage], said.append)) for one in engines
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for one in engines:
        one.dispose()
    assert said == ["alpha: empty → 2"]


def test_upgrade_leaves_no_lock_and_no_limit_on_its_connections(engine, lineage):
    migrate.upgrade(engine, [lineage])
    migrate.drop(engine, lineage)
    locks = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :key AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with engine.connect() as connection:
        assert connection.scalar(locks, {"key": migrate.UPGRADE_LOCK}) == 0
        assert connection.scalar(text("SHOW lock_timeout")) == "0"
        assert connection.scalar(text("SHOW statement_timeout")) == "0"


def test_long_reader_delays_the_migration_and_not_the_other_readers(engine, lineage):
    migrate.upgrade(engine, [lineage])
    add(lineage, "2", "1", "ALTER TABLE alpha_thing ADD name text")
    query = text("SELECT * FROM alpha_thing")
    with engine.connect() as reader:
        reader.execute(query)
        upgrade = threading.Thread(target=migrate.upgrade, args=(engine, [lineage]))
        upgrade.start()
        wait_for(engine, "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND NOT granted")
        # Without its own limit the migration would hold all later readers back until the first one ends.
        with engine.connect() as other:
            other.execute(text("SET LOCAL statement_timeout = '60s'"))
            other.execute(query)
        assert upgrade.is_alive()
        reader.rollback()
    upgrade.join(60)
    assert standing(engine, lineage) == "2"


def test_patience_ends(engine, lineage, monkeypatch):
    monkeypatch.setattr(migrate, "LOCK_TRIES", 2)
    migrate.upgrade(engine, [lineage])
    add(lineage, "2", "1", "ALTER TABLE alpha_thing ADD name text")
    with engine.connect() as reader:
        reader.execute(text("SELECT * FROM alpha_thing"))
        with pytest.raises(OperationalError, match="lock timeout"):
            migrate.upgrade(engine, [lineage])
    assert standing(engine, lineage) == "1"


def wait_for(engine, question):
    until = time.monotonic() + 60
    with engine.connect() as connection:
        while not connection.scalar(text(question)):
            assert time.monotonic() < until
            time.sleep(0.01)
