"""The locks of the database, as migrations set them: roles, row-level security, grants."""

from collections.abc import Iterable

import sqlalchemy as sa

OWNER_ROLE = "baukasten_owner"
APP_ROLE = "baukasten_app"
OPERATOR_ROLE = "baukasten_operator"

FOUNDATION = f"""
CREATE SCHEMA IF NOT EXISTS platform;
GRANT USAGE ON SCHEMA platform, public TO {APP_ROLE}, {OPERATOR_ROLE};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- NULLIF: after a first transaction the setting of a pooled connection is empty, not missing.
CREATE OR REPLACE FUNCTION platform.current_tenant() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('app.tenant_id', true), '')::bigint $$;
CREATE OR REPLACE FUNCTION platform.current_account() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT NULLIF(current_setting('app.account_id', true), '')::bigint $$;
"""


def protect(table: str, *, app: str = "SELECT, INSERT, UPDATE, DELETE", operator: str = "") -> list[str]:
    """Give the statements that put a tenant's table behind its locks.

    ``app`` and ``operator`` are the rights of the two serving roles; both stay bound by the policy.
    The sub-select makes PostgreSQL ask for the tenant once a statement instead of once a row.
    """
    tenant = "(SELECT platform.current_tenant())"
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING (tenant_id = {tenant}) WITH CHECK (tenant_id = {tenant})",
    ]
    return [*statements, *grant(table, app=app, operator=operator)]


def grant(table: str, *, app: str = "", operator: str = "") -> list[str]:
    """Give the statements that let the serving roles at a table."""
    pairs: Iterable[tuple[str, str]] = ((APP_ROLE, app), (OPERATOR_ROLE, operator))
    return [f"GRANT {rights} ON {table} TO {role}" for role, rights in pairs if rights]


def definer(name: str, arguments: str, returns: str, body: str, *, roles: str = APP_ROLE) -> list[str]:
    """Give the statements of a function that runs as the owner; the only way past the locks, one purpose each."""
    types = ", ".join(part.split()[-1] for part in arguments.split(",")) if arguments else ""
    return [
        (
            f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {returns} LANGUAGE sql SECURITY DEFINER "
            f"SET search_path = platform, public, pg_temp AS $body${body}$body$"
        ),
        f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {roles}",
    ]


def lock_platform(table: str, own: str, *, app: str = "", operator: str = "") -> list[str]:
    """Give the statements that lock a table without a tenant: the app sees ``own`` rows, the operator all."""
    name = f"platform.{table}"
    return [
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON {name} TO {APP_ROLE} USING ({own}) WITH CHECK ({own})",
        f"CREATE POLICY console ON {name} TO {OPERATOR_ROLE} USING (true) WITH CHECK (true)",
        *grant(name, app=app, operator=operator),
    ]


def key_columns() -> list[sa.schema.SchemaItem]:
    """Give the columns and constraints that every tenant's table begins with."""
    return [
        sa.Column("tenant_id", sa.BigInteger, nullable=False),
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
        sa.ForeignKeyConstraint(["tenant_id"], ["platform.tenant.id"]),
    ]


def foreign_key(column: str, table: str, *, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """Point to a row of the same tenant; for SET NULL name the column, so that the tenant stays."""
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete
    )
