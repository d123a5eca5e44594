"""One valid row in every tenant's table, made from the catalogue alone; a new table needs no new line here."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from baukasten.testing import catalogue

MOMENT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
_numbers = itertools.count(1)

COLUMNS = text("""
SELECT attname AS name, format_type(atttypid, NULL) AS type, atthasdef OR attidentity <> '' AS has_default
FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
""")
CHECKS = text("""
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND contype = 'c'
""")
# A closed list of words is a check of the form (state = ANY (ARRAY['draft'::text, …])).
CLOSED_LIST = re.compile(r"\((\w+) = ANY \(ARRAY\['([^']*)'")


@dataclass(frozen=True, slots=True)
class Link:
    """A column that points to a row of the same tenant."""

    column: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """What the catalogue says of one tenant's table."""

    name: str
    columns: Mapping[str, str]
    """Types of the columns that a row must be given, by name; without the key and without links."""
    links: tuple[Link, ...]
    words: Mapping[str, str]
    """The first word of each column that takes words of a closed list only."""


def tables(connection: Connection) -> list[Table]:
    """Give the tenants' tables, those that others point to first."""
    found = {name: _table(connection, name) for name in catalogue.tenant_tables(connection)}
    order: list[Table] = []

    def put(table: Table) -> None:
        if table in order:
            return
        for link in table.links:
            if link.target != table.name:
                put(found[link.target])
        order.append(table)

    for table in found.values():
        put(table)
    return order


def values(table: Table, tenant_id: int, ids: Mapping[str, int]) -> dict[str, Any]:
    """Give a row's values with a marker in every text; ``ids`` has the rows of other tables to point to."""
    number = next(_numbers)
    row: dict[str, Any] = {"tenant_id": tenant_id}
    for place, (column, kind) in enumerate(table.columns.items()):
        # Later columns are later moments, so that an end comes after its beginning.
        made = _value(column, kind, number, MOMENT + dt.timedelta(days=place))
        row[column] = table.words.get(column, made)
    return row | {link.column: ids[link.target] for link in table.links if link.target in ids}


def insert(connection: Connection, table: Table, row: Mapping[str, Any], *, returning: bool = True) -> int:
    """Store a row and give its id, or 0 where it was not asked for."""
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(_cast(table, name) for name in row)
    tail = "RETURNING id" if returning else ""
    statement = text(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks}) {tail}')  # noqa: S608 - names of the catalogue
    result = connection.execute(statement, dict(row))
    return int(result.scalar_one()) if returning else 0


def fill(connection: Connection, tenant_id: int) -> dict[str, int]:
    """See that a tenant has a row in every table, as the owner; gives the ids by table."""
    ids: dict[str, int] = {}
    for table in tables(connection):
        # A trigger may have made it already, in a table with one row a town.
        there = text(f'SELECT id FROM "{table.name}" WHERE tenant_id = :tenant LIMIT 1')  # noqa: S608 - a name of the catalogue
        known = connection.scalar(there, {"tenant": tenant_id})
        ids[table.name] = known or insert(connection, table, values(table, tenant_id, ids))
    return ids


def _table(connection: Connection, name: str) -> Table:
    at = {"table": f'public."{name}"'}
    links = tuple(_links(connection, at))
    skipped = {"tenant_id", "id", *(link.column for link in links), *_outside(connection, at)}
    columns = {
        row.name: row.type
        for row in connection.execute(COLUMNS, at)
        if row.name not in skipped and not row.has_default
    }
    words = dict(match for check in connection.scalars(CHECKS, at) for match in CLOSED_LIST.findall(check))
    return Table(name, columns, links, {name: word for name, word in words.items() if name in columns})


def _keys(connection: Connection, at: Mapping[str, Any]) -> Any:
    oid = connection.scalar(text("SELECT CAST(:table AS regclass)::oid"), at)
    return connection.execute(catalogue.KEYS, {"oid": oid})


def _links(connection: Connection, at: Mapping[str, Any]) -> Iterator[Link]:
    for key in _keys(connection, at):
        if key.schema == catalogue.TENANTS:
            yield from (Link(column, key.target) for column in key.columns if column != "tenant_id")


def _outside(connection: Connection, at: Mapping[str, Any]) -> set[str]:
    """Name the columns that point to the platform; they stay empty, where no account is at hand."""
    return {
        column for key in _keys(connection, at) if key.schema != catalogue.TENANTS for column in key.columns
    }


def _value(column: str, kind: str, number: int, moment: dt.datetime) -> Any:
    if kind in ("bigint", "integer", "smallint", "double precision", "real", "numeric"):
        return number
    if kind == "boolean":
        return True
    if kind == "timestamp with time zone":
        return moment
    if kind == "date":
        return moment.date()
    if kind == "bytea":
        return f"{column}-{number}".encode()
    return "{}" if kind in ("jsonb", "json") else f"{column}-{number}"


def _cast(table: Table, name: str) -> str:
    kind = table.columns.get(name, "bigint")
    return f"CAST(:{name} AS {kind})"
