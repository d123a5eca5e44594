"""Attacks on the borders between towns, table by table; each gives what got through."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import Engine, create_engine, delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import NullPool

from baukasten.config import DatabaseUrls
from baukasten.db.base import Base, TenantOwned
from baukasten.db.session import Database, MissingTenantError
from baukasten.testing import rows

NOT_ALLOWED = "42501"
"""SQLSTATE of a violated policy, and of a right that was never granted."""
NO_SUCH_ROW = "23503"
DONE, THERE_ALREADY = "00000", "23505"
RIGHTS = text(
    "SELECT privilege FROM unnest(CAST(:wanted AS text[])) AS privilege WHERE has_table_privilege(:table, privilege)"
)
MAY_UPDATE = text("""
SELECT attname FROM pg_attribute WHERE attrelid = CAST(:table AS regclass) AND attnum > 0
AND has_column_privilege(attrelid, attnum, 'UPDATE') ORDER BY attname
""")


@dataclass(frozen=True, slots=True)
class Field:
    """Two towns with one row in every table, and the table under attack."""

    urls: DatabaseUrls
    table: rows.Table
    own: int
    own_ids: Mapping[str, int]
    other: int
    other_ids: Mapping[str, int]


def models() -> dict[str, type[TenantOwned]]:
    """Give the mapped classes of tenants' tables by table."""
    mappers = [mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, TenantOwned)]
    return {str(mapper.local_table): mapper.class_ for mapper in mappers}


def raw(field: Field) -> list[str]:
    """Attack with the app's role and SQL of our own; gives what got through, nothing where the locks hold."""
    engine = create_engine(field.urls.app, poolclass=NullPool)
    try:
        return [*_raw_reading(engine, field), *_raw_inserting(engine, field), *_raw_changing(engine, field)]
    finally:
        engine.dispose()


def orm(database: Database, field: Field) -> list[str]:
    """Attack through mapped classes and sessions with the wrong scope or none; gives what got through."""
    model = models()[field.table.name]
    return [
        *_orm_reading(database, field, model),
        *_orm_inserting(database, field, model),
        *_orm_changing(database, field, model),
    ]


def _raw_reading(engine: Engine, field: Field) -> Iterator[str]:
    name = field.table.name
    query = f'SELECT id FROM "{name}"'  # noqa: S608 - a name of the catalogue
    if "SELECT" not in _rights(engine, name):
        yield from _expect(
            f"{name}: reading without the right", lambda: _run(engine, field.own, query), NOT_ALLOWED
        )
        return
    # A test that finds nothing in the wrong scope proves something only when the right scope finds its row.
    if field.own_ids[name] not in _ids(engine, field.own, query):
        yield f"{name}: the right scope does not see its own row"
    if field.other_ids[name] in _ids(engine, field.own, query):
        yield f"{name}: the wrong scope sees the row"
    if _ids(engine, None, query):
        yield f"{name}: rows are seen without a scope"
    wanted = f"{query} WHERE tenant_id = {field.other} AND id = {field.other_ids[name]}"
    if _ids(engine, field.own, wanted):
        yield f"{name}: the wrong scope sees the row by its key"


def _raw_inserting(engine: Engine, field: Field) -> Iterator[str]:
    table = field.table
    foreign = rows.values(table, field.other, field.other_ids)
    for scope, words in ((field.own, "the wrong scope"), (None, "no scope")):
        yield from _expect(
            f"{table.name}: a row was inserted with {words}",
            partial(_insert, engine, scope, table, foreign),
            NOT_ALLOWED,
        )
    if "INSERT" not in _rights(engine, table.name):
        return
    yield from _expect(
        f"{table.name}: the right scope cannot insert",
        lambda: _insert(engine, field.own, table, rows.values(table, field.own, field.own_ids)),
        # Unique keys are looked at after the policies, so their refusal proves the same.
        DONE,
        THERE_ALREADY,
    )
    for link in table.links:
        crossed = {**rows.values(table, field.own, field.own_ids), **table.beside.get(link.column, {})}
        crossed |= {link.column: field.other_ids[link.target]}
        yield from _expect(
            f"{table.name}.{link.column} points to a row of another town",
            partial(_cross, engine, field, link.column, crossed),
            NO_SUCH_ROW,
        )


def _cross(engine: Engine, field: Field, column: str, row: Mapping[str, Any]) -> None:
    """Let a row point into another town: a new one, or, where a unique key stands before that, the own one."""
    name, own = field.table.name, field.own_ids[field.table.name]
    try:
        _insert(engine, field.own, field.table, row)
    except IntegrityError as error:
        if _state(error) != THERE_ALREADY:
            raise
        bend = text(f'UPDATE "{name}" SET "{column}" = :link WHERE id = :own')  # noqa: S608 - names of the catalogue
        values = {"link": row[column], "own": own}
        _scoped(engine, field.own, lambda connection: connection.execute(bend, values))


def _raw_changing(engine: Engine, field: Field) -> Iterator[str]:
    name, may = field.table.name, _rights(engine, field.table.name)
    column = next(iter(_updatable(engine, name)), None)
    scopes = ((field.own, "the wrong scope"), (None, "no scope"))
    verbs = {"DELETE": f'DELETE FROM "{name}" WHERE tenant_id = {field.other}'}  # noqa: S608 - a name of the catalogue
    if column is not None:
        verbs["UPDATE"] = f'UPDATE "{name}" SET "{column}" = "{column}" WHERE tenant_id = {field.other}'  # noqa: S608 - as above
    for verb, statement in verbs.items():
        for scope, words in scopes:
            if verb == "DELETE" and verb not in may:
                yield from _expect(f"{name}: {verb}", partial(_run, engine, scope, statement), NOT_ALLOWED)
            elif _run(engine, scope, statement):
                yield f"{name}: {verb} touched a row with {words}"
    move = f'UPDATE "{name}" SET tenant_id = {field.other} WHERE id = {field.own_ids[name]}'  # noqa: S608 - as above
    yield from _expect(
        f"{name}: a row moved to another town", lambda: _run(engine, field.own, move), NOT_ALLOWED
    )


def _orm_reading(database: Database, field: Field, model: Any) -> Iterator[str]:
    name = field.table.name
    with database.session(field.own) as session:
        seen = set(session.scalars(select(model.id)))
        if field.own_ids[name] not in seen or field.other_ids[name] in seen:
            yield f"{name}: a session sees other rows than its town's"
        if session.get(model, (field.other, field.other_ids[name])) is not None:
            yield f"{name}: a session gets another town's row by its key"
    yield from _refused(
        f"{name}: a session without a scope reads", database, lambda one: one.scalars(select(model))
    )


def _orm_inserting(database: Database, field: Field, model: Any) -> Iterator[str]:
    name, row = field.table.name, _mapped(model, rows.values(field.table, field.other, field.other_ids))

    def add(session: Any) -> None:
        session.add(model(**row))
        session.flush()

    with database.session(field.own) as session:
        yield from _expect(f"{name}: a session adds a row to another town", lambda: add(session), NOT_ALLOWED)
    yield from _refused(f"{name}: a session without a scope adds a row", database, add)
    for link in field.table.links if _can_insert(database, name) else ():
        beside = field.table.beside.get(link.column, {})
        crossed = {**rows.values(field.table, field.own, field.own_ids), **beside}
        crossed |= {link.column: field.other_ids[link.target]}
        attack = partial(_orm_cross, database, field, model, link.column, crossed)
        yield from _expect(f"{name}.{link.column} crosses towns in a session", attack, NO_SUCH_ROW)


def _orm_cross(database: Database, field: Field, model: Any, column: str, crossed: Mapping[str, Any]) -> None:
    """Do the same through a session."""
    try:
        with database.session(field.own) as session:
            session.add(model(**_mapped(model, crossed)))
            session.flush()
    except IntegrityError as error:
        if _state(error) != THERE_ALREADY:
            raise
        bend = update(model).where(model.id == field.own_ids[field.table.name])
        with database.session(field.own) as session:
            _execute(bend.values({getattr(model, _attribute(model, column)): crossed[column]}), session)


def _orm_changing(database: Database, field: Field, model: Any) -> Iterator[str]:
    name = field.table.name
    with database.app.connect() as connection:
        column = next(iter(connection.scalars(MAY_UPDATE, {"table": f'"{name}"'})), None)
        may_delete = (
            "DELETE" in connection.scalars(RIGHTS, {"table": f'"{name}"', "wanted": ["DELETE"]}).all()
        )
    attribute = None if column is None else getattr(model, _attribute(model, column))
    statements: list[Any] = [] if attribute is None else [update(model).values({attribute: attribute})]
    statements += [delete(model)] if may_delete else []
    for statement in statements:
        narrow = statement.where(model.tenant_id == field.other).returning(model.id)
        with database.session(field.own) as session:
            if _execute(narrow, session).all():
                yield f"{name}: a session changes another town's row"
        yield from _refused(
            f"{name}: a session without a scope changes rows",
            database,
            partial(_execute, narrow),
        )


def _execute(statement: Any, session: Any) -> Any:
    return session.execute(statement, execution_options={"synchronize_session": False})


def _mapped(model: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """Name values by attribute, which may differ from the column; JSON as JSON."""
    values = {_attribute(model, column): value for column, value in row.items()}
    return {name: {} if value == "{}" else value for name, value in values.items()}


def _attribute(model: Any, column: str) -> str:
    return str(model.__mapper__.get_property_by_column(model.__table__.c[column]).key)


def _can_insert(database: Database, name: str) -> bool:
    return "INSERT" in _rights(database.app, name)


def _rights(engine: Engine, name: str) -> set[str]:
    wanted = ["SELECT", "INSERT", "UPDATE", "DELETE"]
    with engine.connect() as connection:
        return set(connection.scalars(RIGHTS, {"table": f'"{name}"', "wanted": wanted}))


def _updatable(engine: Engine, name: str) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(MAY_UPDATE, {"table": f'"{name}"'}))


def _scoped(engine: Engine, scope: int | None, work: Callable[[Any], Any]) -> Any:
    """Run something in a transaction that is taken back."""
    with engine.connect() as connection:
        told = "" if scope is None else str(scope)
        connection.execute(text("SELECT set_config('app.tenant_id', :told, true)"), {"told": told})
        try:
            return work(connection)
        finally:
            connection.rollback()


def _run(engine: Engine, scope: int | None, statement: str) -> int:
    """Give how many rows a statement touched; one that only a foreign key kept was touched."""
    try:
        return int(_scoped(engine, scope, lambda connection: connection.execute(text(statement)).rowcount))
    except IntegrityError:
        return 1


def _ids(engine: Engine, scope: int | None, query: str) -> set[int]:
    return set(_scoped(engine, scope, lambda connection: connection.scalars(text(query)).all()))


def _insert(engine: Engine, scope: int | None, table: rows.Table, row: Mapping[str, Any]) -> None:
    # RETURNING would ask for the right to read as well, which is another lock than the one under attack.
    _scoped(engine, scope, lambda connection: rows.insert(connection, table, row, returning=False))


def _expect(what: str, attack: Callable[[], Any], *states: str) -> Iterator[str]:
    """Give ``what`` unless the database answers with one of these SQLSTATEs."""
    try:
        attack()
    except DBAPIError as error:
        given = _state(error)
        if given not in states:
            yield f"{what} (the database says {given})"
    else:
        if DONE not in states:
            yield what


def _state(error: DBAPIError) -> str:
    return (error.orig.sqlstate or "") if isinstance(error.orig, psycopg.Error) else ""


def _refused(what: str, database: Database, attack: Callable[[Any], Any]) -> Iterator[str]:
    """Give ``what`` unless the session itself refuses to work without a scope."""
    with database.session(None) as session:
        try:
            attack(session)
        except MissingTenantError:
            return
        yield what
