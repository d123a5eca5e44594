"""Measures against people that hold in one module alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let members be limited in one module, and decisions say in which."""
    op.add_column("membership", sa.Column("limits", JSONB, nullable=False, server_default="{}"))
    op.add_column("moderation_decision", sa.Column("module_id", sa.BigInteger))
    op.create_foreign_key(
        "fk_moderation_decision_module_id",
        "moderation_decision",
        "module",
        ["tenant_id", "module_id"],
        ["tenant_id", "id"],
        ondelete="SET NULL (module_id)",
    )
    op.create_index("ix_moderation_decision_module", "moderation_decision", ["tenant_id", "module_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_column("moderation_decision", "module_id")
    op.drop_column("membership", "limits")
