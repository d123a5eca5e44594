"""One valid row in every tenant's table, made from the catalogue alone; a new table needs no new line here."""

import datetime as dt
import itertools
import re
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from baukasten.testing import catalogue

# Far ahead, so that an end also comes after a beginning that the database dates.
MOMENT = dt.datetime(2126, 3, 1, 12, tzinfo=dt.UTC)
_numbers = itertools.count(1)

COLUMNS = text("""
SELECT attname AS name, format_type(atttypid, NULL) AS type, atthasdef OR attidentity <> '' AS has_default,
    NOT attnotnull AS may_be_empty
FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
""")
CHECKS = text("""
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND contype = 'c'
""")
# A closed list of words is a check of the form (state = ANY (ARRAY['draft'::text, …])).
CLOSED_LIST = re.compile(r"\((\w+) = ANY \(ARRAY\['([^']*)'")
# A word that a filled column asks for is ((cause = 'appeal'::text) = (appeal_id IS NOT NULL)); here all are filled.
ASKED_FOR = re.compile(r"\((\w+) = '([^']*)'::text\) = \(\w+ IS NOT NULL\)")
ASKED_BY = r"\((\w+) = '[^']*'::text\) = \({} IS NOT NULL\)"
BESIDE = re.compile(r"\((\w+) IS NULL\) OR \((\w+) = '([^']*)'::text\)")
EMPTY = re.compile(r"(\w+) IS NULL")
MOMENT_TYPE = "timestamp with time zone"


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
    """A word that fits, of each column that takes words of a closed list only."""
    empty: frozenset[str]
    """Links that stay empty, as a check sets conditions for those that are not."""
    beside: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The word of another column that a filled link asks for."""


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
    filled = (link for link in table.links if link.target in ids and link.column not in table.empty)
    return row | {link.column: ids[link.target] for link in filled}


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
    checks = connection.scalars(CHECKS, at).all()
    found = connection.execute(COLUMNS, at).all()
    usual = {row.name for row in found if row.has_default}
    empty = frozenset(row.name for row in found if row.may_be_empty and _stays_empty(row, checks, usual))
    skipped = {"tenant_id", "id", *empty, *(link.column for link in links), *_outside(connection, at)}
    columns = {row.name: row.type for row in found if row.name not in skipped and not row.has_default}
    words = dict(
        match for form in (CLOSED_LIST, ASKED_FOR) for check in checks for match in form.findall(check)
    )
    chosen = {name: word for name, word in words.items() if name in columns}
    beside = {link: {other: word} for check in checks for link, other, word in BESIDE.findall(check)}
    return Table(name, columns, links, chosen, empty, beside)


def _stays_empty(column: Any, checks: Sequence[str], usual: Collection[str]) -> bool:
    """Tell whether a column has to fit others once it is filled; an optional moment ends or closes something.

    ``usual`` are the columns that have a default: what goes with another word than that stays empty.
    """
    asked_for = re.compile(ASKED_BY.format(column.name))
    if any(match[1] in usual for check in checks for match in asked_for.finditer(check)):
        return True
    if any(re.search(rf"\({column.name} IS NULL\) = \(\w+ IS NOT NULL\)", check) for check in checks):
        return True  # one of two alone is filled
    if any(f"{column.name} IS NOT NULL" in check for check in checks):
        return False
    return column.type == MOMENT_TYPE or any(
        " OR " in check and column.name in EMPTY.findall(check) for check in checks
    )


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
    if kind == MOMENT_TYPE:
        return moment
    others = {
        "date": moment.date(),
        "uuid": str(uuid.UUID(int=number)),
        "bytea": f"{column}-{number}".encode(),
        "jsonb": "{}",
        "json": "{}",
    }
    return others.get(kind, f"{column}-{number}")


def _cast(table: Table, name: str) -> str:
    asked_for = any(name in words for words in table.beside.values())
    kind = table.columns.get(name, "text" if asked_for else "bigint")
    return f"CAST(:{name} AS {kind})"
