"""A stranger's tables stand behind the same locks as ours, proved by the kit that authors of plugins get."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from baukasten.cli.main import commands
from baukasten.config import DatabaseUrls
from baukasten.db.session import Database
from baukasten.plugin.contract import Contract
from baukasten.testing import catalogue, isolation, matrix, rows

TABLES = ("stranger_signup", "stranger_slot")
TOWNS = text(
    "INSERT INTO platform.tenant (slug, name) VALUES ('this', 'This'), ('that', 'That') RETURNING id"
)


@pytest.fixture(scope="module")
def owner(database_urls: DatabaseUrls) -> Iterator[Engine]:
    engine = create_engine(database_urls.owner, poolclass=NullPool)
    yield engine
    engine.dispose()


@pytest.fixture
def fields(owner: Engine, database_urls: DatabaseUrls) -> Iterator[list[isolation.Field]]:
    """Give each of the stranger's tables with a row in two towns, taken away afterwards."""
    with owner.begin() as connection:
        own, other = connection.scalars(TOWNS).all()
        found = rows.tables(connection)
        ids = rows.fill(connection, own), rows.fill(connection, other)
    yield [
        isolation.Field(database_urls, table, own, ids[0], other, ids[1])
        for table in found
        if table.name in TABLES
    ]
    with owner.begin() as connection:
        for name in [*(table.name for table in reversed(found)), "platform.tenant"]:
            key = "id" if name == "platform.tenant" else "tenant_id"
            connection.execute(text(f"DELETE FROM {name} WHERE {key} IN ({own}, {other})"))  # noqa: S608 - numbers


def test_catalogue_with_the_strangers_tables_has_no_fault(owner: Engine) -> None:
    with owner.connect() as connection:
        assert set(TABLES) <= set(catalogue.tenant_tables(connection))
        assert catalogue.faults(connection) == []


def test_strangers_people_are_declared(owner: Engine, contract: Contract) -> None:
    declared = {
        column for answer in contract.registry.personal_data.values() for column in answer.value.columns
    }
    with owner.connect() as connection:
        assert catalogue.undeclared_people(connection, declared) == []


def test_strangers_rows_stay_in_their_town(database: Database, fields: list[isolation.Field]) -> None:
    assert [field.table.name for field in fields] == ["stranger_slot", "stranger_signup"]
    assert [fault for field in fields for fault in isolation.raw(field)] == []
    assert [fault for field in fields for fault in isolation.orm(database, field)] == []


def test_strangers_ways_in_stand_in_the_one_matrix(app: Flask, contract: Contract) -> None:
    found = matrix.matrix(app, contract.registry, commands)
    assert matrix.unlisted(app) == []
    assert matrix.undeclared(found, contract.registry) == []
    kinds = {line.partition(":")[0] for line in found if "stranger" in line}
    declared = contract.registry
    wanted = {"route", "job"}
    wanted |= {"command"} if "stranger" in declared.commands else set()
    wanted |= {"export"} if any(key.startswith("stranger") for key in declared.exports) else set()
    wanted |= {"live"} if any(key.startswith("stranger") for key in declared.live) else set()
    assert kinds == wanted == {"route", "job", "command", "export", "live"}
