"""The audit log: a chain of entries a town, and one of the installation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from baukasten.db import rls

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BOTH = f"{rls.APP_ROLE}, {rls.OPERATOR_ROLE}"
# jsonb prints the same value the same way always, and seconds since 1970 know no time zone.
HASH = """
CREATE FUNCTION platform.audit_hash(
    previous text, tenant_id bigint, seq bigint, at timestamptz, actor bigint, action text, target text, facts jsonb
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT encode(sha256(convert_to(
        jsonb_build_array(previous, tenant_id, seq, extract(epoch FROM at), actor, action, target, facts)::text, 'UTF8'
    )), 'hex')
$$
"""
# The head's row is the lock: who writes next waits until the one before has committed or gone.
LINK = """
CREATE FUNCTION platform.link_audit_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = platform, public, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_head AS head (tenant_id, seq, hash) VALUES (NEW.tenant_id, 1, '')
        ON CONFLICT (tenant_id) DO UPDATE SET seq = head.seq + 1
        RETURNING seq, hash INTO NEW.seq, NEW.previous;
    NEW.hash := platform.audit_hash(
        NEW.previous, NEW.tenant_id, NEW.seq, NEW.at, NEW.actor_member_id, NEW.action, NEW.target, NEW.facts
    );
    UPDATE public.audit_head SET hash = NEW.hash WHERE tenant_id = NEW.tenant_id;
    RETURN NEW;
END $$
"""
LINK_PLATFORM = """
CREATE FUNCTION platform.link_platform_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = platform, public, pg_temp AS $$
BEGIN
    UPDATE platform.audit_head SET seq = seq + 1 RETURNING seq, hash INTO NEW.seq, NEW.previous;
    NEW.hash := platform.audit_hash(
        NEW.previous, NULL, NEW.seq, NEW.at, NEW.actor_account_id, NEW.action, NEW.target, NEW.facts
    );
    UPDATE platform.audit_head SET hash = NEW.hash;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Make the tables, then their locks: who serves may add and read, never change."""
    op.execute(HASH)
    _town()
    _platform()
    for statement in [
        *rls.protect("audit_entry", app="SELECT, INSERT", operator="SELECT, INSERT"),
        *rls.protect("audit_head", app="SELECT", operator="SELECT"),
        *rls.lock_platform("audit_entry", "false", operator="SELECT, INSERT"),
        *rls.lock_platform("audit_head", "false", operator="SELECT"),
        f"GRANT EXECUTE ON FUNCTION platform.audit_hash TO {BOTH}",
        "REVOKE ALL ON FUNCTION platform.link_audit_entry, platform.link_platform_entry FROM PUBLIC",
    ]:
        op.execute(statement)


def _entry_columns(actor: str) -> list[sa.Column[object]]:
    return [
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(actor, sa.BigInteger),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False, server_default=""),
        sa.Column("facts", JSONB, nullable=False, server_default="{}"),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    ]


def _town() -> None:
    op.create_table(
        "audit_entry",
        *rls.key_columns(),
        *_entry_columns("actor_member_id"),
        sa.UniqueConstraint("tenant_id", "seq"),
        sa.Index("ix_audit_entry_tenant_id_actor_member_id", "tenant_id", "actor_member_id"),
    )
    op.create_table(
        "audit_head",
        *rls.key_columns(),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.UniqueConstraint("tenant_id"),
    )
    op.execute(LINK)
    op.execute(
        "CREATE TRIGGER link BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION platform.link_audit_entry()"
    )


def _platform() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        *_entry_columns("actor_account_id"),
        sa.UniqueConstraint("seq"),
        schema="platform",
    )
    op.create_table(
        "audit_head",
        sa.Column("single", sa.Boolean, sa.CheckConstraint("single", name="single"), primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        schema="platform",
    )
    op.execute("INSERT INTO platform.audit_head VALUES (true, 0, '')")
    op.execute(LINK_PLATFORM)
    op.execute(
        "CREATE TRIGGER link BEFORE INSERT ON platform.audit_entry FOR EACH ROW "
        "EXECUTE FUNCTION platform.link_platform_entry()"
    )


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
