"""What plugins cost, as each process reports it, and the figures of the towns."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NOTE = """
    INSERT INTO platform.hook_cost AS c
        (process, tenant_id, plugin, hook, calls, failures, skipped, seconds, slowest, last_error, paused, noted_at)
    SELECT said_process, r.tenant_id, r.plugin, r.hook, r.calls, r.failures, r.skipped, r.seconds, r.slowest,
        r.last_error, r.paused, said_at
    FROM jsonb_to_recordset(said) AS r(tenant_id bigint, plugin text, hook text, calls bigint, failures bigint,
        skipped bigint, seconds double precision, slowest double precision, last_error text, paused boolean)
    JOIN platform.tenant t ON t.id = r.tenant_id
    ON CONFLICT (process, tenant_id, plugin, hook) DO UPDATE SET calls = excluded.calls,
        failures = excluded.failures, skipped = excluded.skipped, seconds = excluded.seconds,
        slowest = excluded.slowest, last_error = excluded.last_error, paused = excluded.paused,
        noted_at = excluded.noted_at;
    DELETE FROM platform.hook_cost WHERE noted_at < said_at - interval '1 day';
    SELECT NULL::void;
"""
# Counted for the towns of one page of the console only; contributions are what the search knows of.
FIGURES = """
    SELECT t, (SELECT count(*) FROM public.membership m WHERE m.tenant_id = t),
        (SELECT count(*) FROM public.project p WHERE p.tenant_id = t),
        (SELECT count(*) FROM public.search_document d WHERE d.tenant_id = t),
        (SELECT count(*) FROM public.plugin_switch s WHERE s.tenant_id = t)
    FROM unnest(towns) AS t
"""


def upgrade() -> None:
    """Make the table, its lock and the functions."""
    counted = [sa.Column(name, sa.BigInteger, nullable=False) for name in ("calls", "failures", "skipped")]
    timed = [sa.Column(name, sa.Double, nullable=False) for name in ("seconds", "slowest")]
    op.create_table(
        "hook_cost",
        sa.Column("process", sa.Text, primary_key=True),
        sa.Column(
            "tenant_id",
            sa.BigInteger,
            sa.ForeignKey("platform.tenant.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("plugin", sa.Text, primary_key=True),
        sa.Column("hook", sa.Text, primary_key=True),
        *counted,
        *timed,
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
        sa.Column("paused", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        schema="platform",
    )
    statements = [
        *rls.lock_platform("hook_cost", "false", operator="SELECT"),
        *rls.definer(
            "platform.note_costs", "said_process text, said_at timestamptz, said jsonb", "void", NOTE
        ),
        *rls.definer(
            "platform.tenant_figures",
            "towns bigint[]",
            "TABLE (tenant_id bigint, members bigint, projects bigint, contributions bigint, plugins bigint)",
            FIGURES,
            roles=rls.OPERATOR_ROLE,
        ),
    ]
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
