"""No row crosses from one town to another: every tenant's table is attacked, through the ORM and past it."""

import os

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from baukasten import house, rooms
from baukasten.db import rls
from baukasten.plugin.discovery import discover
from baukasten.testing import catalogue, isolation, rows
from baukasten.testing import database as databases

assert rooms.HOOKS  # importing the rooms makes their models known

# Discovering imports the plugins, and with them their models.
PACKAGES = ("baukasten.", *(f"{plugin.module.__name__.partition('.')[0]}." for plugin in discover()))
# Beside the tables with a model, the private index of the search, which has none.
MODELLED = sorted(name for name, model in isolation.models().items() if model.__module__.startswith(PACKAGES))
PRIVATE = ["search_document"]
TOWNS = text(
    "INSERT INTO platform.tenant (slug, name) VALUES ('this', 'This'), ('that', 'That') RETURNING id"
)


@pytest.fixture(scope="module")
def owner(database_urls):
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def field(owner, database_urls):
    """Give both towns with a row in every table; takes the table's name. Attacks leave nothing behind."""
    with owner.begin() as connection:
        own, other = connection.scalars(TOWNS).all()
        found = {table.name: table for table in rows.tables(connection)}
        own_ids, other_ids = rows.fill(connection, own), rows.fill(connection, other)
    yield lambda name: isolation.Field(database_urls, found[name], own, own_ids, other, other_ids)
    with owner.begin() as connection:
        for name in [*reversed(found), "platform.tenant"]:
            key = "id" if name == "platform.tenant" else "tenant_id"
            connection.execute(text(f"DELETE FROM {name} WHERE {key} IN ({own}, {other})"))  # noqa: S608 - numbers


@pytest.fixture
def broken_database(server, contract):
    """Give a database of its own with two towns, after the given statements of its owner."""
    with databases.fresh(server, f"broken_{os.getpid()}", house.lineages(contract)) as urls:
        engine = create_engine(urls.owner, poolclass=NullPool)

        def break_(statements):
            with engine.begin() as connection:
                for statement in statements:
                    connection.execute(text(statement))
                towns = text(
                    "INSERT INTO platform.tenant (slug, name) VALUES ('a', 'A'), ('b', 'B') RETURNING id"
                )
                return urls, *connection.scalars(towns).all()

        yield break_


def test_every_table_of_the_database_is_attacked(owner):
    with owner.connect() as connection:
        assert sorted([*MODELLED, *PRIVATE]) == sorted(catalogue.tenant_tables(connection))


@pytest.mark.parametrize("name", [*MODELLED, *PRIVATE])
def test_raw_sql_with_the_apps_role_stays_in_its_town(field, name):
    assert isolation.raw(field(name)) == []


@pytest.mark.parametrize("name", MODELLED)
def test_sessions_stay_in_their_town(database, field, name):
    assert isolation.orm(database, field(name)) == []


@pytest.mark.parametrize(
    ("statements", "fault"),
    [
        (["ALTER TABLE project DISABLE ROW LEVEL SECURITY"], "project: the wrong scope sees the row"),
        (
            [
                "DROP POLICY tenant ON project",
                f"CREATE POLICY tenant ON project USING {catalogue.POLICY} WITH CHECK (true)",
            ],
            "project: a row was inserted with the wrong scope",
        ),
        (
            [
                "ALTER TABLE project_phase DROP CONSTRAINT fk_project_phase_tenant_id_project_id",
                "CREATE UNIQUE INDEX made ON project (id)",
                "ALTER TABLE project_phase ADD CONSTRAINT made FOREIGN KEY (project_id) REFERENCES project (id)",
            ],
            "project_phase.project_id points to a row of another town",
        ),
        (
            [
                "DROP POLICY tenant ON project",
                "CREATE POLICY tenant ON project USING (true) WITH CHECK (true)",
            ],
            "project: DELETE touched a row with no scope",
        ),
    ],
)
def test_an_open_border_is_found(server, contract, statements, fault, broken_database):
    urls, own, other = broken_database(statements)
    engine = create_engine(urls.owner, poolclass=NullPool)
    with engine.begin() as connection:
        table = next(
            one for one in rows.tables(connection) if one.name == fault.partition(":")[0].partition(".")[0]
        )
        field = isolation.Field(
            urls, table, own, rows.fill(connection, own), other, rows.fill(connection, other)
        )
    assert fault in isolation.raw(field)


def test_roles_bypass_nothing(owner):
    with owner.connect() as connection:
        query = text(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'baukasten%' AND (rolbypassrls OR rolsuper)"
        )
        assert connection.scalars(query).all() == [rls.OWNER_ROLE]
