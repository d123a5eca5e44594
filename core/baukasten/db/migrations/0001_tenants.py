"""Tenants with their hosts, generations, plugins and settings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.db import rls

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NOW = sa.func.now()
OWN_TENANT = "(SELECT platform.current_tenant())"

BUMP = """
    INSERT INTO platform.generation (tenant_id, value)
    SELECT platform.current_tenant(), 1 WHERE platform.current_tenant() IS NOT NULL
    ON CONFLICT (tenant_id) DO UPDATE SET value = generation.value + 1;
    SELECT pg_notify('generation', platform.current_tenant()::text) WHERE platform.current_tenant() IS NOT NULL;
    SELECT NULL::void;
"""
FIND_SITE = """
    SELECT t.id, t.slug, t.name, t.tagline, t.state, t.language, t.languages, t.theme, t.crest, t.time_zone, p.name
    FROM platform.host h
    JOIN platform.tenant t ON t.id = h.tenant_id
    JOIN platform.host p ON p.tenant_id = t.id AND p.is_primary
    WHERE h.name = asked
"""
SITE_COLUMNS = (
    "TABLE (id bigint, slug text, name text, tagline text, state text, language text, languages jsonb, "
    "theme text, crest text, time_zone text, primary_host text)"
)
# Whatever the operator changes about a tenant must reach the cached pages too.
TOUCHED = """
CREATE FUNCTION platform.tenant_touched() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = platform, pg_temp AS $$
DECLARE touched bigint;
BEGIN
    touched := CASE WHEN TG_TABLE_NAME = 'tenant' THEN (to_jsonb(COALESCE(NEW, OLD)) ->> 'id')::bigint
        ELSE (to_jsonb(COALESCE(NEW, OLD)) ->> 'tenant_id')::bigint END;
    IF EXISTS (SELECT FROM platform.tenant WHERE id = touched) THEN
        INSERT INTO platform.generation (tenant_id, value) VALUES (touched, 1)
        ON CONFLICT (tenant_id) DO UPDATE SET value = generation.value + 1;
        PERFORM pg_notify('generation', touched::text);
    END IF;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    """Make the tables, then their locks."""
    _platform_tables()
    _tenant_tables()
    _locks()


def _platform_tables() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("slug", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tagline", sa.Text, nullable=False, server_default=""),
        sa.Column("state", sa.Text, nullable=False, server_default="active"),
        sa.Column("language", sa.Text, nullable=False, server_default="de"),
        sa.Column("languages", JSONB, nullable=False, server_default='["de", "en"]'),
        sa.Column("theme", sa.Text, nullable=False, server_default="klar"),
        sa.Column("crest", sa.Text, nullable=False, server_default=""),
        sa.Column("time_zone", sa.Text, nullable=False, server_default="Europe/Berlin"),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.CheckConstraint("state IN ('active', 'suspended')", name="state"),
        schema="platform",
    )
    op.create_table(
        "host",
        sa.Column("name", sa.Text, primary_key=True),
        _tenant_column(),
        sa.Column("is_primary", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Index("uq_host_primary", "tenant_id", unique=True, postgresql_where=sa.text("is_primary")),
        schema="platform",
    )
    op.create_table(
        "generation",
        _tenant_column(primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False, server_default="0"),
        schema="platform",
    )
    op.create_table(
        "plugin_grant",
        _tenant_column(primary_key=True),
        sa.Column("plugin", sa.Text, primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        schema="platform",
    )


def _tenant_column(**options: bool) -> sa.Column[int]:
    return sa.Column(
        "tenant_id",
        sa.BigInteger,
        sa.ForeignKey("platform.tenant.id", ondelete="CASCADE"),
        nullable=False,
        autoincrement=False,
        **options,
    )


def _tenant_tables() -> None:
    op.create_table(
        "plugin_switch",
        *rls.key_columns(),
        sa.Column("plugin", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.UniqueConstraint("tenant_id", "plugin"),
    )
    op.create_table(
        "setting_value",
        *rls.key_columns(),
        sa.Column("group_key", sa.Text, nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.UniqueConstraint("tenant_id", "group_key"),
    )


def _locks() -> None:
    both = f"{rls.APP_ROLE}, {rls.OPERATOR_ROLE}"
    everything = "SELECT, INSERT, UPDATE, DELETE"
    own = {"tenant": f"id = {OWN_TENANT}", "plugin_grant": f"tenant_id = {OWN_TENANT}"}
    statements = [
        *rls.lock_platform("tenant", own["tenant"], app="SELECT", operator=everything),
        *rls.lock_platform("host", f"tenant_id = {OWN_TENANT}", app="SELECT", operator=everything),
        *rls.lock_platform("generation", f"tenant_id = {OWN_TENANT}", app="SELECT", operator="SELECT"),
        *rls.lock_platform("plugin_grant", own["plugin_grant"], app="SELECT", operator=everything),
        (
            f"GRANT UPDATE (name, tagline, language, languages, theme, crest, time_zone) ON platform.tenant "
            f"TO {rls.APP_ROLE}"
        ),
        *rls.protect("plugin_switch", operator="SELECT"),
        *rls.protect("setting_value", operator="SELECT, INSERT, UPDATE"),
        *rls.definer("platform.bump_generation", "", "void", BUMP, roles=both),
        *rls.definer("platform.find_site", "asked text", SITE_COLUMNS, FIND_SITE, roles=both),
        *rls.definer(
            "platform.generations",
            "",
            "TABLE (tenant_id bigint, value bigint)",
            "SELECT tenant_id, value FROM platform.generation",
            roles=both,
        ),
        TOUCHED,
        "REVOKE ALL ON FUNCTION platform.tenant_touched FROM PUBLIC",
        *(
            f"CREATE TRIGGER touched AFTER INSERT OR UPDATE OR DELETE ON platform.{table} "
            "FOR EACH ROW EXECUTE FUNCTION platform.tenant_touched()"
            for table in ("tenant", "host", "plugin_grant")
        ),
    ]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
