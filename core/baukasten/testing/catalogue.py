"""Holds the live catalogue against what every table must have; for the platform and for authors of plugins."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, text

from baukasten.db.platform_tables import DOORS, FOREIGN_KEYS_OUT, PLATFORM_TABLES, VERSION_TABLE, Lock
from baukasten.db.rls import APP_ROLE, OPERATOR_ROLE, OWNER_ROLE

TENANTS = "public"
POLICY = "(tenant_id = ( SELECT platform.current_tenant() AS current_tenant))"
"""The one condition of every tenant's table, for reading and for writing, as the catalogue prints it."""
MOST = {
    APP_ROLE: frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}),
    OPERATOR_ROLE: frozenset({"SELECT", "INSERT", "UPDATE"}),
}
"""The most that a serving role may do with a tenant's table."""

TABLES = text("""
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS rls,
       c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^(pg_|information_schema)'
ORDER BY 2, 3
""")
POLICIES = text("""
SELECT polname AS name, polcmd::text AS command, polpermissive AS permissive,
       pg_get_expr(polqual, polrelid) AS seen, pg_get_expr(polwithcheck, polrelid) AS written,
       ARRAY(SELECT pg_get_userbyid(role) FROM unnest(polroles) AS role WHERE role <> 0)::text[] AS roles
FROM pg_policy WHERE polrelid = :oid ORDER BY 1
""")
GRANTS = text("""
SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END AS role,
       privilege_type AS right, attname AS "column"
FROM (
    SELECT (aclexplode(relacl)).*, NULL::name AS attname FROM pg_class WHERE oid = :oid
    UNION ALL SELECT (aclexplode(attacl)).*, attname FROM pg_attribute WHERE attrelid = :oid AND attacl IS NOT NULL
) AS given
""")
KEYS = text("""
SELECT con.conname AS name, con.confdeltype = 'n' AS sets_null, n.nspname AS schema, c.relname AS target,
       ARRAY(SELECT attname FROM unnest(con.conkey) WITH ORDINALITY AS k(num, at)
             JOIN pg_attribute a ON a.attrelid = con.conrelid AND a.attnum = k.num ORDER BY at)::text[] AS columns,
       ARRAY(SELECT attname FROM unnest(con.confkey) WITH ORDINALITY AS k(num, at)
             JOIN pg_attribute a ON a.attrelid = con.confrelid AND a.attnum = k.num ORDER BY at)::text[] AS targets,
       ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = con.conrelid
             AND attnum = ANY (COALESCE(con.confdelsetcols, '{}')))::text[] AS emptied
FROM pg_constraint con JOIN pg_class c ON c.oid = con.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE con.conrelid = :oid AND con.contype = 'f' ORDER BY 1
""")
INDEXES = text("""
SELECT c.relname AS name, i.indisprimary AS is_primary, i.indisunique AS is_unique,
       ARRAY(SELECT COALESCE(a.attname, '(expression)') FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, at)
             LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num AND k.num <> 0
             ORDER BY at)::text[] AS columns
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = :oid ORDER BY 1
""")
FUNCTIONS = text("""
SELECT n.nspname || '.' || p.proname AS name, pg_get_userbyid(p.proowner) AS owner, p.proconfig AS settings,
       ARRAY(SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END
             FROM aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) WHERE grantee <> p.proowner
       )::text[] AS callers
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname !~ '^(pg_|information_schema)' ORDER BY 1
""")
ROLES = text(
    "SELECT rolname AS name, rolsuper OR rolbypassrls OR rolcreaterole AS mighty FROM pg_roles "
    "WHERE rolname IN (:app, :operator)"
)
PERSONS = text("""
SELECT c.relname || '.' || a.attname FROM pg_constraint con
JOIN pg_class c ON c.oid = con.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (con.conkey) AND a.attname <> 'tenant_id'
WHERE con.contype = 'f' AND n.nspname = 'public'
  AND con.confrelid IN ('public.membership'::regclass, 'platform.account'::regclass) ORDER BY 1
""")


def faults(connection: Connection) -> list[str]:
    """Give every fault of the catalogue as a sentence that names its place; read as the owner."""
    found: list[str] = []
    seen = set()
    for table in connection.execute(TABLES):
        name = f"{table.schema}.{table.name}"
        seen.add(name)
        if table.owner != OWNER_ROLE:
            found.append(f"{name} belongs to {table.owner}, not to the owner's role")
        if table.kind not in ("r", "p"):
            found.append(f"{name} is a view or foreign table, which row-level security does not hold")
        elif table.schema == TENANTS:
            found += _tenant_faults(connection, table)
        else:
            found += _platform_faults(connection, name, table)
    found += [f"{name} stands in the list, but not in the database" for name in PLATFORM_TABLES.keys() - seen]
    return [*found, *_function_faults(connection), *_role_faults(connection)]


def tenant_tables(connection: Connection) -> list[str]:
    """Name the tables that belong to tenants."""
    return [table.name for table in connection.execute(TABLES) if table.schema == TENANTS]


def undeclared_people(connection: Connection, declared: Collection[str]) -> list[str]:
    """Name the columns that point to a person and stand in no declaration of personal data."""
    return [column for column in connection.scalars(PERSONS) if column not in declared]


def _tenant_faults(connection: Connection, table: Any) -> Iterator[str]:
    name, at = table.name, {"oid": table.oid}
    if not table.rls:
        yield f"{name} has no row-level security"
    if not table.forced:
        yield f"{name} does not force row-level security"
    yield from _tenant_policy_faults(name, connection.execute(POLICIES, at).all())
    for role, right, column in sorted(_grants(connection, table.oid)):
        if right not in MOST.get(role, ()):
            yield f"{name} grants {right} {column}to {role}"
    yield from _key_faults(name, connection.execute(KEYS, at).all())
    yield from _index_faults(name, connection.execute(INDEXES, at).all())


def _tenant_policy_faults(name: str, policies: Any) -> Iterator[str]:
    if not policies:
        yield f"{name} has no policy"
    for policy in policies:
        whole = policy.command == "*" and policy.permissive and not policy.roles
        if not whole or policy.seen != POLICY or policy.written != POLICY:
            yield f"{name} has the policy {policy.name}, which is not the tenant's for all commands and roles"


def _index_faults(name: str, indexes: Any) -> Iterator[str]:
    for index in indexes:
        if index.columns[:1] != ["tenant_id"]:
            yield f"{name} has the index {index.name}, which does not begin with tenant_id"
    if not any(index.is_primary and index.columns == ["tenant_id", "id"] for index in indexes):
        yield f"{name} is not keyed by tenant_id and id"


def _key_faults(name: str, keys: Any) -> Iterator[str]:
    towns = [
        key for key in keys if (key.schema, key.target, key.columns) == ("platform", "tenant", ["tenant_id"])
    ]
    if not towns:
        yield f"{name} does not tie its tenant_id to a town"
    for key in keys:
        if key.schema == TENANTS:
            if ("tenant_id", "tenant_id") not in zip(key.columns, key.targets, strict=True):
                yield f"{name} has the foreign key {key.name}, which does not carry tenant_id"
            if key.sets_null and (not key.emptied or "tenant_id" in key.emptied):
                yield f"{name} has the foreign key {key.name}, which would empty tenant_id"
        elif key not in towns and f"{name}.{','.join(key.columns)}" not in FOREIGN_KEYS_OUT:
            yield f"{name} has the foreign key {key.name}, which points out of the tenants' tables"


def _platform_faults(connection: Connection, name: str, table: Any) -> Iterator[str]:
    version = name.startswith("platform.alembic_version_")
    lock = VERSION_TABLE if version else PLATFORM_TABLES.get(name)
    if lock is None:
        yield f"{name} stands in no list of tables without a tenant"
        return
    wanted = rights(APP_ROLE, lock.app) | rights(OPERATOR_ROLE, lock.operator)
    given = _grants(connection, table.oid)
    yield from (f"{name} grants {right} {column}to {role}" for role, right, column in sorted(given - wanted))
    yield from (f"{name} lacks {right} {column}for {role}" for role, right, column in sorted(wanted - given))
    yield from _policy_faults(name, lock, table, connection.execute(POLICIES, {"oid": table.oid}).all())


def _policy_faults(name: str, lock: Lock, table: Any, policies: Any) -> Iterator[str]:
    if lock.own is None:
        return
    if not (table.rls and table.forced):
        yield f"{name} does not force row-level security"
    given = {(tuple(one.roles), one.command, one.seen, one.written) for one in policies}
    wanted = {((APP_ROLE,), "*", lock.own, lock.own), ((OPERATOR_ROLE,), "*", "true", "true")}
    if given != wanted:
        yield f"{name} has other policies than its lock says: {lock.words}"


def _function_faults(connection: Connection) -> Iterator[str]:
    seen = set()
    for function in connection.execute(FUNCTIONS):
        seen.add(function.name)
        if function.name not in DOORS:
            yield f"{function.name} runs as its owner and stands in no list"
            continue
        if not any(setting.startswith("search_path=") for setting in function.settings or ()):
            yield f"{function.name} runs as its owner without a search_path of its own"
        if set(function.callers) != DOORS[function.name].roles:
            yield f"{function.name} may be called by {', '.join(sorted(function.callers)) or 'nobody'}"
    yield from (f"{name} stands in the list, but not in the database" for name in sorted(DOORS.keys() - seen))


def _role_faults(connection: Connection) -> Iterator[str]:
    for role in connection.execute(ROLES, {"app": APP_ROLE, "operator": OPERATOR_ROLE}):
        if role.mighty:
            yield f"the role {role.name} may pass by row-level security"


def _grants(connection: Connection, oid: int) -> set[tuple[str, str, str]]:
    """Give (role, right, column and a space, or nothing) of all but the owner."""
    rows = connection.execute(GRANTS, {"oid": oid})
    return {
        (row.role, row.right, f"({row.column}) " if row.column else "")
        for row in rows
        if row.role != OWNER_ROLE
    }


def rights(role: str, words: str) -> set[tuple[str, str, str]]:
    """Read rights as they are granted, such as ``SELECT, UPDATE (name, tagline)``."""
    found = set()
    for right, columns in re.findall(r"(\w+)(?: \(([^)]*)\))?(?:, |$)", words):
        names = [f"({column}) " for column in columns.split(", ")] if columns else [""]
        found |= {(role, right, name) for name in names}
    return found
