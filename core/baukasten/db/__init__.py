"""The database: rows that belong to tenants, sessions with a scope, migrations by lineage."""
