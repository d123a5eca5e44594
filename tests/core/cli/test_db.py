"""The database is brought up to date, compared and relieved of a plugin's tables by command."""

import dataclasses
import itertools
import os

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from baukasten import house
from baukasten.cli.db import db
from baukasten.cli.setting import Setting
from baukasten.db.migrate import MigrationError
from baukasten.errors import NotFound
from baukasten.testing import database as databases

_numbers = itertools.count(1)


@pytest.fixture
def owned(server, contract):
    """A database of the test's own, all lineages up to date."""
    name = f"cli_{os.getpid()}_{next(_numbers)}"
    with databases.fresh(server, name, house.lineages(contract)) as urls:
        yield urls


@pytest.fixture
def run(config, contract, owned):
    def do(*words, urls=owned, **options):
        setting = Setting()
        setting.config, setting.contract = dataclasses.replace(config, database=urls), contract
        return CliRunner().invoke(db, words, obj=setting, catch_exceptions=False, **options)

    return do


@pytest.fixture
def execute(owned):
    def do(statement):
        engine = create_engine(owned.owner)
        with engine.begin() as connection:
            found = connection.execute(text(statement))
            rows = found.all() if found.returns_rows else []
        engine.dispose()
        return rows

    return do


def tables(execute):
    return execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'forum_%'")


def test_a_current_database_is_said_to_be_current(run, contract):
    done = run("check")
    assert done.exit_code == 0
    assert [line.split() for line in done.output.splitlines()] == [
        [one.name, one.head(), "up", "to", "date"] for one in house.lineages(contract)
    ]


def test_a_plugins_tables_are_dropped_after_asking_and_made_again(run, execute):
    kept = run("drop", "forum", input="n\n")
    assert (kept.exit_code, "rows of every town will be gone" in kept.output) == (1, True)
    assert tables(execute)
    assert run("drop", "forum", input="y\n").output.splitlines()[-1] == "The tables of forum are gone."
    assert tables(execute) == []
    behind = run("check")
    assert behind.exit_code == 1
    assert "forum            nothing  the code wants" in behind.output
    again = run("upgrade", "forum")
    assert (again.exit_code, again.output.splitlines()[-1]) == (0, "The database is up to date.")
    assert (len(tables(execute)) > 1, run("check").exit_code) == (True, 0)


def test_who_says_yes_is_not_asked(run, execute):
    assert run("drop", "forum", "--yes").output == "The tables of forum are gone.\n"
    assert tables(execute) == []


def test_a_second_upgrade_does_nothing(run):
    assert run("upgrade").output == "The database is up to date.\n"


@pytest.mark.parametrize("words", [("upgrade", "nichts"), ("drop", "nichts", "--yes")])
def test_an_unknown_lineage_is_named_with_those_there_are(run, words):
    with pytest.raises(NotFound, match=r"There is no lineage nichts; there are core, chat, forum"):
        run(*words)


def test_the_core_is_never_dropped(run, execute):
    with pytest.raises(MigrationError, match="drop the database instead"):
        run("drop", "core", "--yes")
    assert tables(execute)


@pytest.mark.parametrize("words", [("upgrade",), ("check",), ("drop", "forum", "--yes")])
def test_only_the_owner_changes_tables(run, owned, words):
    done = run(*words, urls=dataclasses.replace(owned, owner=""))
    assert (done.exit_code, "Set BAUKASTEN_OWNER_DATABASE_URL" in done.output) == (2, True)


def test_a_database_newer_than_the_code_is_left_alone(run, execute, owned, contract):
    (version,) = execute(
        "SELECT tablename FROM pg_tables WHERE tablename LIKE '%version%' AND tablename LIKE '%core%'"
    )
    execute(f"UPDATE platform.{version[0]} SET version_num = '9999'")  # noqa: S608 - from the catalogue
    assert run("check").exit_code == 1
    with pytest.raises(MigrationError, match="the database is newer"):
        run("upgrade")
    with pytest.raises(MigrationError, match="the database is newer"):
        house.open_database(owned, contract)
