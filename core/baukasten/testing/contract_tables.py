"""Checks of a plugin's tables: their names, their keys, their locks, their migrations, what they know of people."""

import io
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, ForeignKeyConstraint, Table, create_engine, text

from baukasten.access.models import Membership
from baukasten.db import migrate
from baukasten.db.base import PLATFORM, Base
from baukasten.testing import catalogue
from baukasten.testing import database as databases
from baukasten.testing.case import Case

PEOPLE = Membership.__tablename__
SHAPE = text("""
    SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns
    WHERE table_schema = 'public' AND (starts_with(table_name, :prefix) OR table_name = :name)
    ORDER BY table_name, column_name
""")


def names(case: Case) -> list[str]:
    """Name the tables that do not begin with the plugin's name, and those that are no tenant's."""
    found = []
    for name, table in case.own_tables.items():
        if not case.bears_name(name):
            found.append(f"the table {name} must begin with {case.prefix}")
        if [column.name for column in table.primary_key] != ["tenant_id", "id"]:
            found.append(f"the table {name} must be keyed by tenant_id and id (TenantOwned)")
    return found


def foreign_keys(case: Case) -> list[str]:
    """Name the foreign keys that lead to another plugin or an account, or that leave the tenant behind."""
    foreign = {name for name in case.contract.manager.plugins if name != case.name}
    found = []
    for table in case.own_tables.values():
        for key in table.foreign_key_constraints:
            target = key.referred_table
            wrong = ""
            if target.schema == PLATFORM and target.name != "tenant":
                wrong = "point to a membership instead"
            elif target.name not in case.own_tables and any(target.name.startswith(f"{n}_") for n in foreign):
                wrong = "only tables of the core and your own may be pointed to"
            elif target.name != "tenant" and "tenant_id" not in key.column_keys:
                wrong = "carry the tenant along (tenant_key)"
            if wrong:
                found.append(f"{table.name} → {target.fullname}: {wrong}")
    return found


def personal_data(case: Case) -> list[str]:
    """Name the columns that point to a person and are declared nowhere, and declared ones that do not exist."""
    registry = case.contract.registry.personal_data
    declared = {
        column for one in registry.values() if one.plugin == case.name for column in one.value.columns
    }
    existing = {
        f"{name}.{column.name}" for name, table in case.own_tables.items() for column in table.columns
    }
    pointing = {column for table in case.own_tables.values() for column in _to_people(table)}
    return [
        *(f"{column} points to a person and is not declared" for column in sorted(pointing - declared)),
        *(f"{column} is declared and does not exist" for column in sorted(declared - existing)),
    ]


def _to_people(table: Table) -> Iterator[str]:
    for key in table.foreign_key_constraints:
        if key.referred_table.name == PEOPLE:
            yield from (f"{table.name}.{name}" for name in key.column_keys if name != "tenant_id")


def migrations(case: Case) -> list[str]:
    """Run the migrations up, down and up, then compare what they made with the models."""
    folder = case.plugin.migrations
    if folder is None:
        return [f"{name} has no migration" for name in case.own_tables]
    lineage = migrate.Lineage(case.name, folder)
    heads = lineage.script().get_heads()
    if len(heads) != 1:
        return [f"the migrations have {len(heads)} ends; one line from the first to the last is wanted"]
    with _migrated(case) as engine:
        before = _shape(engine, case)
        migrate.drop(engine, lineage)
        left = sorted({row[0] for row in _shape(engine, case)})
        if left:
            return [f"the way down leaves {name} behind" for name in left]
        with engine.connect() as connection:
            others = set(catalogue.tenant_tables(connection))
        migrate.upgrade(engine, [lineage])
        again = [] if _shape(engine, case) == before else ["the second way up makes something else"]
        with engine.connect() as connection:
            made = set(catalogue.tenant_tables(connection)) - others
            stray = sorted(name for name in made if not case.bears_name(name))
            named = [f"the table {name} must begin with {case.prefix}" for name in stray]
            return [*again, *named, *_differences(connection, case)]


def locks(case: Case) -> list[str]:
    """Hold the plugin's tables and functions in the database against what the platform's own must keep."""
    if case.plugin.migrations is None:
        return []
    with _migrated(case) as engine, engine.connect() as connection:
        return catalogue.faults(connection)


@contextmanager
def _migrated(case: Case) -> Iterator[Engine]:
    folder = case.plugin.migrations
    chains = [migrate.CORE_LINEAGE, *([migrate.Lineage(case.name, folder)] if folder else ())]
    # Migrations tell how far they are, which would stand between the lines of the checks.
    with redirect_stdout(io.StringIO()), ExitStack() as stack:
        urls = stack.enter_context(databases.fresh(case.server, f"check_{case.name}_{os.getpid()}", chains))
        engine = create_engine(urls.owner)
        stack.callback(engine.dispose)
        yield engine


def _shape(engine: Engine, case: Case) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(SHAPE, {"prefix": case.prefix, "name": case.name})]


def _differences(connection: Connection, case: Case) -> list[str]:
    """Ask Alembic what a new migration would have to do; nothing, if models and migrations agree."""

    def mine(_object: Any, name: str | None, kind: str, *_more: Any) -> bool:
        return kind != "table" or (name or "").startswith(case.prefix)

    context = MigrationContext.configure(connection, opts={"include_object": mine})
    return [_told(one) for one in compare_metadata(context, Base.metadata)]


def _told(difference: Any) -> str:
    # A change of one column comes as a list of its own.
    steps = difference if isinstance(difference, list) else [difference]
    return "; ".join(" ".join(filter(None, map(_word, step))) for step in steps)


def _word(part: Any) -> str:
    if isinstance(part, ForeignKeyConstraint):
        return f"{part.parent.name} → {part.referred_table.name}"
    return part if isinstance(part, str) else str(getattr(part, "name", None) or "")
