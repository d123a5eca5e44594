"""Files that staff asked for, made by jobs."""

import sqlalchemy as sa
from alembic import op

from baukasten.db import rls

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, then its locks."""
    texts = [sa.Column(name, sa.Text, nullable=False) for name in ("key", "format")]
    kept = [
        sa.Column(name, sa.Text, nullable=False, server_default="")
        for name in ("reason", "file_name", "media_type", "stored_as")
    ]
    moments = [sa.Column(name, sa.DateTime(timezone=True)) for name in ("finished_at", "expires_at")]
    op.create_table(
        "export_file",
        *rls.key_columns(),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("module_id", sa.BigInteger),
        sa.Column("member_id", sa.BigInteger),
        *texts,
        sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
        *kept,
        sa.Column("bytes", sa.BigInteger, nullable=False, server_default="0"),
        *moments,
        sa.CheckConstraint("state IN ('waiting', 'ready', 'failed', 'expired')", name="state"),
        rls.foreign_key("module_id", "module", ondelete="SET NULL (module_id)"),
        rls.foreign_key("member_id", "membership", ondelete="SET NULL (member_id)"),
        sa.Index("ix_export_file_tenant_id_module_id_id", "tenant_id", "module_id", "id"),
        sa.Index("ix_export_file_tenant_id_member_id", "tenant_id", "member_id"),
    )
    for statement in rls.protect("export_file"):
        op.execute(statement)


def downgrade() -> None:
    """Refuse: the core is not taken back step by step."""
    raise RuntimeError("the core's migrations go forward only; restore a backup instead")
